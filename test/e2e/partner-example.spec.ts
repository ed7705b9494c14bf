import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { validateDocument } from '../contract/jsonapi/validate-document';
import type { Json } from '../support/api-client';
import { TestApp } from '../support/app';
import { ManualClock } from '../support/manual-clock';
import { PARTNER } from '../support/partner-program';

/** The published command, on the day of its published answer; only address and key are put in. */

const PUBLISHED_AT = new Date('2026-05-17T10:07:24.199Z');
const REFERENCE = '8c40d8b6-ccdf-4861-a6d6-6c3125ce3f31';
const COMMAND = String.raw`curl -X "POST" "https://api.sandbox.txn.io/api/public/v1/payment_links" \
     -H 'Content-Type: application/vnd.api+json' \
     -H 'Authorization: Bearer <api_key>' \
     -d $'{
  "data": {
    "type": "payment_links",
    "attributes": {
      "amount": "100",
      "currency": "EUR",
      "accountCurrency": "EUR",
      "reference": "8c40d8b6-ccdf-4861-a6d6-6c3125ce3f31",
      "expires_at": "2026-06-01T23:00:00.000Z",
      "paymentType": "Invoice",
      "paymentMethods": ["on_chain"],
      "payCurrencies": ["USDT", "BTC"],
      "successRedirectUrl": "https://example.com/success",
      "unsuccessRedirectUrl": "https://example.com/fail"
    }
  }
}'`;
const PAYABLE = COMMAND.replace('["USDT", "BTC"]', '["USDC", "XLM"]');

const PUBLISHED_ANSWER = {
  data: {
    id: '46df1a5c-a478-427f-a988-a2dacb235d6b',
    type: 'paymentLinks',
    attributes: {
      amount: '100.00',
      currency: 'EUR',
      accountCurrency: 'EUR',
      network: null,
      networkName: null,
      reference: REFERENCE,
      hostedPageUrl:
        'https://sandbox.txn.io/redirect?payment_link_id=46df1a5c-a478-427f-a988-a2dacb235d6b&request_type=payment_link_hosted_page&zone=eu',
      status: 'created',
      approvalStatus: null,
      expiresAt: '2026-06-01T23:00:00.000Z',
      createdAt: '2026-05-17T10:07:24.199Z',
      paymentType: 'Invoice',
      successRedirectUrl: 'https://example.com/success',
      unsuccessRedirectUrl: 'https://example.com/fail',
      paymentMethods: ['on_chain'],
    },
    relationships: { target: { data: null } },
  },
  meta: {},
  jsonapi: { version: '1.0' },
};

/** Every member of a document by its path; an array counts as one value. */
function members(value: Json, path = ''): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([name, each]) => members(each, `${path}/${name}`))];
}

describe('the published command', () => {
  const clock = new ManualClock(PUBLISHED_AT);
  let app: TestApp;
  let key: string;
  beforeAll(async () => {
    app = await TestApp.start({ reconcile: false, ports: { clock } });
    ({ key } = await app.shop());
  });
  afterAll(() => app.stop());

  /** Status and document; the words after the command only make curl tell the status. */
  const run = async (command: string): Promise<{ status: number; body: Json }> => {
    const placed = command
      .replace('https://api.sandbox.txn.io/api/public/v1', app.url + PARTNER)
      .replace('<api_key>', key);
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      `${placed} --silent --write-out '\n%{http_code} %{content_type}'`,
    ]);
    const at = stdout.lastIndexOf('\n');
    const body = JSON.parse(stdout.slice(0, at)) as Json;
    const [status, type] = stdout.slice(at + 1).split(' ');
    expect([type, validateDocument(body)]).toEqual(['application/vnd.api+json', []]);
    return { status: Number(status), body };
  };

  it('names currencies that cannot be paid with here, as published', async () => {
    const { status, body } = await run(COMMAND);
    expect(status).toBe(422);
    expect(body.errors).toMatchObject(
      [0, 1].map((at) => ({
        status: '422',
        title: 'Unsupported pay currency',
        code: 'unsupported_pay_currency',
        detail: '',
        source: { pointer: `/data/attributes/payCurrencies/${at}` },
      })),
    );
  });

  it('makes a link, once, with every published member and value', async () => {
    const { status, body } = await run(PAYABLE);
    expect(status).toBe(201);
    const { hostedPageUrl: _elsewhere, ...told } = PUBLISHED_ANSWER.data.attributes;
    expect(body.data).toMatchObject({
      type: 'paymentLinks',
      attributes: told,
      relationships: { target: { data: null } },
    });
    const [published, ours] = [members(PUBLISHED_ANSWER), members(body)];
    expect(published.filter((each) => !ours.includes(each))).toEqual([]);
    expect(ours.filter((each) => !published.includes(each))).toEqual([
      ...['', '/self'].map((each) => `/links${each}`),
      '/data/attributes/publicId',
      '/data/attributes/updatedAt',
      '/data/attributes/payCurrencies',
      '/data/attributes/title',
      '/data/attributes/description',
      '/data/attributes/metadata',
      ...['', '/self', '/related'].map((each) => `/data/relationships/target/links${each}`),
      ...['', '/self'].map((each) => `/data/links${each}`),
    ]);
    const again = await run(PAYABLE);
    expect(again.status).toBe(422);
    expect(again.body.errors).toMatchObject([
      { status: '422', title: 'Reference duplicate', code: 'reference_duplicate', detail: REFERENCE },
    ]);
  });

  it('names the day before the currencies once its link would have expired', async () => {
    clock.set(new Date('2026-06-02T00:00:00.000Z'));
    const { status, body } = await run(COMMAND);
    expect([status, body.errors.map(({ code }: Json) => code)]).toEqual([
      422,
      ['expiry_in_past', 'unsupported_pay_currency', 'unsupported_pay_currency'],
    ]);
  });
});
