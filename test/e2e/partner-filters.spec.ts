import { RESOURCES } from '../../src/dialects/partner/partner.resources';
import openapi from '../../openapi.json';
import { LumentillClient } from '../../sdk';
import { TestApp } from '../support/app';
import { PARTNER, type PartnerProgram } from '../support/partner-program';

/** Texts of a merchant's own, which no character separates. */
const TEXTS = ['a,b', 'a', 'b', ',', 'a, b', 'a,b,', '%2C', 'a%2Cb', 'é,ü', 'o\'neill, "x" & co'];

let app: TestApp;
let key: string;
let partner: PartnerProgram;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { FIATS: 'EUR' } });
  ({ key, partner } = await app.shop());
});
afterAll(() => app.stop());

const inADay = (): string => new Date(Date.now() + 86_400_000).toISOString();
let made = 0;
const email = (): string => `c${(made += 1)}@example.com`;

/** Collection, filter and attribute, what to make, and the texts that it may have. */
const FREE: readonly (readonly [string, string, (text: string) => object, readonly string[]])[] = [
  [
    'payment_links',
    'reference',
    (reference) => ({ amount: '1', currency: 'XLM', paymentType: 'Invoice', expiresAt: inADay(), reference }),
    TEXTS,
  ],
  [
    'invoices',
    'reference',
    (reference) => ({ currency: 'XLM', lines: [{ description: 'x', rate: '1' }], reference }),
    TEXTS.map((text) => `i${text}`),
  ],
  ['products', 'sku', (sku) => ({ name: 'x', price: '1', currency: 'EUR', sku }), TEXTS],
  ['products', 'name', (name) => ({ name, price: '1', currency: 'EUR' }), TEXTS],
  ['customers', 'name', (name) => ({ name, email: email() }), TEXTS],
  [
    'customers',
    'email',
    (address) => ({ name: 'x', email: address }),
    ['"a,b"@example.com', 'a@example.com', 'b@example.com'],
  ],
  ['tax_rates', 'name', (name) => ({ name, percentage: '1' }), TEXTS],
];
/** Days, of which there is one each; and a reference that is read by the rule of the other references. */
const OTHERS = ['payment_link_statistics from', 'payment_link_statistics to', 'subscriptions reference'];
const found = async (path: string, name: string, values: readonly string[], brackets = ''): Promise<string[]> => {
  const query = new URLSearchParams(values.map((value): [string, string] => [`filter[${name}]${brackets}`, value]));
  return (await partner.get(`${path}?page[size]=100&${query.toString()}`)).body.data
    .map(({ attributes }: { attributes: Record<string, string> }) => attributes[name])
    .toSorted();
};

describe('free text', () => {
  it.each(FREE)(
    'of %s is found by its %s, commas included, and by any of several',
    async (path, name, attributes, texts) => {
      for (const text of texts)
        expect([text, (await partner.create(path, attributes(text))).status]).toEqual([text, 201]);
      for (const text of texts) expect([text, await found(path, name, [text])]).toEqual([text, [text]]);
      const [one, other] = texts as [string, string];
      for (const brackets of ['', '[]'])
        expect(await found(path, name, [one, other], brackets)).toEqual([one, other].toSorted());
    },
  );

  it('is every filter that a comma does not split, and the document says so of each', () => {
    const free = RESOURCES.flatMap(({ path, filters }) =>
      Object.entries(filters).flatMap(([name, { splits, keys }]) =>
        splits || !keys.includes('') ? [] : [`${path} ${name}`],
      ),
    );
    expect(free.toSorted()).toEqual([...FREE.map(([path, name]) => `${path} ${name}`), ...OTHERS].toSorted());
    for (const { path, filters } of RESOURCES) {
      const { get } =
        (
          openapi.paths as Record<
            string,
            { get?: { parameters?: { name?: string; style?: string; explode?: boolean; description?: string }[] } }
          >
        )[`/${path}`] ?? {};
      for (const [name, { splits, keys }] of Object.entries(filters)) {
        if (!keys.includes('') || get === undefined) continue;
        const told = get.parameters?.find((each) => each.name === `filter[${name}]`);
        expect([path, name, told?.style, told?.explode, told?.description]).toEqual([
          path,
          name,
          'form',
          !splits,
          expect.stringContaining(splits ? 'separated by commas' : 'repeat the parameter'),
        ]);
      }
    }
  });

  it('is sent by the SDK as a list of texts', async () => {
    const client = new LumentillClient({ url: app.url, apiKey: key });
    const { data } = (await client.call('listTaxRates', { query: { 'filter[name]': ['a,b', ','], 'page[size]': 100 } }))
      .document;
    expect(data.map(({ attributes }: { attributes: { name: string } }) => attributes.name).toSorted()).toEqual([
      ',',
      'a,b',
    ]);
  });
});

describe('codes', () => {
  it('are found in any spelling of a list', async () => {
    const rate = (await partner.create('tax_rates', { name: 'VAT', percentage: '1' })).body.data.id as string;
    await partner.send('PATCH', `tax_rates/${rate}`, {
      data: { type: 'taxRates', id: rate, attributes: { status: 'archived' } },
    });
    const names = async (query: string): Promise<string[]> =>
      (await partner.get(`tax_rates?page[size]=100&${query}`)).body.data.map(
        ({ attributes }: { attributes: { name: string } }) => attributes.name,
      );
    for (const query of [
      'filter[status]=active,archived',
      'filter[status]=active&filter[status]=archived',
      'filter[status][]=active&filter[status][]=archived',
    ])
      expect(await names(`${query}&filter[name]=VAT`)).toEqual(['VAT']);
    expect((await partner.get('products?filter[currency]=EUR,USD&page[size]=1')).body.data).toHaveLength(1);
    const { status, body } = await partner.get('tax_rates?filter[status]=active%2Cgone');
    expect([status, body.errors[0].source]).toEqual([400, { parameter: 'filter[status]' }]);
  });
});

it('the instants of a filter may be written with small letters', async () => {
  const at = inADay();
  for (const text of [
    at,
    at.toLowerCase(),
    at.replace('T', 't'),
    at.replace('Z', 'z'),
    at.toLowerCase().replace('z', '+00:00'),
  ]) {
    expect([
      text,
      (
        await fetch(`${app.url}${PARTNER}/products?filter[createdAt][from]=${encodeURIComponent(text)}`, {
          headers: { authorization: `Bearer ${key}` },
        })
      ).status,
    ]).toEqual([text, 200]);
    expect(
      (await partner.create('payment_links', { amount: '1', currency: 'XLM', paymentType: 'Invoice', expiresAt: text }))
        .body.data?.attributes.expiresAt,
    ).toBe(at);
  }
});
