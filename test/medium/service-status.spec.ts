import { ServiceStatusService } from '../../src/incidents/service-status.service';
import { Transactions } from '../../src/database/transactions';
import { TestApp } from '../support/app';
import { ManualClock } from '../support/manual-clock';

const clock = new ManualClock();
let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({
    reconcile: false,
    env: { ROLE: 'api' },
    ports: { clock },
  });
  await app.sql(
    `insert into ledger_cursors (network, ingested_through) values ('sandbox', $1) on conflict (network) do update set ingested_through = excluded.ingested_through`,
    [clock.now()],
  );
});
afterAll(() => app.stop());
beforeEach(() => app.sql('truncate incidents, incident_watch'));

const readUntil = (secondsAgo: number): Promise<unknown> =>
  app.sql('update ledger_cursors set ingested_through = $1', [new Date(clock.now().getTime() - secondsAgo * 1000)]);
/** Cached for five seconds, which pass by the clock of the test. */
const status = async (): Promise<Record<string, never>> => {
  clock.forget(5_000);
  return (await (await fetch(`${app.url}/status.json`)).json()) as Record<string, never>;
};
const watch = (): Promise<void> => app.get(ServiceStatusService).watch();
const incidents = (): Promise<object[]> =>
  app.sql('select kind, subject, closed_at is not null as closed from incidents order by opened_at');

describe('the status page', () => {
  it('is for everybody, in HTML without script and as JSON, and has no secret', async () => {
    await readUntil(3);
    expect(await status()).toMatchObject({
      service: 'operational',
      ledgers: [{ network: 'sandbox', ageSeconds: 3, behind: false }],
      webhooks: { backlogSeconds: 0, late: false },
      incidents: [],
    });
    const page = await fetch(`${app.url}/status`);
    const text = await page.text();
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('cache-control')).toBe('public, max-age=5');
    expect(text).toContain('Everything works');
    expect(text).not.toMatch(/<script|style=|postgres/);
  });

  it('tells of a ledger that is behind, from when it was noticed until it was not', async () => {
    await readUntil(121);
    await watch();
    await watch();
    expect(await incidents()).toEqual([{ kind: 'ledger_behind', subject: 'sandbox', closed: false }]);
    expect(await status()).toMatchObject({
      service: 'degraded',
      incidents: [{ kind: 'ledger_behind', network: 'sandbox', closedAt: null }],
    });
    expect(await (await fetch(`${app.url}/status`)).text()).toContain('until now');
    await readUntil(1);
    await watch();
    expect(await incidents()).toEqual([{ kind: 'ledger_behind', subject: 'sandbox', closed: true }]);
    expect((await status())['service']).toBe('operational');
  });

  it('has one incident however many processes notice it at once', async () => {
    await readUntil(500);
    await Promise.all(Array.from({ length: 8 }, watch));
    expect(await incidents()).toHaveLength(1);
  });

  it('remembers when nobody was there', async () => {
    await readUntil(0);
    await watch();
    clock.advance(120_000);
    await readUntil(0);
    await watch();
    expect(await incidents()).toEqual([]);
    clock.advance(121_000);
    await readUntil(0);
    await Promise.all([watch(), watch()]);
    expect(await incidents()).toEqual([{ kind: 'service_away', subject: '', closed: true }]);
    expect((await status())['service']).toBe('operational');
  });

  it('tells of webhooks that wait', async () => {
    await readUntil(0);
    await app.sql(`insert into webhook_turns (merchant_id, waiting_since) values (gen_random_uuid(), $1)`, [
      new Date(clock.now().getTime() - 301_000),
    ]);
    await watch();
    expect(await status()).toMatchObject({ service: 'degraded', webhooks: { backlogSeconds: 301, late: true } });
    await app.sql('truncate webhook_turns');
    await watch();
    expect(await incidents()).toEqual([{ kind: 'webhooks_late', subject: '', closed: true }]);
  });

  it('asks the database once for all who ask within five seconds', async () => {
    await status();
    const asked = jest.spyOn(app.get(Transactions), 'rows');
    clock.forget(5_000);
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${app.url}/status`)));
    expect(asked.mock.calls.filter(([text]) => text.includes('incidents'))).toHaveLength(1);
    asked.mockRestore();
  });

  it('says so when the database gives no answer', async () => {
    const asked = jest.spyOn(app.get(Transactions), 'rows').mockRejectedValue(new Error('away'));
    clock.forget(5_000);
    const answer = await fetch(`${app.url}/status.json`);
    asked.mockRestore();
    expect([answer.status, await answer.json()]).toEqual([503, expect.objectContaining({ service: 'unavailable' })]);
  });

  it('forgets after thirty days what is over', async () => {
    await app.sql(
      `insert into incidents values ('service_away', '', $1::timestamptz - interval '31 days', $1::timestamptz - interval '31 days'), ('ledger_behind', 'sandbox', $1::timestamptz - interval '31 days', null)`,
      [clock.now()],
    );
    await app.get(ServiceStatusService).sweep();
    expect(await incidents()).toEqual([{ kind: 'ledger_behind', subject: 'sandbox', closed: false }]);
  });
});
