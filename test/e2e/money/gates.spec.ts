import { Asset, Claimant, Memo, Operation, TransactionBuilder } from '@stellar/stellar-sdk';
import { DEFAULT_PASSPHRASES } from '../../../src/common/network';
import { Transactions } from '../../../src/database/transactions';
import { InvoiceSettlementService } from '../../../src/invoices/invoice-settlement.service';
import { InvoicesService } from '../../../src/invoices/invoices.service';
import { muxedAddress } from '../../../src/stellar/address';
import { type Answer, ApiClient } from '../../support/api-client';
import { eventually } from '../../support/app';
import { TestWallet } from '../../support/wallet';
import { type Forgery, forged } from './forgery';
import { type Bill, type Operations, Till } from './till';

describe('what is let through to the ledger', () => {
  let till: Till;
  let stranger: TestWallet;
  let relayed: jest.SpyInstance;
  beforeAll(async () => {
    till = await Till.open();
    stranger = await till.app.wallet(['USDC', 'EURC']);
    relayed = jest.spyOn(till.app.network, 'submitAsync');
  });
  afterAll(() => till.close());
  afterEach(() => till.assertSound());

  const intentFor = (bill: Bill, sender: string | null = till.payer.address): Promise<Answer> =>
    till.app.client.post(`/api/payments/${bill.publicId}/pay-intent`, { senderPublicKey: sender });
  const submit = (bill: Bill, signedTransactionXdr: unknown): Promise<Answer> =>
    till.app.client.post('/api/payments/submit', { invoiceId: bill.publicId, signedTransactionXdr });

  const forge = (intentXdr: string, change: Forgery): string =>
    forged(intentXdr, till.payer, { operations: [payTo(till.shop.wallet.address)], fee: '10000', ...change });
  const payTo = (destination: string, amount = '10', asset = Asset.native(), source?: string): Operations[number] =>
    Operation.payment({ destination, amount, asset, ...(source === undefined ? {} : { source }) });
  const shop = (): string => till.shop.wallet.address;

  const FORGERIES: readonly (readonly [string, (bill: Bill) => Forgery])[] = [
    ['another destination', () => ({ operations: [payTo(stranger.address)] })],
    ['the muxed id of nobody', () => ({ operations: [payTo(muxedAddress(shop(), 99n))] })],
    ['one stroop less', () => ({ operations: [payTo(shop(), '9.9999999')] })],
    ['ten times more', () => ({ operations: [payTo(shop(), '100')] })],
    ['another asset', () => ({ operations: [payTo(shop(), '10', till.payer.coin('EURC'))] })],
    ['an asset of the payer', () => ({ operations: [payTo(shop(), '10', new Asset('XLM', till.payer.address))] })],
    ['another memo', () => ({ memo: Memo.text('INV-9999') })],
    ['no memo', () => ({ memo: Memo.none() })],
    ['the memo as a hash', (bill) => ({ memo: Memo.hash(Buffer.alloc(32, bill.number)) })],
    ['a second operation', () => ({ operations: [payTo(shop()), payTo(stranger.address, '5')] })],
    ['the payment twice', () => ({ operations: [payTo(shop()), payTo(shop())] })],
    ['no payment at all', () => ({ operations: [Operation.setOptions({ homeDomain: 'evil.example' })] })],
    ['an account merge', () => ({ operations: [Operation.accountMerge({ destination: shop() })] })],
    [
      'an account creation nobody asked for',
      () => ({ operations: [Operation.createAccount({ destination: shop(), startingBalance: '10' })] }),
    ],
    [
      'strict send, which may deliver less',
      () => ({
        operations: [
          Operation.pathPaymentStrictSend({
            sendAsset: Asset.native(),
            sendAmount: '10',
            destination: shop(),
            destAsset: Asset.native(),
            destMin: '10',
          }),
        ],
      }),
    ],
    ['no time bounds', () => ({ timebounds: { minTime: 0, maxTime: 0 } })],
    [
      'time bounds that end next year',
      () => ({ timebounds: { minTime: 0, maxTime: Math.floor(Date.now() / 1000) + 365 * 86_400 } }),
    ],
    ['ledger bounds', () => ({ ledgerbounds: { minLedger: 1, maxLedger: 0 } })],
    ['another source', () => ({ source: stranger.address })],
    [
      'an operation at the expense of the shop',
      () => ({ operations: [payTo(shop(), '10', Asset.native(), stranger.address)] }),
    ],
    ['nobody has signed', () => ({ signers: [] })],
    ['a stranger has signed', () => ({ signers: [stranger.keypair] })],
  ];

  it.each(FORGERIES)('A30 refuses a forged payment: %s', async (_name, change) => {
    const bill = await till.bill('10');
    const { body } = await intentFor(bill);
    relayed.mockClear();
    const answer = await submit(bill, forge(body.transactionXdr, change(bill)));
    expect([answer.status, answer.body.error]).toEqual([
      400,
      expect.stringMatching(/^Transaction (does not match invoice payment details|authorization failed)/),
    ]);
    expect(relayed).not.toHaveBeenCalled();
    expect(await till.books(bill)).toMatchObject({ status: 'PROCESSING', received: '0' });
    const honest = await submit(bill, forge(body.transactionXdr, {}));
    expect([honest.status, honest.body.success]).toEqual([200, true]);
  });

  it('A30 lets through what a good wallet may do: a fee bump, and paying from another asset', async () => {
    const [bumped, exchanged] = [await till.bill('10'), await till.bill('10', 'USDC')];
    const first = await intentFor(bumped);
    const bump = till.feeBump(till.payer.sign(first.body.transactionXdr), stranger.keypair);
    const answer = await submit(bumped, bump.envelopeXdr);
    expect([answer.status, answer.body.transactionHash]).toEqual([200, bump.outer]);
    const second = await intentFor(exchanged);
    const operation = Operation.pathPaymentStrictReceive({
      sendAsset: Asset.native(),
      sendMax: '300',
      destination: shop(),
      destAsset: till.payer.coin('USDC'),
      destAmount: '10',
    });
    expect((await submit(exchanged, forge(second.body.transactionXdr, { operations: [operation] }))).status).toBe(200);
    for (const bill of [bumped, exchanged])
      expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10' });
  });

  it('white space around a signed transaction is no part of it', async () => {
    for (const wrap of [(xdr: string) => `${xdr}\n`, (xdr: string) => ` \t${xdr}\r\n \n`]) {
      const bill = await till.bill('10');
      const { body } = await intentFor(bill);
      expect((await submit(bill, wrap(till.payer.sign(body.transactionXdr)))).body).toMatchObject({ success: true });
      expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10' });
    }
    expect((await submit(await till.bill('10'), ' \n')).status).toBe(400);
  });

  it.each(['testnet', 'public'] as const)('A28 names the network a transaction was signed for: %s', async (network) => {
    const bill = await till.bill('10');
    const { body } = await intentFor(bill);
    relayed.mockClear();
    const answer = await submit(bill, forge(body.transactionXdr, { passphrase: DEFAULT_PASSPHRASES[network] }));
    expect(answer.status).toBe(400);
    expect(answer.body.error).toBe(
      `Network mismatch: Transaction signed for '${DEFAULT_PASSPHRASES[network]}' but invoice requires '${till.payer.passphrase}'`,
    );
    expect(relayed).not.toHaveBeenCalled();
  });

  it('A31 is no open relay', async () => {
    const [bill, other] = [await till.bill('10'), await till.bill('10')];
    const unrelated = await stranger.build([payTo(till.payer.address, '1')]);
    const { body } = await intentFor(other);
    relayed.mockClear();
    for (const envelope of [unrelated, till.payer.sign(body.transactionXdr)])
      expect((await submit(bill, envelope)).status).toBe(400);
    expect(
      (
        await till.app.client.post('/api/payments/submit', {
          invoiceId: 'a'.repeat(32),
          signedTransactionXdr: unrelated,
        })
      ).status,
    ).toBe(404);
    await till.cancel(bill);
    const late = await submit(bill, forge(body.transactionXdr, { memo: Memo.text(bill.number) }));
    expect([late.status, late.body.error]).toEqual([400, 'Invoice cannot be paid. Current status: CANCELLED']);
    expect(relayed).not.toHaveBeenCalled();
  });

  it('A32 an envelope that is too long is refused unread, however good it is', async () => {
    const bill = await till.bill('10');
    const { body } = await intentFor(bill);
    const claimants = Array.from({ length: 10 }, () => new Claimant(stranger.address));
    const good = (count: number): string =>
      forge(body.transactionXdr, {
        operations: Array.from({ length: count }, () =>
          Operation.createClaimableBalance({ asset: Asset.native(), amount: '1', claimants }),
        ),
      });
    const [long, short] = [good(88), good(80)];
    expect([long.length > 50 * 1024, long.length < 60 * 1024, short.length < 50 * 1024]).toEqual([true, true, true]);
    const parsed = jest.spyOn(TransactionBuilder, 'fromXdr');
    expect((await submit(bill, long)).status).toBe(400);
    expect((await till.app.client.post('/api/auth/sep10', { transaction: long })).status).toBe(400);
    expect(parsed).not.toHaveBeenCalled();
    expect((await submit(bill, short)).body.error).toMatch(/^Transaction does not match invoice payment details/);
    expect(parsed).toHaveBeenCalled();
    parsed.mockRestore();
  });

  it('A32 XDR bombs are refused before anything is relayed', async () => {
    const bill = await till.bill('10');
    const honest = Buffer.from(till.payer.sign((await intentFor(bill)).body.transactionXdr), 'base64');
    const endless = Buffer.concat([honest.subarray(0, -72 - 4), Buffer.from('ffffffff', 'hex'), honest.subarray(-72)]);
    const nested = Buffer.concat([
      Buffer.from('00000005', 'hex'),
      Buffer.alloc(44),
      Buffer.from('00000005', 'hex').subarray(0),
      Buffer.alloc(400),
    ]);
    const bombs: unknown[] = [
      'A'.repeat(5 * 1024 * 1024),
      'A'.repeat(60 * 1024),
      'A'.repeat(50 * 1024),
      endless.toString('base64'),
      nested.toString('base64'),
      '',
      'not base64!',
      `${honest.toString('base64').slice(0, 40)}\n${honest.toString('base64').slice(40)}`,
      Buffer.concat([honest, Buffer.alloc(4)]).toString('base64'),
      7,
      null,
      [honest.toString('base64')],
      { xdr: 1 },
    ];
    relayed.mockClear();
    for (const bomb of bombs) {
      const answer = await submit(bill, bomb);
      expect([400, 413]).toContain(answer.status);
      expect(answer.text).not.toMatch(/stack|node_modules|XDR Read Error/i);
    }
    expect(relayed).not.toHaveBeenCalled();
  });

  it.each([
    'Standalone Network ; February 2017',
    'PASSPHRASE ',
    'passphrase',
    'testnet',
    '',
    ['PASSPHRASE'],
    7,
    { network: 'PASSPHRASE' },
  ])('A29 the client does not choose the network: %j', async (variant) => {
    const own = till.payer.passphrase;
    const said =
      typeof variant === 'string'
        ? variant.replace('PASSPHRASE', own).replace('passphrase', own.toLowerCase())
        : JSON.parse(JSON.stringify(variant).replaceAll('PASSPHRASE', own));
    const bill = await till.bill('10');
    expect(
      (
        await till.app.client.post(`/api/payments/${bill.publicId}/pay-intent`, {
          senderPublicKey: till.payer.address,
          networkPassphrase: said,
        })
      ).status,
    ).toBe(400);
    expect(
      (await till.shop.client.post('/api/links', { amount: '10', asset: 'XLM', networkPassphrase: said })).status,
    ).toBe(400);
    expect(await till.books(bill)).toMatchObject({ status: 'PENDING' });
    expect(
      (await till.app.client.post(`/api/payments/${bill.publicId}/pay-intent`, { networkPassphrase: own })).status,
    ).toBe(200);
  });

  it('A33 a hundred intents of strangers do not stand in the way', async () => {
    const bill = await till.bill('10');
    const intents = await Promise.all(
      Array.from({ length: 100 }, (_, index) => intentFor(bill, index % 2 === 0 ? null : stranger.address)),
    );
    expect(intents.map((each) => each.status)).toEqual(Array<number>(100).fill(200));
    const { body } = await intentFor(bill);
    expect((await submit(bill, till.payer.sign(body.transactionXdr))).status).toBe(200);
    expect(await till.eventTypes(bill)).toEqual(['invoice.created', 'invoice.processing', 'invoice.paid']);
  });

  it('A33 a speck of dust with our memo does not spoil a payment that is being signed', async () => {
    const bill = await till.bill('10');
    const { body } = await intentFor(bill);
    const speck = await till.pay(bill, '0.0000001', Memo.text(bill.number), stranger);
    await till.caughtUp(speck.ledger);
    const answer = await submit(bill, till.payer.sign(body.transactionXdr));
    expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ success: true })]);
    expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10.0000001' });
  });

  it('A33 after a part payment the next intent asks for the rest', async () => {
    const bill = await till.bill('10');
    const part = await till.pay(bill, '3.0000001', Memo.text(bill.number), stranger);
    await till.caughtUp(part.ledger);
    const { body } = await intentFor(bill);
    expect(body.amount).toBe('6.9999999');
    relayed.mockClear();
    for (const amount of ['6.9999998', '10.0000001'])
      expect((await submit(bill, forge(body.transactionXdr, { operations: [payTo(shop(), amount)] }))).status).toBe(
        400,
      );
    expect(relayed).not.toHaveBeenCalled();
    expect((await submit(bill, till.payer.sign(body.transactionXdr))).status).toBe(200);
    expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10' });
  });

  it('A40 the same payment by submit, confirm and the watcher at once', async () => {
    const bill = await till.bill('10');
    const signed = till.payer.sign((await intentFor(bill)).body.transactionXdr);
    const hash = Buffer.from(TransactionBuilder.fromXdr(signed, till.payer.passphrase).hash()).toString('hex');
    const confirmed = Array.from({ length: 10 }, () =>
      eventually(
        () => till.confirm(bill, hash),
        (answer) => answer.status !== 404,
      ),
    );
    const submitted = Array.from({ length: 5 }, () => submit(bill, signed));
    const answers = await Promise.all([...confirmed, ...submitted]);
    expect(answers.map((each) => each.status)).toEqual(Array<number>(15).fill(200));
    await till.caughtUp();
    expect(await till.written([hash])).toEqual(['applied exact 10']);
    expect(await till.eventTypes(bill)).toEqual(['invoice.created', 'invoice.processing', 'invoice.paid']);
    expect((await submit(bill, signed)).body).toEqual({ success: true, alreadyPaid: true });
    expect((await till.confirm(bill, hash)).body).toMatchObject({ status: 'already_paid', transactionHash: hash });
  });

  it('A01 one hash for two invoices, two hundred times at once', async () => {
    const [mine, theirs] = [await till.bill('10'), await till.bill('10')];
    const { hash, ledger } = await till.pay(mine, '10');
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        till.confirm(index % 2 === 0 ? mine : theirs, index % 3 === 0 ? hash.toUpperCase() : hash),
      ),
    );
    expect(answers.map((each) => each.status)).toEqual(
      Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 200 : 400)),
    );
    await till.caughtUp(ledger);
    expect(await till.books(mine)).toMatchObject({ status: 'PAID', received: '10' });
    expect(await till.books(theirs)).toMatchObject({ status: 'PENDING', received: '0' });
    expect(await till.written([hash])).toEqual(['applied exact 10']);
  });

  it('A01 a hash is 64 hexadecimal characters and nothing else', async () => {
    const bill = await till.bill('10');
    const hash = 'ab'.repeat(32);
    for (const said of [
      `0x${hash}`,
      hash.slice(1),
      `${hash}0`,
      `${hash}\n`,
      ` ${hash}`,
      `${hash.slice(0, 63)}g`,
      '../../accounts',
      [hash],
      { $ne: '' },
      7,
      null,
      '',
    ]) {
      expect(
        (await till.app.client.post('/api/payments/confirm', { invoiceId: bill.publicId, transactionHash: said }))
          .status,
      ).toBe(400);
    }
  });

  it('A35 the merchant cannot prepare a payment to itself', async () => {
    const bill = await till.bill('10');
    const answer = await intentFor(bill, shop());
    expect([answer.status, answer.body.error]).toEqual([400, 'Cannot pay your own invoice']);
    const own = await till.shop.wallet.build([payTo(shop())], Memo.text(bill.number));
    expect((await submit(bill, own)).body.error).toBe('Cannot pay your own invoice');
  });

  it("A14 the first payment opens the merchant's account, and a second payer is told so", async () => {
    const wallet = TestWallet.unfunded(till.app.horizonUrl, till.payer.passphrase);
    const client = new ApiClient(till.app.url, { authorization: `Bearer ${await wallet.signIn(till.app.url)}` });
    const [bill, other] = [
      await till.bill('20', 'XLM', { activateNewAccounts: true }, client),
      await till.bill('20', 'XLM', { activateNewAccounts: true }, client),
    ];
    const [first, second] = [await intentFor(bill), await intentFor(other, stranger.address)];
    expect((await submit(bill, till.payer.sign(first.body.transactionXdr))).status).toBe(200);
    expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '20' });
    const late = await submit(other, stranger.sign(second.body.transactionXdr));
    expect([late.status, late.body.error]).toEqual([
      400,
      'The recipient wallet is already activated. Please create a new payment and try again.',
    ]);
    const again = await intentFor(other, stranger.address);
    expect((await submit(other, stranger.sign(again.body.transactionXdr))).status).toBe(200);
    await till.assertNothingLost(wallet.address);
  });

  it('A36 a title cannot write into the payment request', async () => {
    const title = 'x&destination=GEVIL&amount=1&callback=url:https://evil.example&memo=1#';
    const bill = await till.bill('10', 'USDC', { metadata: { title } });
    const { body } = await intentFor(bill);
    const asked = new URL(body.sep7Uri as string);
    const fields = [...asked.searchParams.keys()];
    expect(new Set(fields).size).toBe(fields.length);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      destination: shop(),
      amount: '10',
      memo: bill.number,
      memo_type: 'MEMO_TEXT',
      asset_code: 'USDC',
      asset_issuer: till.payer.coin('USDC').getIssuer(),
    });
    expect(fields).not.toContain('callback');
  });

  it('B16 no intent for an invoice that was cancelled while the ledger was asked', async () => {
    const bill = await till.bill('10');
    await intentFor(bill, null);
    const invoices = till.app.get(InvoicesService);
    const read = await invoices.getPublic(bill.publicId);
    expect(read.status).toBe('PROCESSING');
    await till.cancel(bill);
    expect(
      await till.app.get(Transactions).run(() => till.app.get(InvoiceSettlementService).startProcessing(read)),
    ).toBe(false);
  });

  const REFUSED = [
    '"1e3"',
    '1e3',
    '1E3',
    '"0x10"',
    '" 100"',
    '"100 "',
    '"१००"',
    '"-0"',
    '-0',
    '-1',
    '"+1"',
    '"NaN"',
    '"Infinity"',
    '1e400',
    '"1,000"',
    '"100."',
    '".5"',
    '"00.5"',
    '"01"',
    '0',
    '"0"',
    '0.0',
    '0.00000001',
    '"0.12345678"',
    '100.00000010000001',
    '999999999.0000001',
    '"1000000000"',
    `"1${'0'.repeat(400)}"`,
    `1${'0'.repeat(400)}`,
    'true',
    'null',
    '{}',
    '[]',
    '["1"]',
    '""',
    '{"toString":"1"}',
  ];
  it.each(REFUSED)('A41 refuses the amount %s', async (amount) => {
    const [before] = await till.app.sql<{ n: bigint }>('select count(*) as n from invoices');
    const answer = await till.shop.client.send('POST', '/api/links', `{"asset":"XLM","amount":${amount}}`);
    expect([answer.status, answer.body.error]).toEqual([400, 'Validation failed']);
    expect(await till.app.sql<{ n: bigint }>('select count(*) as n from invoices')).toEqual([before]);
  });

  it.each([
    ['100', '100.00', 1_000_000_000n],
    ['100.50', '100.50', 1_005_000_000n],
    ['"100.1000"', '100.1000', 1_001_000_000n],
    ['0.0000001', '0.0000001', 1n],
    ['"0.0000001"', '0.0000001', 1n],
    ['999999999', '999999999.00', 9_999_999_990_000_000n],
    ['"123456789.1234567"', '123456789.1234567', 1_234_567_891_234_567n],
    ['0.1', '0.10', 1_000_000n],
    ['2.675', '2.675', 26_750_000n],
  ])('A21 keeps the amount %s to the stroop', async (amount, printed, stroops) => {
    const answer = await till.shop.client.send('POST', '/api/links', `{"asset":"XLM","amount":${amount}}`);
    expect([answer.status, answer.body.amount]).toEqual([201, printed]);
    expect(await till.app.sql('select total from invoices where public_id = $1', [answer.body.id])).toEqual([
      { total: stroops },
    ]);
  });

  it.each(['memo', 'destination', 'issuer', 'status', 'received'])(
    'A05 refuses a client that names the %s',
    async (member) => {
      expect(
        (await till.shop.client.post('/api/links', { amount: '1', asset: 'USDC', [member]: stranger.address })).status,
      ).toBe(400);
    },
  );

  it('I1 every credit on the ledger is written down once', async () => {
    expect(await till.assertNothingLost()).toBeGreaterThan(25);
  });
});
