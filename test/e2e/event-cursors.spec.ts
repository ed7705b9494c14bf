import { LivesService } from '../../src/lives/lives.service';
import { ReconciliationService } from '../../src/payments/reconciliation.service';
import { EventNumberingService } from '../../src/webhooks/event-numbering.service';
import type { ApiClient, Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import type { PartnerProgram } from '../support/partner-program';

let app: TestApp;
let merchantId: string;
let wallet: ApiClient;
let partner: PartnerProgram;

beforeEach(async () => {
  app = await TestApp.start({ reconcile: false, env: { ROLE: 'api' } });
  ({ merchantId, client: wallet, partner } = await app.shop({ scopes: ['links:write', 'events:read'] }));
});
afterEach(() => app.stop());

/** Two events each: of a link and its invoice. */
async function happen(links: number): Promise<void> {
  for (let at = 0; at < links; at += 1)
    expect((await wallet.post('/api/links', { amount: 1, asset: 'XLM' })).status).toBe(201);
  await app.get(EventNumberingService).settle();
}

const numbered = async (): Promise<string[]> =>
  (
    await app.sql<{ id: string }>(
      `select 'evt_' || event_id as id from event_numbers where merchant_id = $1 order by seq`,
      [merchantId],
    )
  ).map(({ id }) => id);
const walletPage = async (after?: string): Promise<Json> =>
  (await wallet.get(`/api/webhooks/events?limit=100${after === undefined ? '' : `&after=${after}`}`)).body;
const partnerPage = async (query: string): Promise<Json> => (await partner.get(`events?page[size]=100${query}`)).body;
const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

/** The books as they were after this many events, and a new life: what a restore from a backup leaves. */
async function loseAllBut(events: number): Promise<void> {
  const gone = 'merchant_id = $1 and seq > $2';
  await app.sql(
    `delete from events where merchant_id = $1 and id in (select event_id from event_numbers where ${gone})`,
    [merchantId, events],
  );
  await app.sql(`delete from event_numbers where ${gone}`, [merchantId, events]);
  await app.sql('update event_heads set last_seq = $2, told_seq = least(told_seq, $2) where merchant_id = $1', [
    merchantId,
    events,
  ]);
  await app.get(LivesService).begin('operator');
  // Nothing is given out before the ledger was read in the new life.
  await eventually(
    async () => {
      await app.get(ReconciliationService).ingestPage('sandbox');
      return app.get(LivesService).recovering(['sandbox']);
    },
    (recovering) => !recovering,
  );
}

describe('a reader who keeps his cursor, after the last events are lost with their numbers', () => {
  it('misses nothing over the wallet API, and is told where and why the answer goes on', async () => {
    await happen(5);
    const { cursor: ahead } = await walletPage();
    await loseAllBut(6);
    await happen(4);
    const after = await numbered();
    expect(after).toHaveLength(14);
    const page = await walletPage(ahead);
    expect(ids(page.events)).toEqual(after.slice(6));
    expect(page.resumed).toEqual({ from: expect.stringMatching(/_6$/), reason: 'numbers_lost' });
    const next = await walletPage(page.cursor);
    expect([next.events, next.resumed]).toEqual([[], undefined]);
    expect(ids((await walletPage(page.resumed.from)).events)).toEqual(after.slice(6));
  });

  it('misses nothing over the partner API: by the cursor of an event, of a page, and by the link to the next page', async () => {
    await happen(5);
    const first = await partnerPage('');
    const { body: short } = await partner.get('events?page[size]=9');
    await loseAllBut(6);
    await happen(4);
    const fresh = (await numbered()).slice(6);
    for (const cursor of [first.data[9].attributes.cursor, first.meta.cursor]) {
      const page = await partnerPage(`&filter[after]=${cursor}`);
      expect(ids(page.data)).toEqual(fresh);
      expect(page.meta.resumed).toEqual({ from: expect.stringMatching(/_6$/), reason: 'numbers_lost' });
    }
    const { body: next } = await partner.get(short.links.next);
    expect(ids(next.data)).toEqual(fresh.slice(0, 9));
    expect(next.meta.resumed).toMatchObject({ reason: 'numbers_lost' });
    const exact = await partnerPage(`&filter[after]=${next.meta.cursor}`);
    expect([exact.data, exact.meta.resumed]).toEqual([[], undefined]);
  });

  it('misses nothing when the lost life was not the first: it goes on where that life left this history', async () => {
    await happen(3);
    const [{ id: root } = { id: '' }] = await app.sql<{ id: string }>('select id from lives order by ordinal limit 1');
    const lost = '01900000-0000-7000-8000-00000000000a';
    const page = await partnerPage(`&filter[after]=${lost}_50_${root}_5_4`);
    expect(ids(page.data)).toEqual((await numbered()).slice(4));
    expect(page.meta.resumed).toEqual({ from: `${root}_4`, reason: 'life_lost' });
  });

  it('reads backwards from where he was without leaving anything out', async () => {
    await happen(5);
    const { body: newest } = await partner.get('events?page[size]=1&sort=-position');
    await loseAllBut(6);
    await happen(1);
    const { body: older } = await partner.get(newest.links.next.replace('page%5Bsize%5D=1', 'page%5Bsize%5D=100'));
    expect(ids(older.data)).toEqual((await numbered()).slice(0, 6).toReversed());
  });
});

describe('cursors that were given out before events had numbers', () => {
  it('are still positions: of the event they name, or of the start when there is none', async () => {
    await happen(3);
    const all = await numbered();
    const old = `987654_${all[2]?.slice(4)}`;
    const page = await walletPage(old);
    expect(ids(page.events)).toEqual(all.slice(3));
    expect(page.resumed).toBeUndefined();
    expect(ids((await walletPage('0_00000000-0000-0000-0000-000000000000')).events)).toEqual(all);
    const unknown = await walletPage('987654_01900000-0000-7000-8000-00000000000a');
    expect(ids(unknown.events)).toEqual(all);
    expect(unknown.resumed).toMatchObject({ reason: 'event_unknown' });
    expect(ids((await partnerPage(`&filter[after]=${all[2]}`)).data)).toEqual(all.slice(3));
    expect((await wallet.get('/api/webhooks/events?after=nonsense')).status).toBe(400);
    expect((await partner.get('events?filter[after]=nonsense')).status).toBe(400);
  });
});

describe('an event without a number', () => {
  it('is read by nobody, neither in the list nor by its id', async () => {
    await happen(1);
    const id = '01900000-0000-7000-8000-00000000000b';
    await app.sql(
      `insert into events select merchant_id, $2::uuid, type, network, subject_type, gen_random_uuid(), data, created_at from events where merchant_id = $1 limit 1`,
      [merchantId, id],
    );
    expect(ids((await walletPage()).events)).not.toContain(`evt_${id}`);
    expect(ids((await partnerPage('')).data)).not.toContain(`evt_${id}`);
    expect((await partner.get(`events/evt_${id}`)).status).toBe(404);
  });
});
