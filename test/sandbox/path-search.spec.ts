import { Asset, type Keypair, Operation } from '@stellar/stellar-sdk';
import { PATIENCE_MS } from '../support/patience';
import { PathDesk } from '../../src/sandbox/horizon/path-desk';
import type { Search } from '../../src/sandbox/horizon/path-search';
import { SandboxServer } from './sandbox-server';

const CODES = Array.from({ length: 31 }, (_, at) => `C${at}`);

/** A market in which everything is sold for everything: 930 offers. */
describe('a market full of strange assets (H07)', () => {
  let sandbox: SandboxServer;
  let issuer: Keypair;
  let assets: Asset[];

  beforeAll(async () => {
    sandbox = await SandboxServer.start({ idleLedgerMs: 600_000 });
    issuer = await sandbox.wallet('strange');
    assets = CODES.map((code) => new Asset(code, issuer.publicKey()));
    const offers = assets.flatMap((selling, from) =>
      assets
        .filter((buying) => buying !== selling)
        .map((buying, to) =>
          Operation.manageSellOffer({
            selling,
            buying,
            amount: '1000',
            price: { n: 110 + ((from * 7 + to) % 13), d: 100 },
            offerId: '0',
          }),
        ),
    );
    for (let at = 0; at < offers.length; at += 93) await sandbox.submit(issuer, offers.slice(at, at + 93));
  }, PATIENCE_MS);
  afterAll(() => sandbox.stop());

  const asset = (prefix: string, at: number): string =>
    `${prefix}asset_type=credit_alphanum4&${prefix}asset_code=${CODES[at % CODES.length]}&${prefix}asset_issuer=${issuer.publicKey()}`;
  const named = (at: number): string => `${CODES[at % CODES.length]}:${issuer.publicKey()}`;
  const everyOther = (but: number): string =>
    CODES.map((_code, at) => at)
      .filter((at) => at !== but % CODES.length)
      .map(named)
      .join(',');
  const receive = (from: number, to: number, amount: number): string =>
    `/paths/strict-receive?${asset('destination_', to)}&destination_amount=${amount}&source_assets=${named(from)}`;
  const send = (from: number, to: number, amount: number): string =>
    `/paths/strict-send?${asset('source_', from)}&source_amount=${amount}&destination_assets=${named(to)}`;

  it('is no reason to keep others waiting: who comes while twenty searches run is answered before they are done', async () => {
    let done = 0;
    const searches = Array.from({ length: 20 }, (_, at) =>
      sandbox
        .get(
          at % 2 === 0
            ? `/paths/strict-receive?${asset('destination_', at)}&destination_amount=${10 + at}&source_assets=${everyOther(at)}`
            : `/paths/strict-send?${asset('source_', at)}&source_amount=${10 + at}&destination_assets=${everyOther(at)}`,
        )
        .then((answer) => {
          done += 1;
          return answer;
        }),
    );
    let others = 0;
    while (done < searches.length) {
      expect((await sandbox.get('/fee_stats')).status).toBe(200);
      if (done < searches.length) others += 1;
    }
    expect(others).toBeGreaterThan(0);
    for (const answer of await Promise.all(searches))
      expect([answer.status, answer.body._embedded.records.length > 20]).toEqual([200, true]);
  });

  it('gives the best five paths of a pair, the best one first, however long they are', async () => {
    const paths = (await sandbox.get(receive(3, 4, 10))).body._embedded.records as unknown as {
      source_amount: string;
      destination_amount: string;
      path: unknown[];
    }[];
    expect(paths.map((each) => Number(each.source_amount))).toEqual(
      paths.map((each) => Number(each.source_amount)).toSorted((a, b) => a - b),
    );
    expect(new Set(paths.map((each) => JSON.stringify(each.path))).size).toBe(5);
    expect(paths.every((each) => each.path.length <= 3 && each.destination_amount === '10.0000000')).toBe(true);
    const [best] = (await sandbox.get(send(3, 4, 10))).body._embedded.records as unknown as {
      destination_amount: string;
    }[];
    expect(Number(best?.destination_amount)).toBeGreaterThan(0);
  });

  it('is searched once a ledger for the same question, and anew after a close', async () => {
    const quote = jest.spyOn(sandbox.network.engine, 'quoteStrictReceive');
    const first = await sandbox.get(receive(5, 6, 77));
    const asked = quote.mock.calls.length;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(300);
    expect((await sandbox.get(receive(5, 6, 77))).body).toEqual(first.body);
    expect(quote.mock.calls).toHaveLength(asked);
    await sandbox.network.closeLedger();
    await sandbox.get(receive(5, 6, 77));
    expect(quote.mock.calls.length).toBeGreaterThan(asked);
    quote.mockRestore();
  });

  it('is searched for so many at a time, each search gives others their turn, and who comes after them all is told to come back', async () => {
    const desk = new PathDesk(sandbox.network);
    let over = false;
    // Would never end if nothing else had its turn while it runs.
    const endless = function* (): Search {
      while (!over) yield;
      return [];
    };
    const waiting = Array.from({ length: 20 }, (_, at) => desk.find(`question ${at}`, endless));
    const same = desk.find('question 3', endless);
    await expect(desk.find('one more', endless)).rejects.toMatchObject({
      body: { status: 503, title: 'Server Over Capacity' },
      headers: { 'retry-after': '1' },
    });
    setTimeout(() => (over = true), 0);
    expect(await Promise.all([...waiting, same])).toEqual(Array<[]>(21).fill([]));
    expect(await desk.find('one more', endless)).toEqual([]);
  });

  it('a search that fails fails for who asked alone', async () => {
    const desk = new PathDesk(sandbox.network);
    const failing = function* (): Search {
      yield;
      throw new Error('broken');
    };
    await expect(desk.find('a', failing)).rejects.toThrow('broken');
    await expect(desk.find('a', failing)).rejects.toThrow('broken');
    expect((await sandbox.get(receive(1, 2, 999))).status).toBe(200);
  });
});
