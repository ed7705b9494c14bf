import { Asset, type Keypair, Operation, type Transaction } from '@stellar/stellar-sdk';
import { SystemClock } from '../../src/common/clock';
import type { ClosedLedger } from '../../src/sandbox/ledger/contract';
import { MemoryStore } from '../../src/sandbox/sandbox-store';
import { HorizonClient } from '../../src/stellar/horizon-client';
import { HorizonLedgerSource } from '../../src/stellar/horizon-ledger-source';
import { eventually } from '../support/eventually';
import { PATIENCE_MS } from '../support/patience';
import { PASSPHRASE, SandboxServer } from './sandbox-server';

/** A store that takes its time with the next ledger, as a busy database does. */
class BusyStore extends MemoryStore {
  /** A ledger has closed and waits for the store. */
  busy = false;
  private go: Promise<void> = Promise.resolve();

  /** Holds ledgers back until the returned function is called. */
  hold(): () => void {
    let open = (): void => undefined;
    this.go = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  }

  override async append(closed: ClosedLedger): Promise<void> {
    this.busy = true;
    await this.go;
    this.busy = false;
    await super.append(closed);
  }
}

const hashOf = (transaction: Transaction): string => Buffer.from(transaction.hash()).toString('hex');

describe('while a ledger is being stored', () => {
  const store = new BusyStore();
  const clock = new SystemClock();
  const stopping = new AbortController();
  let sandbox: SandboxServer;
  let running: Promise<void>;
  let payer: Keypair;
  let release = (): void => undefined;
  beforeAll(async () => {
    sandbox = await SandboxServer.start({ store, run: false, submitTimeoutMs: PATIENCE_MS });
    running = close();
    payer = await sandbox.wallet('payer');
  });
  afterEach(() => release());
  afterAll(async () => {
    stopping.abort();
    await running;
    await sandbox.stop();
  });

  /** Closes ledgers until the end, also after the store has refused one. */
  async function close(): Promise<void> {
    while (!stopping.signal.aborted) await sandbox.network.run(clock, stopping.signal).catch(() => undefined);
  }

  /** Sends a payment; its ledger has closed and is not stored before `release` is called. */
  async function inFlight(): Promise<{ transaction: Transaction; sent: ReturnType<SandboxServer['post']> }> {
    const transaction = await sandbox.build(payer, [
      Operation.payment({ destination: sandbox.issuers.USDC, asset: Asset.native(), amount: '1' }),
    ]);
    release = store.hold();
    const sent = sandbox.post('/transactions', transaction.toXDR());
    await eventually(() => Promise.resolve(store.busy), Boolean);
    return { transaction, sent };
  }

  /** Long enough for an answer that does not wait for the store; over as soon as it has come. */
  async function othersComeAndGo(answered: Promise<unknown>): Promise<void> {
    let early = false;
    void answered.then(() => (early = true));
    for (let asked = 0; asked < 30 && !early; asked++) await sandbox.get('/fee_stats');
  }

  it('an account is not ahead of its history: what used its sequence number can be found', async () => {
    const { transaction, sent } = await inFlight();
    const hash = hashOf(transaction);
    const account = sandbox.get(`/accounts/${payer.publicKey()}`);
    const known = account.then(async ({ body }) => ({
      sequence: body['sequence'],
      found: (await sandbox.get(`/transactions/${hash}`)).status,
    }));
    await othersComeAndGo(known);
    release();
    expect((await sent).status).toBe(200);
    expect(await known).toEqual({ sequence: transaction.sequence, found: 200 });
  });

  it('a second copy of a payment is answered like the first one, not refused', async () => {
    const { transaction, sent } = await inFlight();
    const client = new HorizonClient(sandbox.url, { clock, deadlineMs: PATIENCE_MS, submitDeadlineMs: PATIENCE_MS });
    const copy = new HorizonLedgerSource({ network: 'sandbox', passphrase: PASSPHRASE, client, clock }).submit(
      transaction.toXDR(),
    );
    // Refused at the door: its sequence number is used up by now.
    const again = await sandbox.post('/transactions', transaction.toXDR());
    expect(again.body.extras.result_codes).toEqual({ transaction: 'tx_bad_seq' });
    await othersComeAndGo(copy);
    release();
    expect((await sent).status).toBe(200);
    expect(await copy).toMatchObject({ kind: 'applied', hash: hashOf(transaction) });
  });

  it('nothing is told of accounts when the store refused the ledger, until it takes it', async () => {
    const { sent } = await inFlight();
    store.failNext(new Error('the database went away'));
    const account = sandbox.get(`/accounts/${payer.publicKey()}`);
    release();
    expect((await account).status).toBe(503);
    await sandbox.network.closeLedger();
    expect((await sent).status).toBe(200);
    expect((await sandbox.get(`/accounts/${payer.publicKey()}`)).status).toBe(200);
  });
});
