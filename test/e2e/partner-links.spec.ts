import { Memo } from '@stellar/stellar-sdk';
import { AuditLogService } from '../../src/audit-log/audit-log.service';
import { ExpiryService } from '../../src/payments/expiry.service';
import { eventually, TestApp } from '../support/app';
import { ManualClock } from '../support/manual-clock';
import { PARTNER, PartnerProgram } from '../support/partner-program';
import type { TestShop } from '../support/shop';

const IN_A_DAY = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
const LINK = { amount: '100', currency: 'EUR', paymentType: 'Invoice', expires_at: IN_A_DAY };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SEED_MEMBERS = [
  'accountCurrency',
  'amount',
  'approvalStatus',
  'createdAt',
  'currency',
  'expiresAt',
  'hostedPageUrl',
  'network',
  'networkName',
  'paymentMethods',
  'paymentType',
  'reference',
  'status',
  'successRedirectUrl',
  'unsuccessRedirectUrl',
];

let app: TestApp;
let merchant: TestShop;
let partner: PartnerProgram;
const clock = new ManualClock();

beforeAll(async () => {
  app = await TestApp.start({ ports: { clock } });
  merchant = await app.shop();
  ({ partner } = merchant);
});
afterAll(() => app.stop());

describe('the published example of payment links', () => {
  const example = (changes: object = {}): object => ({
    data: {
      type: 'payment_links',
      attributes: {
        amount: '100',
        currency: 'EUR',
        accountCurrency: 'EUR',
        reference: '8c40d8b6-ccdf-4861-a6d6-6c3125ce3f31',
        expires_at: IN_A_DAY,
        paymentType: 'Invoice',
        paymentMethods: ['on_chain'],
        payCurrencies: ['USDC', 'XLM'],
        successRedirectUrl: 'https://example.com/success',
        unsuccessRedirectUrl: 'https://example.com/fail',
        ...changes,
      },
    },
  });

  it('is answered with 201 and every published member', async () => {
    const answer = await partner.send('POST', 'payment_links', example());
    expect(answer.status).toBe(201);
    const { data, meta, jsonapi } = answer.body;
    expect([meta, jsonapi]).toEqual([{}, { version: '1.1' }]);
    expect(data.type).toBe('paymentLinks');
    expect(data.id).toMatch(UUID);
    expect(data.attributes).toMatchObject({
      amount: '100.00',
      currency: 'EUR',
      accountCurrency: 'EUR',
      network: null,
      networkName: null,
      reference: '8c40d8b6-ccdf-4861-a6d6-6c3125ce3f31',
      status: 'created',
      approvalStatus: null,
      expiresAt: IN_A_DAY,
      paymentType: 'Invoice',
      successRedirectUrl: 'https://example.com/success',
      unsuccessRedirectUrl: 'https://example.com/fail',
      paymentMethods: ['on_chain'],
      payCurrencies: ['USDC', 'XLM'],
    });
    expect(Object.keys(data.attributes)).toEqual(expect.arrayContaining(SEED_MEMBERS));
    expect(data.attributes.hostedPageUrl).toMatch(new RegExp(`^${app.url}/pay/[a-z2-7]{32}$`));
    expect(data.relationships.target.data).toBeNull();
    expect(answer.headers.get('location')).toBe(data.links.self);
    expect((await partner.get(data.links.self)).body.data).toEqual(data);
  });

  it('a second time is 422 reference_duplicate with the reference as detail', async () => {
    const answer = await partner.send('POST', 'payment_links', example());
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([
      {
        id: answer.headers.get('request-id'),
        status: '422',
        title: 'Reference duplicate',
        code: 'reference_duplicate',
        detail: '8c40d8b6-ccdf-4861-a6d6-6c3125ce3f31',
        source: { pointer: '/data/attributes/reference' },
        meta: { attribute: 'reference', message: '8c40d8b6-ccdf-4861-a6d6-6c3125ce3f31' },
      },
    ]);
  });

  it('with its own pay currencies is 422 unsupported_pay_currency, one error a currency', async () => {
    const answer = await partner.send(
      'POST',
      'payment_links',
      example({ reference: 'other', payCurrencies: ['USDT', 'XLM', 'BTC'] }),
    );
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ id: _id, ...error }: { id: string }) => error)).toEqual(
      [0, 2].map((index) => ({
        status: '422',
        title: 'Unsupported pay currency',
        code: 'unsupported_pay_currency',
        detail: '',
        source: { pointer: `/data/attributes/payCurrencies/${index}` },
        meta: { attribute: 'payCurrencies', message: '' },
      })),
    );
  });
});

describe('terms of a link', () => {
  const refused = async (changes: object): Promise<[number, string, string][]> => {
    const answer = await partner.create('payment_links', { ...LINK, ...changes });
    return (answer.body.errors ?? []).map((error: { status: string; code: string; source: { pointer: string } }) => [
      Number(error.status),
      error.code,
      error.source.pointer,
    ]);
  };

  it.each<[string, object, [string, string][]]>([
    ['no number', { amount: 'ten' }, [['attributes_invalid', 'amount']]],
    ['nothing', { amount: '0' }, [['attributes_invalid', 'amount']]],
    ['a JSON number (E08)', { amount: 100 }, [['attributes_invalid', 'amount']]],
    ['a list (E08)', { amount: ['100'] }, [['attributes_invalid', 'amount']]],
    ['an exponent', { amount: '1e2' }, [['attributes_invalid', 'amount']]],
    ['too little', { amount: '5' }, [['amount_below_minimum', 'amount']]],
    ['too much', { amount: '500000' }, [['amount_above_maximum', 'amount']]],
    ['cents of cents', { amount: '10.001' }, [['amount_too_precise', 'amount']]],
    ['an unknown currency', { currency: 'XXX' }, [['currency_unsupported', 'currency']]],
    [
      'an account that cannot be settled',
      { accountCurrency: 'JPY' },
      [['unsupported_account_currency', 'accountCurrency']],
    ],
    [
      'a settlement that an asset does not have',
      { currency: 'XLM', accountCurrency: 'EUR' },
      [['unsupported_account_currency', 'accountCurrency']],
    ],
    [
      'methods without a provider',
      { paymentMethods: ['on_chain', 'binance_pay', 'nft'] },
      [
        ['unsupported_payment_method', 'paymentMethods/1'],
        ['unsupported_payment_method', 'paymentMethods/2'],
      ],
    ],
    ['a payout', { paymentType: 'Payout' }, [['payouts_not_available', 'paymentType']]],
    ['an end in the past', { expires_at: '2020-06-01T23:00:00.000Z' }, [['expiry_in_past', 'expires_at']]],
    ['an end that is no instant', { expires_at: '2026-06-31' }, [['expiry_invalid', 'expires_at']]],
    [
      'a redirect that runs',
      { successRedirectUrl: 'javascript:alert(1)', unsuccessRedirectUrl: 'https://a:b@example.com' },
      [
        ['attributes_invalid', 'successRedirectUrl'],
        ['attributes_invalid', 'unsuccessRedirectUrl'],
      ],
    ],
    ['metadata that nests', { metadata: { a: { b: 'c' } } }, [['attributes_invalid', 'metadata']]],
    [
      'what the server decides (E05)',
      { status: 'completed', publicId: 'x', merchantId: 'y' },
      [
        ['attributes_invalid', 'status'],
        ['attributes_invalid', 'publicId'],
        ['attributes_invalid', 'merchantId'],
      ],
    ],
    [
      'several mistakes at once',
      { amount: '5', payCurrencies: ['BTC'], paymentMethods: ['nft'] },
      [
        ['amount_below_minimum', 'amount'],
        ['unsupported_pay_currency', 'payCurrencies/0'],
        ['unsupported_payment_method', 'paymentMethods/0'],
      ],
    ],
  ])('%s: 422 with pointers', async (_what, changes, expected) => {
    expect(await refused(changes)).toEqual(
      expected.map(([code, pointer]) => [422, code, `/data/attributes/${pointer}`]),
    );
  });

  it('missing ones are told together', async () => {
    const answer = await partner.create('payment_links', {});
    expect(answer.body.errors.map((error: { detail: string }) => error.detail.split(' ', 1)[0]).toSorted()).toEqual([
      'amount',
      'currency',
      'expiresAt',
      'paymentType',
    ]);
  });

  it('keep the scale of their currency and take both spellings of the deadline and the type', async () => {
    const asset = await partner.send('POST', 'payment_links', {
      data: {
        type: 'paymentLinks',
        attributes: {
          amount: '12.3456789',
          currency: 'XLM',
          paymentType: 'Invoice',
          expiresAt: IN_A_DAY,
          metadata: { order: '7' },
          title: 'Beans',
        },
      },
    });
    expect([
      asset.status,
      asset.body.data.attributes.amount,
      asset.body.data.attributes.metadata,
      asset.body.data.attributes.title,
    ]).toEqual([201, '12.3456789', { order: '7' }, 'Beans']);
  });
});

describe('a link priced in an asset', () => {
  it('has its child from birth, is pending, and completes with it', async () => {
    const created = await partner.create('payment_links?include=target', {
      ...LINK,
      amount: '12.5',
      currency: 'XLM',
      reference: 'asset-1',
    });
    expect(created.status).toBe(201);
    const { data, included } = created.body;
    expect(data.attributes).toMatchObject({
      status: 'pending',
      network: 'sandbox',
      networkName: 'Stellar Sandbox',
      amount: '12.50',
    });
    expect(data.relationships.target.data).toEqual({ type: 'invoices', id: included[0].id });
    expect(included).toHaveLength(1);
    expect(included[0].attributes).toMatchObject({
      status: 'PENDING',
      amount: '12.50',
      currency: 'XLM',
      reference: 'asset-1',
      publicId: data.attributes.publicId,
    });
    const payer = await app.wallet();
    await payer.pay(merchant.wallet.address, '12.5', { memo: Memo.text(included[0].attributes.memo) });
    const done = await eventually(
      () => partner.get(`payment_links/${data.id}?include=target.payments`),
      (answer) => answer.body.data.attributes.status === 'completed',
    );
    expect(done.body.included.map((each: { type: string }) => each.type)).toEqual(['invoices', 'payments']);
    expect(done.body.included[1].attributes).toMatchObject({
      status: 'applied',
      outcome: 'exact',
      amount: '12.50',
      from: payer.address,
    });
    expect((await partner.command(`payment_links/${data.id}/expiration`)).body.errors).toMatchObject([
      { status: '409', code: 'link_final' },
    ]);
  });

  it('follows the cancellation of its child', async () => {
    const { body } = await partner.create('payment_links', { ...LINK, amount: '3', currency: 'XLM' });
    const invoiceId = body.data.relationships.target.data.id;
    expect((await partner.command(`invoices/${invoiceId}/cancellation`)).body.data.attributes.status).toBe('CANCELLED');
    expect((await partner.get(`payment_links/${body.data.id}`)).body.data.attributes.status).toBe('cancelled');
    expect((await partner.command(`invoices/${invoiceId}/cancellation`)).body.errors).toMatchObject([
      { status: '409', code: 'invoice_not_cancellable' },
    ]);
  });
});

describe('the end of a link', () => {
  it.each(['EUR', 'XLM'])('by its owner, priced in %s: expired once, with event and audit entry', async (currency) => {
    const { body } = await partner.create('payment_links', { ...LINK, amount: '20', currency });
    const ended = await partner.command(`payment_links/${body.data.id}/expiration?include=target`);
    expect([ended.status, ended.body.data.attributes.status]).toEqual([200, 'expired']);
    if (currency === 'XLM') expect(ended.body.included[0].attributes.status).toBe('EXPIRED');
    expect((await partner.command(`payment_links/${body.data.id}/expiration`)).body.errors).toMatchObject([
      { status: '409', code: 'link_final' },
    ]);
    const told = await app.sql<{ type: string }>(
      `select type from events where subject_id = $1 order by written_at, id`,
      [body.data.id],
    );
    expect(told.map(({ type }) => type)).toEqual(['link.created', 'link.expired']);
    const noted = await app.sql<{ action: string }>(
      'select action from audit_entries where subject_id = $1 order by sequence',
      [body.data.id],
    );
    expect(noted.map(({ action }) => action)).toEqual(['payment_link.created', 'payment_link.expired']);
  });

  it('ended early, still takes money that was on its way, as late money', async () => {
    const { body } = await partner.create('payment_links?include=target', { ...LINK, amount: '4', currency: 'XLM' });
    await partner.command(`payment_links/${body.data.id}/expiration`);
    const payer = await app.wallet();
    clock.advance(2000);
    await payer.pay(merchant.wallet.address, '4', { memo: Memo.text(body.included[0].attributes.memo) });
    const done = await eventually(
      () => partner.get(`payment_links/${body.data.id}?include=target.payments`),
      (answer) => answer.body.data.attributes.status === 'completed',
    );
    expect(done.body.included[1].attributes.outcome).toBe('late');
  });

  it('by time, without a payer: expired by the job, once', async () => {
    const soon = new Date(clock.now().getTime() + 60_000).toISOString();
    const { body } = await partner.create('payment_links', { ...LINK, expires_at: soon });
    await app.get(ExpiryService).runDue();
    expect((await partner.get(`payment_links/${body.data.id}`)).body.data.attributes.status).toBe('created');
    clock.advance(61_000);
    await Promise.all([app.get(ExpiryService).runDue(), app.get(ExpiryService).runDue()]);
    expect((await partner.get(`payment_links/${body.data.id}`)).body.data.attributes.status).toBe('expired');
    const [told] = await app.sql<{ n: bigint }>(
      `select count(*) as n from events where subject_id = $1 and type = 'link.expired'`,
      [body.data.id],
    );
    expect(told?.n).toBe(1n);
  });
});

describe('the list of links', () => {
  it('filters, sorts and pages to the end without gap or double', async () => {
    const { partner: other } = await app.shop();
    const made: string[] = [];
    for (let at = 0; at < 7; at += 1) {
      clock.advance(10);
      const { body } = await other.create('payment_links', {
        ...LINK,
        amount: '20',
        currency: at % 2 === 0 ? 'EUR' : 'USDC',
        reference: `r${at}`,
      });
      made.push(body.data.id);
    }
    const seen: string[] = [];
    for (let url: string | null = 'payment_links?page[size]=3&sort=createdAt'; url !== null;) {
      const page: Awaited<ReturnType<PartnerProgram['get']>> = await other.get(url);
      seen.push(...page.body.data.map(({ id }: { id: string }) => id));
      url = page.body.links.next;
    }
    expect(seen).toEqual(made);
    const ids = async (query: string): Promise<string[]> =>
      (await other.get(`payment_links?${query}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await ids('filter[reference]=r3&filter[reference]=r5')).toEqual([made[5], made[3]]);
    expect(await ids('filter[status]=created')).toEqual([made[6], made[4], made[2], made[0]]);
    expect(await ids('filter[status]=pending&sort=createdAt')).toEqual([made[1], made[3], made[5]]);
    const third = (await other.get(`payment_links/${made[2]}`)).body.data.attributes.createdAt;
    expect(await ids(`filter[createdAt][from]=${third}&sort=createdAt`)).toEqual(made.slice(2));
    expect(await ids(`filter[createdAt][to]=${third}&sort=createdAt`)).toEqual(made.slice(0, 2));
    expect((await partner.get('payment_links?filter[reference]=r3')).body.data).toEqual([]);
  });

  it('tells links of the wallet API too', async () => {
    const shop = await app.merchant();
    const made = await shop.client.post('/api/links', { amount: 5, asset: 'XLM', metadata: { title: 'Tea' } });
    const session = new PartnerProgram(app.url, { authorization: `Bearer ${shop.token}` });
    const { body } = await session.get(`payment_links?filter[publicId]=${made.body.id}`);
    expect(body.data).toHaveLength(1);
    expect(body.data[0].attributes).toMatchObject({
      amount: '5.00',
      currency: 'XLM',
      status: 'pending',
      title: 'Tea',
      reference: null,
      paymentMethods: ['on_chain'],
      metadata: {},
    });
  });
});

it('a reference is taken once, however many ask at once (B15)', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      partner.create(
        'payment_links',
        { ...LINK, currency: at % 2 === 0 ? 'EUR' : 'EURC', reference: 'race' },
        undefined,
        at % 3 === 0 ? { 'idempotency-key': `race-${at}` } : {},
      ),
    ),
  );
  const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([201, ...Array.from({ length: 39 }, () => 422)]);
  expect(new Set(answers.filter(({ status }) => status === 422).map(({ body }) => body.errors[0].code))).toEqual(
    new Set(['reference_duplicate']),
  );
});

it('a link made by the wallet API leaves its entry in the same chain, also when many are made at once beside other changes', async () => {
  const shop = await app.shop();
  const program = shop.partner;
  const made = await Promise.all(
    Array.from({ length: 12 }, (_unused, at) =>
      Promise.all([
        app.client.send(
          'POST',
          '/api/links',
          { amount: '5.00', asset: 'XLM', metadata: { reference: `wallet-${at}` } },
          {
            authorization: `Bearer ${shop.token}`,
            'content-type': 'application/json',
            'x-request-id': `request-${at}`,
          },
        ),
        program.create('tax_rates', { name: `VAT ${at}`, percentage: '19' }),
      ]),
    ),
  );
  expect(made.flat().map(({ status }) => status)).toEqual(made.flat().map(() => 201));
  const entries = (await program.get('audit_log?filter[action]=payment_link.created&sort=sequence')).body.data.map(
    ({ attributes }: { attributes: object }) => attributes,
  ) as { subjectId: string; after: { reference: string } }[];
  expect(entries).toHaveLength(12);
  const entry = entries.find(({ after }) => after.reference === 'wallet-7');
  const link = (await program.get(`payment_links/${entry?.subjectId}`)).body.data;
  expect(entry).toMatchObject({
    actor: `wallet:${shop.wallet.address}`,
    requestId: 'request-7',
    subjectType: 'paymentLinks',
    before: null,
    after: {
      kind: 'standard',
      status: 'pending',
      amount: '5.00',
      currency: 'XLM',
      accountCurrency: null,
      maxPayments: null,
      expiresAt: link.attributes.expiresAt,
    },
  });
  const [row] = await app.sql<{ id: string }>('select merchant_id as id from payment_links where id = $1', [link.id]);
  expect(await app.get(AuditLogService).verify(row?.id ?? '')).toMatchObject({ fault: null });
});

it('the same request with the same key is one link and one answer', async () => {
  const attributes = { ...LINK, reference: 'once' };
  const [first, second] = [
    await partner.create('payment_links', attributes, undefined, { 'idempotency-key': 'k1' }),
    await partner.create('payment_links', attributes, undefined, { 'idempotency-key': 'k1' }),
  ];
  expect([second.status, second.text, second.headers.get('idempotent-replayed')]).toEqual([201, first.text, 'true']);
});

it('answers in its own media type only', async () => {
  const answer = await fetch(`${app.url}${PARTNER}/payment_links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${merchant.token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(answer.status).toBe(415);
});
