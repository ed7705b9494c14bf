import { Asset, Memo, Operation, type Transaction, TransactionBuilder } from '@stellar/stellar-sdk';
import { TestPaymentsService } from '../../../src/checkout/test-payments.service';
import { DomainError } from '../../../src/common/errors';
import { amountOf, formatAmount } from '../../../src/common/money';
import { InvoiceExchangeRoutesService } from '../../../src/payments/invoice-exchange-routes.service';
import { RatesService } from '../../../src/rates/rates.service';
import { sandboxKeypair } from '../../../src/sandbox/sandbox-keys';
import { LedgerSources } from '../../../src/stellar/ledger-sources';
import { type Answer, ApiClient } from '../../support/api-client';
import { RateSource } from '../../support/rate-source';
import { TestWallet } from '../../support/wallet';
import { type Forgery, forged } from './forgery';
import { type Bill, type Coin, type Operations, Till } from './till';

/** The reference of worth stands still, whatever the ledger's market does: dollars. */
const WORTH: Readonly<Record<string, string>> = { XLM: '0.1', USDC: '1', EURC: '1.08' };

describe('paying from another asset', () => {
  let reference: RateSource;
  let till: Till;
  let payer: TestWallet;
  let stranger: TestWallet;
  let relayed: jest.SpyInstance;
  beforeAll(async () => {
    reference = await RateSource.start((asset, fiat) => (fiat === 'USD' ? WORTH[asset] : undefined));
    till = await Till.open({ env: { ...reference.env, RATES_ORDER_BOOKS: '0' } });
    ({ payer } = till);
    stranger = await till.app.wallet(['USDC', 'EURC']);
    relayed = jest.spyOn(till.app.network, 'submitAsync');
  });
  afterAll(async () => {
    await till.close();
    await reference.stop();
  });
  afterEach(() => till.assertSound());

  const prepare = (bill: Bill, sendAsset: unknown, sender: string | null = payer.address): Promise<Answer> =>
    till.app.client.post(`/api/payments/${bill.publicId}/pay-intent`, { senderPublicKey: sender, sendAsset });
  const submit = (bill: Bill, signedTransactionXdr: string): Promise<Answer> =>
    till.app.client.post('/api/payments/submit', { invoiceId: bill.publicId, signedTransactionXdr });
  const routes = (bill: Bill): Promise<Answer> => till.app.client.get(`/api/payments/${bill.publicId}/routes`);
  const coin = (code: Coin): Asset => (code === 'XLM' ? Asset.native() : payer.coin(code));
  const intents = (bill: Bill): Promise<unknown[]> =>
    till.app.sql(
      'select amount, send_asset_code as code, send_asset_issuer as issuer, send_max as max, send_path as path from payment_intents where merchant_id = $1 and invoice_id = $2',
      [bill.merchantId, bill.id],
    );
  const holds = async (wallet: TestWallet, code: Coin): Promise<bigint> => {
    const { balances } = await wallet.server.loadAccount(wallet.address);
    return amountOf(
      balances.find((each) =>
        code === 'XLM' ? each.asset_type === 'native' : 'asset_code' in each && each.asset_code === code,
      )?.balance ?? '0',
    );
  };

  const forge = (intentXdr: string, change: Forgery): string =>
    forged(intentXdr, payer, { operations: [receive(intentXdr)], ...change });
  type Receive = Parameters<typeof Operation.pathPaymentStrictReceive>[0];
  /** The operation of a prepared path payment, with changes. */
  const receive = (intentXdr: string, change: Partial<Receive> = {}): Operations[number] =>
    Operation.pathPaymentStrictReceive({ ...prepared(intentXdr), ...change });
  const prepared = (intentXdr: string): Receive =>
    (TransactionBuilder.fromXdr(intentXdr, payer.passphrase) as Transaction).operations[0] as unknown as Receive;

  it.each<[Coin, Coin]>([
    ['USDC', 'XLM'],
    ['XLM', 'USDC'],
    ['EURC', 'XLM'],
    ['USDC', 'EURC'],
  ])('a bill in %s is paid with %s to the stroop, and counted once', async (due, given) => {
    const bill = await till.bill('10.0000001', due);
    const [gaveBefore, gotBefore] = [await holds(payer, given), await holds(till.shop.wallet, due)];
    const { status, body } = await prepare(bill, given);
    const issuer = given === 'XLM' ? null : coin(given).getIssuer();
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        invoiceId: bill.publicId,
        amount: '10.0000001',
        asset: { code: due, issuer: due === 'XLM' ? null : coin(due).getIssuer() },
        memo: bill.number,
        sendAsset: { code: given, issuer },
      }),
    ]);
    const most = amountOf(body.sendMax as string);
    expect(
      most > amountOf(body.sourceAmount as string) &&
        most * 100n <= amountOf(body.sourceAmount as string) * 101n + 100n,
    ).toBe(true);
    expect(await intents(bill)).toEqual([{ amount: amountOf('10.0000001'), code: given, issuer, max: most, path: [] }]);
    await expect(
      till.app.sql('update payment_intents set send_max = null where merchant_id = $1 and invoice_id = $2', [
        bill.merchantId,
        bill.id,
      ]),
    ).rejects.toThrow('payment_intents_path_is_whole');
    const operation = prepared(body.transactionXdr as string);
    expect(operation).toMatchObject({
      type: 'pathPaymentStrictReceive',
      destination: till.shop.wallet.address,
      destAmount: '10.0000001',
      sendMax: formatAmount(most, 7),
    });
    const signed = payer.sign(body.transactionXdr as string);
    const answer = await submit(bill, signed);
    expect([answer.status, answer.body]).toEqual([
      200,
      { success: true, transactionHash: expect.any(String), ledger: expect.any(Number) },
    ]);
    const { transactionHash, ledger } = answer.body as { transactionHash: string; ledger: number };
    expect(await till.books(bill)).toEqual({
      status: 'PAID',
      received: '10.0000001',
      payer: payer.address,
      proof: transactionHash,
    });
    expect((await submit(bill, signed)).body).toEqual({ success: true, alreadyPaid: true });
    expect((await till.confirm(bill, transactionHash)).body).toMatchObject({ status: 'already_paid', transactionHash });
    await till.caughtUp(ledger);
    expect(await till.written([transactionHash])).toEqual(['applied exact 10.0000001']);
    expect(await till.eventTypes(bill)).toEqual(['invoice.created', 'invoice.processing', 'invoice.paid']);
    expect(await holds(till.shop.wallet, due)).toBe(gotBefore + amountOf('10.0000001'));
    expect(gaveBefore - (await holds(payer, given)) <= most + 10_000n).toBe(true);
  });

  it('is the plain intent without it, to the member', async () => {
    const bill = await till.bill('10');
    const bodies = [await prepare(bill, undefined), await prepare(bill, null)].map(({ body }) =>
      Object.keys(body as object),
    );
    const plain = [
      'invoiceId',
      'transactionXdr',
      'sep7Uri',
      'amount',
      'asset',
      'memo',
      'memoType',
      'memoId',
      'muxedAddress',
      'networkPassphrase',
      'timeout',
    ];
    expect(bodies).toEqual([plain, plain]);
    expect(await intents(bill)).toEqual(
      Array(2).fill({ amount: null, code: null, issuer: null, max: null, path: null }),
    );
  });

  const FORGERIES: readonly (readonly [string, string, (xdr: string) => Forgery])[] = [
    [
      'one stroop more at most',
      'send_max',
      (xdr) => ({ operations: [receive(xdr, { sendMax: formatAmount(amountOf(prepared(xdr).sendMax) + 1n, 7) })] }),
    ],
    ['everything the wallet has at most', 'send_max', (xdr) => ({ operations: [receive(xdr, { sendMax: '9000' })] })],
    [
      'one stroop less at most',
      'send_max',
      (xdr) => ({ operations: [receive(xdr, { sendMax: formatAmount(amountOf(prepared(xdr).sendMax) - 1n, 7) })] }),
    ],
    ['another way', 'path', (xdr) => ({ operations: [receive(xdr, { path: [coin('EURC')] })] })],
    [
      'a way over a coin of the thief',
      'path',
      (xdr) => ({ operations: [receive(xdr, { path: [new Asset('USDC', stranger.address)] })] }),
    ],
    ['another asset is given', 'send_asset', (xdr) => ({ operations: [receive(xdr, { sendAsset: coin('EURC') })] })],
    [
      'the same code of another issuer is given',
      'send_asset',
      (xdr) => ({ operations: [receive(xdr, { sendAsset: new Asset('XLM', stranger.address) })] }),
    ],
    [
      'no exchange at all',
      'send_asset',
      (xdr) => ({ operations: [receive(xdr, { sendAsset: coin('USDC'), sendMax: '10' })] }),
    ],
    [
      'the assets are swapped',
      'asset',
      (xdr) => ({ operations: [receive(xdr, { sendAsset: coin('USDC'), destAsset: Asset.native() })] }),
    ],
    [
      'the same code of another issuer arrives',
      'asset',
      (xdr) => ({ operations: [receive(xdr, { destAsset: new Asset('USDC', stranger.address) })] }),
    ],
    [
      'strict send, which may deliver less',
      'operation_type',
      (xdr) => ({
        operations: [
          Operation.pathPaymentStrictSend({
            sendAsset: Asset.native(),
            sendAmount: prepared(xdr).sendMax,
            destination: till.shop.wallet.address,
            destAsset: coin('USDC'),
            destMin: '10',
          }),
        ],
      }),
    ],
    ['one stroop less arrives', 'amount', (xdr) => ({ operations: [receive(xdr, { destAmount: '9.9999999' })] })],
    ['more arrives', 'amount', (xdr) => ({ operations: [receive(xdr, { destAmount: '11' })] })],
    [
      'somebody else receives',
      'destination',
      (xdr) => ({ operations: [receive(xdr, { destination: stranger.address })] }),
    ],
    [
      'a payment beside it',
      'operation_count',
      (xdr) => ({
        operations: [
          receive(xdr),
          Operation.payment({ destination: stranger.address, asset: Asset.native(), amount: '1' }),
        ],
      }),
    ],
    ['the path payment twice', 'operation_count', (xdr) => ({ operations: [receive(xdr), receive(xdr)] })],
    [
      'at the expense of another account',
      'operation_source',
      (xdr) => ({
        operations: [receive(xdr, { source: stranger.address })],
        signers: [payer.keypair, stranger.keypair],
      }),
    ],
    [
      'an offer instead',
      'operation_type',
      () => ({
        operations: [
          Operation.manageBuyOffer({ selling: Asset.native(), buying: coin('USDC'), buyAmount: '10', price: '100' }),
        ],
      }),
    ],
    ['another memo', 'memo', () => ({ memo: Memo.text('INV-9999') })],
    ['no memo', 'memo', () => ({ memo: Memo.none() })],
    ['one second longer', 'time_bounds', (xdr) => ({ timebounds: { minTime: 0, maxTime: endOf(xdr) + 1 } })],
    ['one second shorter', 'time_bounds', (xdr) => ({ timebounds: { minTime: 0, maxTime: endOf(xdr) - 1 } })],
    ['a beginning', 'time_bounds', (xdr) => ({ timebounds: { minTime: 1, maxTime: endOf(xdr) } })],
    ['no time bounds', 'time_bounds', () => ({ timebounds: { minTime: 0, maxTime: 0 } })],
    ['ledger bounds', 'preconditions', () => ({ ledgerbounds: { minLedger: 1, maxLedger: 0 } })],
    ['nobody has signed', 'signature', () => ({ signers: [] })],
    ['a stranger has signed', 'signature', () => ({ signers: [stranger.keypair] })],
    ['another source', 'signature', () => ({ source: stranger.address })],
  ];
  const endOf = (xdr: string): number =>
    Number((TransactionBuilder.fromXdr(xdr, payer.passphrase) as Transaction).timeBounds?.maxTime);

  it.each(FORGERIES)('A30 refuses a forged path payment: %s', async (_name, difference, change) => {
    const bill = await till.bill('10', 'USDC');
    const { body } = await prepare(bill, 'XLM');
    const xdr = body.transactionXdr as string;
    relayed.mockClear();
    const answer = await submit(bill, forge(xdr, change(xdr)));
    const said =
      difference === 'signature'
        ? /^Transaction authorization failed/
        : new RegExp(`^Transaction does not match invoice payment details: (\\w+, )*${difference}(,|$)`);
    expect([answer.status, answer.body.error]).toEqual([400, expect.stringMatching(said)]);
    expect(relayed).not.toHaveBeenCalled();
    expect(await till.books(bill)).toMatchObject({ status: 'PROCESSING', received: '0' });
  });

  it('A30 lets through what a good wallet may do: another fee, a fee bump, any of its intents, the plain payment', async () => {
    const bills = await Promise.all(Array.from({ length: 4 }, () => till.bill('10', 'USDC')));
    const ways: ((bill: Bill) => Promise<string>)[] = [
      async (bill) => forge((await prepare(bill, 'XLM')).body.transactionXdr as string, { fee: '2000' }),
      async (bill) =>
        till.feeBump(payer.sign((await prepare(bill, 'XLM')).body.transactionXdr as string), stranger.keypair)
          .envelopeXdr,
      async (bill) => {
        const [first] = [
          await prepare(bill, 'EURC'),
          await prepare(bill, 'XLM'),
          await prepare(bill, 'XLM', stranger.address),
          await prepare(bill, undefined),
        ];
        return payer.sign(first.body.transactionXdr as string);
      },
      async (bill) =>
        forge((await prepare(bill, 'XLM')).body.transactionXdr as string, {
          operations: [Operation.payment({ destination: bill.destination, asset: coin('USDC'), amount: '10' })],
        }),
    ];
    for (const [index, way] of ways.entries()) {
      const bill = bills[index] as Bill;
      const answer = await submit(bill, await way(bill));
      expect([index, answer.status, answer.body]).toEqual([index, 200, expect.objectContaining({ success: true })]);
      expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10' });
    }
  });

  it("A33 a hundred intents in the payer's name push nothing out, and a stranger pays by a path of his own", async () => {
    const [bill, other] = [await till.bill('10', 'USDC'), await till.bill('10', 'USDC')];
    const { body } = await prepare(bill, 'XLM');
    await till.app.sql(
      `insert into payment_intents select merchant_id, gen_random_uuid(), invoice_id, 'open', sender, 'f' || n, created_at + interval '1 second', expires_at, amount, send_asset_code, send_asset_issuer, send_max + n, send_path
       from payment_intents, generate_series(1, 100) n where merchant_id = $1 and invoice_id = $2`,
      [bill.merchantId, bill.id],
    );
    expect((await submit(bill, payer.sign(body.transactionXdr as string))).status).toBe(200);
    await prepare(other, 'XLM');
    const own = await stranger.build(
      [receive(body.transactionXdr as string, { sendMax: '300', destination: other.destination })],
      Memo.text(other.number),
    );
    expect((await submit(other, own)).status).toBe(200);
    expect(await till.books(other)).toMatchObject({ status: 'PAID', received: '10', payer: stranger.address });
  });

  it('A33 dust between intent and submit does not spoil it; after a part payment the next intent asks for the rest', async () => {
    const [dusty, part] = [await till.bill('10', 'USDC'), await till.bill('10', 'USDC')];
    const signed = payer.sign((await prepare(dusty, 'XLM')).body.transactionXdr as string);
    const pay = (bill: Bill, amount: string): Promise<{ ledger: number }> =>
      stranger.pay(bill.destination, amount, { asset: coin('USDC'), memo: Memo.text(bill.number) });
    await pay(dusty, '0.0000001');
    await till.caughtUp((await pay(part, '3')).ledger);
    expect((await submit(dusty, signed)).status).toBe(200);
    const { body } = await prepare(part, 'XLM');
    expect([body.amount, amountOf(body.sourceAmount as string) < amountOf('72')]).toEqual(['7.00', true]);
    expect((await submit(part, payer.sign(body.transactionXdr as string))).status).toBe(200);
    expect([await till.books(dusty), await till.books(part)]).toMatchObject([
      { status: 'PAID', received: '10.0000001' },
      { status: 'PAID', received: '10' },
    ]);
  });

  it('ends with the invoice', async () => {
    const { body } = await prepare(
      await till.bill('10', 'USDC', { expiresAt: new Date(Date.now() + 60_000).toISOString() }),
      'XLM',
    );
    expect(body.timeout).toBeLessThanOrEqual(60);
    expect(endOf(body.transactionXdr as string) * 1000 - Date.now()).toBeLessThanOrEqual(60_000);
  });

  it('refuses before anything is signed what could not be paid', async () => {
    const [bare, unfunded] = [await till.app.wallet(), TestWallet.unfunded(till.app.horizonUrl, payer.passphrase)];
    const merchant = new ApiClient(till.app.url, { authorization: `Bearer ${await unfunded.signIn(till.app.url)}` });
    const [usdc, xlm, large, opening] = [
      await till.bill('10', 'USDC'),
      await till.bill('10'),
      await till.bill('5000', 'USDC'),
      await till.bill('10', 'XLM', { activateNewAccounts: true }, merchant),
    ];
    const refusals: [Promise<Answer>, number, RegExp][] = [
      [prepare(usdc, 'USDC'), 422, /USDC is what is received/],
      [prepare(usdc, 'DOGE'), 422, /DOGE cannot be paid on sandbox/],
      [prepare(usdc, '__proto__'), 422, /cannot be paid/],
      [prepare(usdc, 'XLM', null), 400, /Validation failed/],
      [prepare(usdc, ''), 400, /Validation failed/],
      [prepare(usdc, 7), 400, /Validation failed/],
      [prepare(usdc, ['XLM']), 400, /Validation failed/],
      [prepare(usdc, 'XLM', till.shop.wallet.address), 400, /Cannot pay your own invoice/],
      [prepare(usdc, 'XLM', unfunded.address), 400, /not activated on this network/],
      [prepare(xlm, 'USDC', bare.address), 400, /does not have a trustline for USDC/],
      [
        prepare(large, 'XLM'),
        400,
        /^Insufficient balance\. This payment costs about 500\d\d\.\d+ XLM now, and the wallet can spend \d+\.\d+ after its reserve and the fee\.$/,
      ],
      [prepare(opening, 'USDC'), 422, /only a payment in XLM can open it/],
    ];
    for (const [answer, status, sentence] of refusals)
      expect([(await answer).status, (await answer).body.error]).toEqual([status, expect.stringMatching(sentence)]);
    for (const bill of [usdc, xlm, large, opening])
      expect([(await till.books(bill)).status, await intents(bill)]).toEqual(['PENDING', []]);
    expect((await routes(opening)).body.routes).toEqual([]);
  });

  it('tells what the others would cost, and asks the market once for all who look', async () => {
    const bill = await till.bill('10', 'USDC');
    const asked = jest.spyOn(till.app.get(LedgerSources).of('sandbox'), 'strictReceivePaths');
    const answers = await Promise.all(Array.from({ length: 20 }, () => routes(bill)));
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
    const [{ status, body, headers }] = answers as [Answer];
    expect([status, body]).toEqual([
      200,
      {
        invoiceId: bill.publicId,
        routes: [
          { asset: 'XLM', issuer: null, sourceAmount: expect.any(String), sendMax: expect.any(String) },
          {
            asset: 'EURC',
            issuer: coin('EURC').getIssuer(),
            sourceAmount: expect.any(String),
            sendMax: expect.any(String),
          },
        ],
      },
    ]);
    expect(new Set(answers.map((each) => each.text)).size).toBe(1);
    expect(headers.get('ratelimit-limit')).not.toBeNull();
    const { body: intent } = await prepare(bill, 'EURC');
    expect(body.routes[1]).toEqual({
      asset: 'EURC',
      issuer: coin('EURC').getIssuer(),
      sourceAmount: intent.sourceAmount,
      sendMax: intent.sendMax,
    });
    expect(await till.app.get(InvoiceExchangeRoutesService).list(bill.publicId)).toMatchObject([
      { destinationAmount: amountOf('10') },
      { destinationAmount: amountOf('10') },
    ]);
    await till.cancel(bill);
    expect([
      (await routes(bill)).status,
      (await till.app.client.get(`/api/payments/${'a'.repeat(32)}/routes`)).status,
    ]).toEqual([400, 404]);
  });

  it('says nothing when nothing is known', async () => {
    const bill = await till.bill('10', 'USDC');
    const rates = jest
      .spyOn(till.app.get(RatesService), 'rate')
      .mockRejectedValue(new DomainError('rate_unavailable', { retryAfterSeconds: 10 }));
    const answers = [await routes(bill), await prepare(bill, 'XLM'), await routes(bill)];
    rates.mockRestore();
    for (const { status, body, headers } of answers)
      expect([status, body.error, headers.get('retry-after')]).toEqual([
        503,
        expect.stringMatching(/^There is no exchange rate to be trusted/),
        '10',
      ]);
    expect(await till.books(bill)).toMatchObject({ status: 'PENDING' });
  });

  it('the test wallet pays from another asset, too', async () => {
    for (const [due, given] of [
      ['USDC', 'XLM'],
      ['XLM', 'EURC'],
    ] as const) {
      const bill = await till.bill('10', due);
      const hash = await till.app.get(TestPaymentsService).pay(bill.publicId, given);
      expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10', proof: hash });
      const { records } = await payer.server.operations().forTransaction(hash).call();
      expect(records).toMatchObject([
        {
          type: 'path_payment_strict_receive',
          ...(given === 'XLM' ? { source_asset_type: 'native' } : { source_asset_code: given }),
        },
      ]);
    }
    await expect(
      till.app.get(TestPaymentsService).pay((await till.bill('10', 'USDC')).publicId, 'USDC'),
    ).rejects.toMatchObject({ code: 'unsupported_pay_currency' });
  });

  it('the market moves between intent and submit: the network refuses, the sentence says what to do, and the bill can still be paid', async () => {
    const maker = TestWallet.unfunded(
      till.app.horizonUrl,
      payer.passphrase,
      sandboxKeypair('market-maker', payer.passphrase),
    );
    const dollars = async (): Promise<Operations> => {
      const { records } = await maker.server.offers().forAccount(maker.address).limit(200).call();
      return records
        .filter(({ selling }) => selling.asset_code === 'USDC')
        .map(({ id, buying }) =>
          Operation.manageSellOffer({
            offerId: id,
            selling: coin('USDC'),
            buying: buying.asset_type === 'native' ? Asset.native() : coin('EURC'),
            amount: '0',
            price: '1',
          }),
        );
    };
    const sell = (lumensPerDollar: string): Operations => [
      Operation.manageSellOffer({
        selling: coin('USDC'),
        buying: Asset.native(),
        amount: '1000000',
        price: lumensPerDollar,
      }),
    ];
    const [early, late] = [await till.bill('10', 'USDC'), await till.bill('10', 'USDC')];
    const [first, second] = [await prepare(early, 'XLM'), await prepare(late, 'XLM', stranger.address)];

    await maker.submit([...(await dollars()), ...sell('11')]);
    const moved = await submit(early, payer.sign(first.body.transactionXdr as string));
    expect([moved.status, moved.body.error]).toEqual([
      400,
      'The price moved above the maximum you agreed to. Please create a new payment and try again.',
    ]);
    const dear = await prepare(early, 'XLM');
    expect([dear.status, dear.body.error, dear.headers.get('retry-after')]).toEqual([
      503,
      'There is no fair way to pay with this asset at the moment',
      '10',
    ]);
    expect((await routes(early)).body.routes).toEqual([]);

    await maker.submit(await dollars());
    const empty = await submit(late, stranger.sign(second.body.transactionXdr as string));
    expect([empty.status, empty.body.error]).toEqual([
      400,
      'There is not enough of this asset on the market for the exchange. Pay with another asset.',
    ]);
    for (const bill of [early, late])
      expect(await till.books(bill)).toMatchObject({ status: 'PROCESSING', received: '0' });

    await maker.submit(sell('10.02'));
    const again = await prepare(early, 'XLM');
    expect((await submit(early, payer.sign(again.body.transactionXdr as string))).status).toBe(200);
    await till.caughtUp(
      (await stranger.pay(late.destination, '10', { asset: coin('USDC'), memo: Memo.text(late.number) })).ledger,
    );
    for (const bill of [early, late]) expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10' });
  });

  it('a payer or a shop without the trustline is told by whom it is missing', async () => {
    const [guest, bill, other] = [
      await till.app.wallet(['USDC', 'EURC']),
      await till.bill('10'),
      await till.bill('10', 'EURC'),
    ];
    const [given, taken] = [await prepare(bill, 'USDC', guest.address), await prepare(other, 'XLM', stranger.address)];
    const issuer = (code: 'USDC' | 'EURC'): string => payer.coin(code).getIssuer() as string;
    // Sent back to the issuer, the coin's line can be closed.
    const drop = async (wallet: TestWallet, code: 'USDC' | 'EURC'): Promise<unknown> =>
      wallet.submit([
        Operation.payment({
          destination: issuer(code),
          asset: coin(code),
          amount: formatAmount(await holds(wallet, code), 7),
        }),
        Operation.changeTrust({ asset: coin(code), limit: '0' }),
      ]);
    const prepared = TransactionBuilder.fromXdr(given.body.transactionXdr as string, payer.passphrase) as Transaction;
    await drop(guest, 'USDC');
    const next = new TransactionBuilder(await guest.server.loadAccount(guest.address), {
      fee: '10000',
      networkPassphrase: payer.passphrase,
      memo: prepared.memo,
      timebounds: { minTime: 0, maxTime: endOf(given.body.transactionXdr as string) },
    })
      .addOperation(receive(given.body.transactionXdr as string))
      .build();
    next.sign(guest.keypair);
    expect((await submit(bill, next.toXdr())).body.error).toBe(
      'Your wallet does not have a trustline for USDC. Please add a trustline in your wallet, or pay with another asset.',
    );
    await drop(till.shop.wallet, 'EURC');
    expect((await submit(other, stranger.sign(taken.body.transactionXdr as string))).body.error).toBe(
      'The recipient wallet does not have a trustline for this asset yet. Ask the merchant to add it.',
    );
  });

  it('I1 every credit on the ledger is written down once', async () => {
    expect(await till.assertNothingLost()).toBeGreaterThan(12);
  });
});
