import { createHash } from 'node:crypto';
import { Asset, Claimant, Keypair, Memo, Operation, TransactionBuilder } from '@stellar/stellar-sdk';
import { amountOf, formatAmount } from '../../../src/common/money';
import type { InvoiceStatus } from '../../../src/invoices/invoice-states';
import { InvoiceActionsService } from '../../../src/invoices/invoice-actions.service';
import { muxedAddress } from '../../../src/stellar/address';
import { ApiClient } from '../../support/api-client';
import { TestWallet } from '../../support/wallet';
import { addressOf, type Bill, type Coin, type Sent, TESTER, Till } from './till';

/** One way in which money can look. A is the invoice in question, B another one of the same merchant. */
interface Disguise {
  readonly name: string;
  readonly coin?: Coin;
  readonly due?: string;
  /** Sends; the transactions whose traces are compared. */
  readonly send: (at: Scene) => Promise<Sent | Sent[]>;
  readonly status: InvoiceStatus;
  readonly received: string;
  /** `disposition outcome amount` per credit, in ledger order. */
  readonly written: readonly string[];
  /** What POST /confirm then says of each transaction; default 200 for a paid invoice, else 400. */
  readonly confirm?: number;
}

interface Scene {
  readonly till: Till;
  readonly a: Bill;
  readonly b: Bill;
}

const text = (value: string | Buffer): Memo => Memo.text(value as string);
const padded = (value: string): Buffer => Buffer.concat([Buffer.from(value), Buffer.alloc(32 - value.length)]);
const memoOnly =
  (memo: (at: Scene) => Memo) =>
  ({ till, a, b }: Scene) =>
    till.pay(a, '10', memo({ till, a, b }));
const toMuxed = (id: (at: Scene) => bigint, memo?: (at: Scene) => Memo) => (at: Scene) =>
  at.till.payer.pay(muxedAddress(at.a.destination, id(at)), '10', memo === undefined ? {} : { memo: memo(at) });
const lost = (amount = '10'): Pick<Disguise, 'status' | 'received' | 'written'> => ({
  status: 'PENDING',
  received: '0',
  written: [`suspense unknown_reference ${amount}`],
});
const exact: Pick<Disguise, 'status' | 'received' | 'written'> = {
  status: 'PAID',
  received: '10',
  written: ['applied exact 10'],
};
const held = (...outcomes: string[]): Pick<Disguise, 'status' | 'received' | 'written'> => ({
  status: 'PENDING',
  received: '0',
  written: outcomes.map((each) => `suspense ${each}`),
});

const MEMOS: Disguise[] = [
  { name: 'A06 the invoice number as text', send: memoOnly(({ a }) => text(a.number)), ...exact },
  {
    name: 'A06 the reference number as id',
    send: memoOnly(({ a }) => Memo.id(a.referenceNumber.toString())),
    ...exact,
  },
  {
    name: 'A06 the reference number typed as text (a wallet downgraded it)',
    send: memoOnly(({ a }) => text(a.referenceNumber.toString())),
    ...exact,
  },
  { name: 'A03 no memo', send: memoOnly(() => Memo.none()), ...held('no_reference 10') },
  { name: 'A03 a memo of nobody', send: memoOnly(() => text('thanks!')), ...lost() },
  { name: 'A06 an empty text memo', send: memoOnly(() => text('')), ...lost() },
  { name: 'A06 the number in lower case', send: memoOnly(({ a }) => text(a.number.toLowerCase())), ...lost() },
  { name: 'A06 the number with a space after it', send: memoOnly(({ a }) => text(`${a.number} `)), ...lost() },
  {
    name: 'A06 the number with a NUL after it',
    send: memoOnly(({ a }) => text(Buffer.from(`${a.number}\0`))),
    ...lost(),
  },
  {
    name: 'A06 the number with a Cyrillic letter',
    send: memoOnly(({ a }) => text(a.number.replace('I', '\u0406'))),
    ...lost(),
  },
  {
    name: 'A06 the number with full-width digits',
    send: memoOnly(({ a }) => text(a.number.replace('INV-0', 'INV-\uff10'))),
    ...lost(),
  },
  {
    name: 'A06 bytes that are not UTF-8',
    send: memoOnly(({ a }) => text(Buffer.concat([Buffer.from(a.number), Buffer.from([0xff])]))),
    ...lost(),
  },
  {
    name: 'A06 the number with its high bits set',
    send: memoOnly(({ a }) => text(Buffer.from(Buffer.from(a.number).map((byte) => byte | 0x80)))),
    ...lost(),
  },
  { name: 'A06 the number padded into a hash', send: memoOnly(({ a }) => Memo.hash(padded(a.number))), ...lost() },
  {
    name: 'A06 the number padded into a return hash',
    send: memoOnly(({ a }) => Memo.return(padded(a.number))),
    ...lost(),
  },
  {
    name: 'A06 the hash of the number',
    send: memoOnly(({ a }) => Memo.hash(createHash('sha256').update(a.number).digest())),
    ...lost(),
  },
  {
    name: 'A06 the reference number plus one',
    send: memoOnly(({ a }) => Memo.id((a.referenceNumber + 1n).toString())),
    ...lost(),
  },
  {
    name: 'A06 the reference number with a leading zero',
    send: memoOnly(({ a }) => text(`0${a.referenceNumber}`)),
    ...lost(),
  },
  {
    name: 'A03 the memo of another invoice',
    send: memoOnly(({ b }) => text(b.number)),
    status: 'PENDING',
    received: '0',
    written: ['applied exact 10'],
  },
  { name: 'A07 the muxed id, no memo', send: toMuxed(({ a }) => a.referenceNumber), ...exact },
  {
    name: 'A07 the muxed id and the memo, agreeing',
    send: toMuxed(
      ({ a }) => a.referenceNumber,
      ({ a }) => text(a.number),
    ),
    ...exact,
  },
  {
    name: 'A07 the muxed id of B with the memo of A',
    send: toMuxed(
      ({ b }) => b.referenceNumber,
      ({ a }) => text(a.number),
    ),
    ...held('conflicting_references 10'),
  },
  {
    name: 'A07 the muxed id of A with the memo of B',
    send: toMuxed(
      ({ a }) => a.referenceNumber,
      ({ b }) => Memo.id(b.referenceNumber.toString()),
    ),
    ...held('conflicting_references 10'),
  },
  {
    name: 'A07 an exchange customer id with the memo of A',
    send: toMuxed(
      () => 7n,
      ({ a }) => text(a.number),
    ),
    ...exact,
  },
  {
    name: 'A07 the muxed id of A with a memo of nobody',
    send: toMuxed(
      ({ a }) => a.referenceNumber,
      () => text('order 77'),
    ),
    ...exact,
  },
];

const AMOUNTS: Disguise[] = [
  {
    name: 'A20 one stroop short',
    send: ({ till, a }) => till.pay(a, '9.9999999'),
    status: 'PENDING',
    received: '9.9999999',
    written: ['applied under 9.9999999'],
  },
  {
    name: 'A20 one stroop short, then the stroop',
    send: async ({ till, a }) => [await till.pay(a, '9.9999999'), await till.pay(a, '0.0000001')],
    status: 'PAID',
    received: '10',
    written: ['applied under 9.9999999', 'applied exact 0.0000001'],
  },
  {
    name: 'A22 one stroop over',
    send: ({ till, a }) => till.pay(a, '10.0000001'),
    status: 'PAID',
    received: '10.0000001',
    written: ['applied over 10.0000001'],
  },
  {
    name: 'A22 fifteen for ten',
    send: ({ till, a }) => till.pay(a, '15'),
    status: 'PAID',
    received: '15',
    written: ['applied over 15'],
  },
  {
    name: 'A23 three times four of ten',
    send: async ({ till, a }) => [await till.pay(a, '4'), await till.pay(a, '4'), await till.pay(a, '4')],
    status: 'PAID',
    received: '12',
    written: ['applied under 4', 'applied under 4', 'applied over 4'],
  },
  {
    name: 'A22 paid twice',
    send: async ({ till, a }) => [await till.pay(a, '10'), await till.pay(a, '10')],
    status: 'PAID',
    received: '20',
    written: ['applied exact 10', 'applied surplus 10'],
  },
  {
    name: 'A21 an amount that no double holds',
    due: '400.1234567',
    send: ({ till, a }) => till.pay(a, '400.1234567'),
    status: 'PAID',
    received: '400.1234567',
    written: ['applied exact 400.1234567'],
  },
];

const OPERATIONS: Disguise[] = [
  {
    name: 'A13 ninety-nine specks of dust and the payment in one transaction',
    send: ({ till, a }) =>
      till.payer.submit(payments(a, [...Array<string>(99).fill('0.0000001'), '10']), text(a.number)),
    status: 'PAID',
    received: '10.0000099',
    written: [...Array<string>(99).fill('applied under 0.0000001'), 'applied over 10'],
  },
  {
    name: 'A13 the payment and then dust in one transaction',
    send: ({ till, a }) => till.payer.submit(payments(a, ['10', '0.0000001']), text(a.number)),
    status: 'PAID',
    received: '10.0000001',
    written: ['applied exact 10', 'applied surplus 0.0000001'],
  },
  {
    name: 'A13 two invoices paid by muxed ids in one transaction',
    send: ({ till, a, b }) =>
      till.payer.submit(
        [a, b].flatMap((bill) =>
          payments({ ...bill, destination: muxedAddress(bill.destination, bill.referenceNumber) }, ['10']),
        ),
      ),
    status: 'PAID',
    received: '10',
    written: ['applied exact 10', 'applied exact 10'],
  },
  { name: 'A13 the operation has a source of its own', send: payByAnotherSource, ...exact },
  {
    name: 'A14 strict receive: what arrives counts, not what was sent',
    coin: 'USDC',
    send: ({ till, a }) =>
      till.payer.submit(
        [
          Operation.pathPaymentStrictReceive({
            sendAsset: Asset.native(),
            sendMax: '500',
            destination: a.destination,
            destAsset: till.payer.coin('USDC'),
            destAmount: '10',
          }),
        ],
        text(a.number),
      ),
    ...exact,
  },
  {
    name: 'A12 a failed transaction',
    send: ({ till, a }) => payAndFail(till, a, false),
    status: 'PENDING',
    received: '0',
    written: [],
  },
  {
    name: 'A12 a fee bump whose inner transaction failed',
    send: ({ till, a }) => payAndFail(till, a, true),
    status: 'PENDING',
    received: '0',
    written: [],
  },
  { name: 'A16 a claimable balance', send: createClaimable, status: 'PENDING', received: '0', written: [] },
  {
    name: 'A16 a claimable balance that the merchant has claimed',
    send: claimClaimable,
    status: 'PENDING',
    received: '0',
    written: [],
  },
  {
    name: 'A35 the merchant pays itself',
    send: ({ till, a }) => till.pay(a, '10', text(a.number), till.shop.wallet),
    ...held('self_payment 10'),
  },
  {
    name: 'A35 the merchant pays itself from a muxed address',
    send: ({ till, a }) =>
      till.shop.wallet.submit([
        Operation.payment({
          source: muxedAddress(a.destination, 5n),
          destination: muxedAddress(a.destination, a.referenceNumber),
          asset: Asset.native(),
          amount: '10',
        }),
      ]),
    ...held('self_payment 10'),
  },
  {
    name: 'A42 EURC for an invoice in USDC',
    coin: 'USDC',
    send: ({ till, a }) =>
      till.payer.pay(a.destination, '10', { asset: till.payer.coin('EURC'), memo: text(a.number) }),
    ...held('wrong_asset 10'),
  },
  {
    name: 'A42 XLM for an invoice in USDC',
    coin: 'USDC',
    send: ({ till, a }) => till.pay(a, '10'),
    ...held('wrong_asset 10'),
  },
  {
    name: 'A08 USDC of an issuer of the payer',
    coin: 'USDC',
    send: payCounterfeit(['USDC'], '10'),
    ...held('wrong_asset 10'),
  },
  {
    name: 'A09 codes that look alike',
    coin: 'USDC',
    send: payCounterfeit(['usdc', 'USDC0', 'USDCUSDC', 'USDc'], '10'),
    ...held('wrong_asset 10', 'wrong_asset 10', 'wrong_asset 10', 'wrong_asset 10'),
  },
  {
    name: 'A21 the largest amount there is, of a worthless asset',
    send: payCounterfeit(['JUNK'], '922337203685.4775807'),
    ...held('wrong_asset 922337203685.4775807'),
  },
];

const STATES: Disguise[] = [
  {
    name: 'A25 after CANCELLED',
    send: async ({ till, a }) => till.cancel(a).then(() => till.pay(a, '10')),
    status: 'CANCELLED',
    received: '0',
    written: ['suspense invoice_closed 10'],
  },
  {
    name: 'A25 half before CANCELLED, half after',
    send: halfThenCancel,
    status: 'CANCELLED',
    received: '5',
    written: ['applied under 5', 'suspense invoice_closed 5'],
  },
];

function payments(bill: Pick<Bill, 'destination'>, amounts: readonly string[]): ReturnType<typeof Operation.payment>[] {
  return amounts.map((amount) => Operation.payment({ destination: bill.destination, asset: Asset.native(), amount }));
}

async function payByAnotherSource({ till, a }: Scene): Promise<Sent> {
  const other = await till.app.wallet();
  const operation = Operation.payment({
    source: other.address,
    destination: a.destination,
    asset: Asset.native(),
    amount: '10',
  });
  const transaction = TransactionBuilder.fromXdr(
    await till.payer.build([operation], text(a.number), [till.payer.keypair, other.keypair]),
    till.payer.passphrase,
  );
  const sent = await till.payer.server.submitTransaction(transaction);
  await till.caughtUp(sent.ledger);
  expect(await till.books(a)).toMatchObject({ payer: other.address });
  return sent;
}

async function payAndFail(till: Till, bill: Bill, bumped: boolean): Promise<Sent> {
  const impossible = Operation.payment({
    destination: bill.destination,
    asset: till.payer.coin('USDC'),
    amount: '900000',
  });
  const envelope = await till.payer.build([...payments(bill, ['10']), impossible], text(bill.number));
  return till.sendDoomed(bumped ? till.feeBump(envelope, (await till.app.wallet()).keypair).envelopeXdr : envelope);
}

function createClaimable({ till, a }: Scene): Promise<Sent> {
  return till.payer.submit(
    [
      Operation.createClaimableBalance({
        asset: Asset.native(),
        amount: '10',
        claimants: [new Claimant(a.destination)],
      }),
    ],
    text(a.number),
  );
}

async function claimClaimable({ till, a }: Scene): Promise<Sent[]> {
  const created = await createClaimable({ till, a, b: a });
  const { records } = await till.payer.server.claimableBalances().claimant(a.destination).call();
  const operations = records.map((record) => Operation.claimClaimableBalance({ balanceId: record.id }));
  return [created, await till.shop.wallet.submit(operations, text(a.number))];
}

/** The merchant trusts a stranger's assets, as spam does to careless wallets, and is paid in them. */
function payCounterfeit(codes: readonly string[], amount: string): (at: Scene) => Promise<Sent> {
  return async ({ till, a }) => {
    const forger = await till.app.wallet();
    const assets = codes.map((code) => new Asset(code, forger.address));
    await till.shop.wallet.submit(assets.map((asset) => Operation.changeTrust({ asset })));
    return forger.submit(
      assets.map((asset) => Operation.payment({ destination: a.destination, asset, amount })),
      text(a.number),
    );
  };
}

async function halfThenCancel({ till, a }: Scene): Promise<Sent[]> {
  const first = await till.pay(a, '5');
  await till.caughtUp(first.ledger);
  await till.cancel(a);
  return [first, await till.pay(a, '5')];
}

describe('one payment in every disguise', () => {
  let till: Till;
  beforeAll(async () => {
    till = await Till.open();
  });
  afterAll(() => till.close());
  afterEach(() => till.assertSound());

  it.each([...MEMOS, ...AMOUNTS, ...OPERATIONS, ...STATES])(
    '$name',
    async ({ coin = 'XLM', due = '10', send, status, received, written, confirm }) => {
      const [a, b] = [await till.bill(due, coin), await till.bill(due, coin)];
      const sent = [await send({ till, a, b })].flat();
      const hashes = sent.map((each) => each.hash);
      await till.caughtUp(Math.max(...sent.map((each) => each.ledger)));
      expect(await till.books(a)).toMatchObject({ status, received });
      expect(await till.written(hashes)).toEqual(written);
      for (const hash of hashes)
        expect((await till.confirm(a, hash)).status).toBe(confirm ?? (status === 'PAID' ? 200 : 400));
      expect(await till.books(a)).toMatchObject({ status, received });
      expect(await till.written(hashes)).toEqual(written);
    },
  );

  it('A11 strict send of much is worth what arrives', async () => {
    const bill = await till.bill('50', 'USDC');
    const operation = Operation.pathPaymentStrictSend({
      sendAsset: Asset.native(),
      sendAmount: '60',
      destination: bill.destination,
      destAsset: till.payer.coin('USDC'),
      destMin: '0.01',
    });
    const sent = await till.payer.submit([operation], Memo.text(bill.number));
    await till.caughtUp(sent.ledger);
    const [record] = (await till.payer.server.operations().forTransaction(sent.hash).call()).records;
    const arrived = formatAmount(amountOf((record as unknown as { amount: string }).amount));
    expect(Number(arrived)).toBeLessThan(10);
    expect(await till.books(bill)).toMatchObject({ status: 'PENDING', received: arrived });
    expect(await till.written([sent.hash])).toEqual([`applied under ${arrived}`]);
  });

  it('A14 the payment that gives the merchant its account', async () => {
    const wallet = TestWallet.unfunded(till.app.horizonUrl, till.payer.passphrase);
    const token = await wallet.signIn(till.app.url);
    const client = new ApiClient(till.app.url, { authorization: `Bearer ${token}` });
    const bill = await till.bill('25.5', 'XLM', { activateNewAccounts: true }, client);
    const sent = await till.payer.submit(
      [Operation.createAccount({ destination: wallet.address, startingBalance: '25.5' })],
      Memo.text(bill.number),
    );
    await till.caughtUp(sent.ledger);
    expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '25.5', proof: sent.hash });
    expect(await till.written([sent.hash], wallet.address)).toEqual(['applied exact 25.5']);
    await till.assertNothingLost(wallet.address);
  });

  it('A15 an account merged into the merchant, whose amount only the effects know', async () => {
    const bill = await till.bill('9000');
    const closing = await till.app.wallet();
    const sent = await closing.submit(
      [Operation.accountMerge({ destination: bill.destination })],
      Memo.text(bill.number),
    );
    await till.caughtUp(sent.ledger);
    expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '9999.99999', payer: closing.address });
    expect(await till.written([sent.hash])).toEqual(['applied over 9999.99999']);
  });

  it('A25 on a DRAFT: money is never refused for want of paperwork', async () => {
    const bill = await till.issue('10', { status: 'DRAFT' });
    const sent = await till.pay(bill, '10');
    await till.caughtUp(sent.ledger);
    expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10' });
    expect(await till.eventTypes(bill)).toEqual(['invoice.created', 'invoice.paid']);
  });

  it('B16 on a DRAFT that was deleted: held, and nothing comes back to life', async () => {
    const bill = await till.issue('10', { status: 'DRAFT' });
    await till.app.get(InvoiceActionsService).delete(TESTER, addressOf(bill));
    const sent = await till.pay(bill, '10');
    await till.caughtUp(sent.ledger);
    expect(await till.books(bill)).toMatchObject({ status: 'DRAFT', received: '0' });
    expect(await till.written([sent.hash])).toEqual(['suspense invoice_closed 10']);
    expect((await till.confirm(bill, sent.hash)).status).toBe(404);
  });

  it('A02 half in a fee bump, confirmed under four names of its hash', async () => {
    const bill = await till.bill('10');
    const sponsor = await till.app.wallet();
    const bump = till.feeBump(await till.payer.build(payments(bill, ['5']), Memo.text(bill.number)), sponsor.keypair);
    const { ledger } = await till.payer.server.submitTransaction(
      TransactionBuilder.fromXdr(bump.envelopeXdr, till.payer.passphrase),
    );
    for (const hash of [bump.inner, bump.outer, bump.inner.toUpperCase(), bump.outer.toUpperCase()]) {
      const answer = await till.confirm(bill, hash);
      expect([answer.status, answer.body.error]).toEqual([400, 'Underpayment: paid 5.00, expected 10.00']);
    }
    await till.caughtUp(ledger);
    expect(await till.books(bill)).toMatchObject({ status: 'PENDING', received: '5', proof: null });
    expect(await till.written([bump.outer, bump.inner])).toEqual(['applied under 5']);
  });

  it('A04 a payment with a number that is only given out later stays in suspense', async () => {
    const { number } = await till.bill('10');
    const next = `INV-${String(Number(number.slice(4)) + 1).padStart(4, '0')}`;
    const sent = await till.payer.pay(till.shop.wallet.address, '10', { memo: Memo.text(next) });
    await till.caughtUp(sent.ledger);
    const bill = await till.bill('10');
    expect(bill.number).toBe(next);
    expect((await till.confirm(bill, sent.hash)).status).toBe(400);
    expect(await till.books(bill)).toMatchObject({ status: 'PENDING', received: '0' });
    expect(await till.written([sent.hash])).toEqual(['suspense unknown_reference 10']);
  });

  it("A01 A03 somebody else's transaction proves nothing for my invoice", async () => {
    const [mine, theirs] = [await till.bill('10'), await till.bill('10')];
    const paid = await till.pay(theirs, '10');
    const elsewhere = await till.payer.pay((await till.app.wallet()).address, '10', { memo: Memo.text(mine.number) });
    for (const hash of [paid.hash, elsewhere.hash]) {
      expect((await till.confirm(mine, hash)).body).toEqual({
        error: 'Transaction does not match invoice payment details',
      });
    }
    expect((await till.confirm(mine, 'ab'.repeat(32))).status).toBe(404);
    expect((await till.confirm(theirs, paid.hash)).status).toBe(200);
    expect(await till.books(mine)).toMatchObject({ status: 'PENDING', received: '0' });
  });

  it('A13 two merchants paid by one transaction under one number', async () => {
    const other = await till.app.merchant();
    const theirs = await till.bill('7', 'XLM', {}, other.client);
    expect(theirs.number).toBe('INV-0001');
    const mine = await till.app.sql<Bill>(
      `select id, public_id as "publicId", merchant_id as "merchantId", number, destination from invoices where destination = $1 and number = 'INV-0001'`,
      [till.shop.wallet.address],
    );
    const before = await till.books(mine[0] as Bill);
    const sent = await till.payer.submit(
      [...payments(theirs, ['7']), ...payments({ destination: till.shop.wallet.address }, ['3'])],
      Memo.text('INV-0001'),
    );
    await till.caughtUp(sent.ledger);
    expect(await till.books(theirs)).toMatchObject({ status: 'PAID', received: '7' });
    expect((await till.books(mine[0] as Bill)).received).toBe(formatAmount(amountOf(before.received) + amountOf('3')));
  });

  it('A05 two merchants behind one address never share a reference', async () => {
    const other = await till.app.merchant();
    const [row] = await till.app.sql<{ id: string }>(
      'select merchant_id as id from receiving_accounts where address = $1',
      [other.wallet.address],
    );
    await till.app.sql('update receiving_accounts set address = $1 where merchant_id = $2', [
      till.shop.wallet.address,
      row?.id,
    ]);
    const bills = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        till.bill('2', 'XLM', {}, index % 2 === 0 ? other.client : till.shop.client),
      ),
    );
    expect(new Set(bills.map((bill) => bill.destination))).toEqual(new Set([till.shop.wallet.address]));
    expect(new Set(bills.map((bill) => bill.number)).size).toBe(10);
    for (const bill of bills) expect(Buffer.byteLength(bill.number)).toBeLessThanOrEqual(28);
    let ledger = 0;
    for (const bill of bills.slice(0, 2)) ({ ledger } = await till.pay(bill, '2'));
    const orphan = await till.payer.pay(till.shop.wallet.address, '1');
    await till.caughtUp(Math.max(ledger, orphan.ledger));
    expect(await Promise.all(bills.map(async (bill) => (await till.books(bill)).status))).toEqual([
      ...Array<string>(2).fill('PAID'),
      ...Array<string>(8).fill('PENDING'),
    ]);
    const [payment] = await till.app.sql<{ merchant: string | null }>(
      'select merchant_id as merchant from payments where transaction_hash = $1',
      [orphan.hash],
    );
    expect(payment).toEqual({ merchant: null });
    await till.app.sql('update receiving_accounts set address = $1 where merchant_id = $2', [
      other.wallet.address,
      row?.id,
    ]);
  });

  it('I1 every credit on the ledger is written down once, and nothing else', async () => {
    expect(await till.assertNothingLost()).toBeGreaterThan(150);
    expect(await till.app.sql('select reason from quarantined_items')).toEqual([]);
  });

  it("a payment to a key nobody has heard of is nobody's business", async () => {
    const bystander = Keypair.random().publicKey();
    const sent = await till.payer.submit(
      [Operation.createAccount({ destination: bystander, startingBalance: '5' })],
      Memo.text('INV-0001'),
    );
    await till.caughtUp(sent.ledger);
    expect(await till.written([sent.hash], bystander)).toEqual([]);
  });
});
