import { Operation } from '@stellar/stellar-sdk';
import { Clock, SystemClock } from '../../src/common/clock';
import { decodeLedger, encodeLedger, foldSnapshot } from '../../src/sandbox/ledger-codec';
import { sandboxIssuers, sandboxKeypair } from '../../src/sandbox/sandbox-keys';
import { NetworkNotLoaded, SandboxNetwork } from '../../src/sandbox/sandbox-network';
import { LostLeadership, MemoryStore } from '../../src/sandbox/sandbox-store';
import { signedBy } from '../../src/sandbox/seed';
import { eventually } from '../support/eventually';
import { PATIENCE_MS } from '../support/patience';
import { PASSPHRASE } from './sandbox-server';

const clock = new SystemClock();

async function networkOn(store: MemoryStore, seeded = true, submitTimeoutMs = PATIENCE_MS): Promise<SandboxNetwork> {
  const network = new SandboxNetwork({
    passphrase: PASSPHRASE,
    store,
    clock,
    ledgerMs: 5,
    idleLedgerMs: 10,
    submitTimeoutMs,
    seeded,
  });
  await network.load();
  return network;
}

function payment(network: SandboxNetwork, label: string): string {
  const source = sandboxKeypair(label, PASSPHRASE);
  return signedBy(network.engine, source, PASSPHRASE, [Operation.bumpSequence({ bumpTo: '0' })]);
}

describe('SandboxNetwork', () => {
  it('derives its issuers from the passphrase alone', () => {
    expect(sandboxIssuers(PASSPHRASE)).toEqual(sandboxIssuers(PASSPHRASE));
    expect(sandboxIssuers('another').USDC).not.toBe(sandboxIssuers(PASSPHRASE).USDC);
  });

  it('cannot be asked before it is loaded', () => {
    const network = new SandboxNetwork({ passphrase: PASSPHRASE, store: new MemoryStore(), clock });
    expect(() => network.engine).toThrow(NetworkNotLoaded);
  });

  it('goes on after a restart with the same state and history', async () => {
    const store = new MemoryStore();
    const first = await networkOn(store);
    first.submitAsync(payment(first, 'friendbot'));
    await first.closeLedger();
    const second = await networkOn(store.reopen());
    expect(second.engine.header).toEqual(first.engine.header);
    expect(second.engine.snapshot()).toEqual(first.engine.snapshot());
    expect(second.history.all.operations.map(({ token }) => token)).toEqual(
      first.history.all.operations.map(({ token }) => token),
    );
    second.submitAsync(payment(second, 'friendbot'));
    const closed = await second.closeLedger();
    expect(closed.transactions.map(({ successful }) => successful)).toEqual([true]);
  });

  it('finishes an interrupted seeding', async () => {
    const store = new MemoryStore();
    await networkOn(store, false);
    const network = await networkOn(store.reopen());
    expect(network.engine.offersOf(sandboxKeypair('market-maker', PASSPHRASE).publicKey())).toHaveLength(30);
    const { header } = network.engine;
    expect((await networkOn(store.reopen())).engine.header.sequence).toBe(header.sequence);
    expect(header.closeTime).toBeLessThanOrEqual(network.nowSeconds());
  });

  it('shows a ledger only once the store has it, and offers the same ledger again', async () => {
    const store = new MemoryStore();
    const network = await networkOn(store);
    const envelope = payment(network, 'friendbot');
    const { hash } = network.submitAsync(envelope);
    store.failNext(new Error('the database went away'));
    await expect(network.closeLedger()).rejects.toThrow('the database went away');
    expect(network.history.transaction(hash)).toBeUndefined();
    const before = network.history.latest?.sequence ?? 0;
    const closed = await network.closeLedger();
    expect(closed.header.sequence).toBe(before + 1);
    expect(network.history.transaction(hash)?.ledger).toBe(before + 1);
  });

  it('stops speaking when another process wrote the ledger, until it loads again', async () => {
    const store = new MemoryStore();
    const [first, second] = [await networkOn(store), await networkOn(store.reopen())];
    await first.closeLedger();
    await expect(second.closeLedger()).rejects.toThrow(LostLeadership);
    expect(() => second.history).toThrow(NetworkNotLoaded);
    await second.load();
    expect(second.history.latest?.hash).toBe(first.history.latest?.hash);
  });

  it('closes one ledger at a time however often it is asked', async () => {
    const network = await networkOn(new MemoryStore());
    const closed = await Promise.all([network.closeLedger(), network.closeLedger(), network.closeLedger()]);
    const sequences = closed.map(({ header }) => header.sequence);
    expect(sequences).toEqual([sequences[0], (sequences[0] ?? 0) + 1, (sequences[0] ?? 0) + 2]);
  });

  it('lets several submissions of one interval share a ledger, and closes empty ones meanwhile', async () => {
    const network = await networkOn(new MemoryStore());
    const stop = new AbortController();
    const running = network.run(clock, stop.signal);
    const outcomes = await Promise.all(
      ['friendbot', 'usdc-issuer', 'eurc-issuer'].map((label) => network.submit(payment(network, label))),
    );
    const ledgers = outcomes.map((outcome) => (outcome.kind === 'applied' ? outcome.transaction.ledger : 0));
    expect(new Set(ledgers).size).toBe(1);
    const before = network.engine.header.sequence;
    await eventually(
      () => Promise.resolve(network.engine.header.sequence),
      (sequence) => sequence > before,
    );
    stop.abort();
    await running;
  });

  it('gives up waiting after the time-out, without losing the transaction', async () => {
    const network = await networkOn(new MemoryStore(), true, 50);
    const envelope = payment(network, 'friendbot');
    const outcome = await network.submit(envelope);
    expect(outcome.kind).toBe('timeout');
    await network.closeLedger();
    expect((await network.submit(envelope)).kind).toBe('applied');
  });

  it('begins a new history when it is reset', async () => {
    const network = await networkOn(new MemoryStore());
    for (let round = 0; round < 3; round += 1) await network.closeLedger();
    const before = network.history.latest?.sequence ?? 0;
    await network.reset(new MemoryStore());
    expect(network.history.latest?.sequence).toBeLessThan(before);
  });

  it('adds the skew of its clock to close times', async () => {
    const network = await networkOn(new MemoryStore());
    network.faults.arm('clock_skew', { seconds: 3_600 });
    const { header } = await network.closeLedger();
    expect(header.closeTime - network.nowSeconds()).toBeGreaterThan(3_590);
    expect(clock).toBeInstanceOf(Clock);
  });
});

describe('ledger codec', () => {
  it('gives back what it was given, and folds the changes into the state', async () => {
    const store = new MemoryStore();
    const network = await networkOn(store);
    network.submitAsync(payment(network, 'friendbot'));
    const closed = await network.closeLedger();
    expect(decodeLedger(encodeLedger(closed))).toEqual(closed);
    expect(foldSnapshot([])).toBeNull();
    const stored = await store.reopen().load();
    expect(stored?.snapshot).toEqual(network.engine.snapshot());
  });
});
