import { createHash, randomBytes } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';
import { auditAppend } from '../../src/audit-log/audit-append';
import { placeholders, type WriteFragment } from '../../src/database/write-fragment';
import { CREATED, invoiceInsert } from '../../src/invoices/invoice-insert';
import { linkInsert } from '../../src/links/link-insert';
import { NO_SHOP } from '../../src/links/shop-terms';
import { eventAppend } from '../../src/webhooks/event-append';

/**
 * P2's ceiling: a creation in two round trips and one transaction, with hand-written glue; no guard, no validation, no
 * domain. The first statement asks for everything (who, where to, whether the key was answered), the second writes
 * everything, under a key also the answer that it will be sent again.
 */
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 16 });
const app = Fastify();
const ask = `select c.merchant_id as "merchantId", m.tolerance_bp as "toleranceBp", m.late_grace_seconds as "lateGraceSeconds",
    (select r.address from receiving_accounts r where r.merchant_id = m.id and r.network = c.network order by r.is_default desc, r.created_at, r.id limit 1) as address,
    k.fingerprint, k.body
  from credentials c join merchants m on m.id = c.merchant_id
    left join idempotency_keys k on k.merchant_id = c.merchant_id and k.scope = c.network and k.key = $3 and k.expires_at > $2
  where c.revoked_at is null and (c.expires_at is null or c.expires_at > $2) and c.kind = 'api_key' and c.secret_digest = $1`;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

interface Body {
  readonly amount: number;
  readonly asset: string;
  readonly metadata: { readonly title: string; readonly reference: string };
}

interface Asked {
  readonly merchantId: string;
  readonly address: string;
  readonly toleranceBp: number;
  readonly lateGraceSeconds: number;
  readonly fingerprint: Buffer | null;
  readonly body: Buffer | null;
}

const NUMBER = '#number#';

app.post<{ Body: Body }>('/api/links', async (request, reply) => {
  const digest = createHash('sha256').update(String(request.headers.authorization).slice(7)).digest();
  const now = new Date();
  const key = (request.headers['idempotency-key'] as string | undefined) ?? null;
  const { rows } = await pool.query<Asked>({ name: 'ask', text: ask, values: [digest, now, key] });
  const asked = rows[0] as Asked;
  const body = asked.body ?? (await create(asked, request.body, key, now));
  return reply.status(201).type('application/json; charset=utf-8').send(body);
});

/** The answer is written with the rest; the number of the invoice is put into it by the statement that gives it. */
function keep(merchantId: string, key: string, body: Body, now: Date, answer: string): WriteFragment {
  const fingerprint = createHash('sha256').update(JSON.stringify(body)).digest();
  const values = [merchantId, 'sandbox', key, fingerprint, now, new Date(now.getTime() + 86_400_000), answer];
  const sql = (first: number): string => {
    const [merchant, scope, name, print, created, expires, text] = placeholders(first, values.length);
    return `kept as (
      insert into idempotency_keys (merchant_id, scope, key, fingerprint, created_at, expires_at, status, headers, body)
      select ${merchant}::uuid, ${scope}::text, ${name}::text, ${print}::bytea, ${created}::timestamptz, ${expires}::timestamptz, 201,
        '{"content-type":"application/json; charset=utf-8"}'::jsonb, convert_to(replace(${text}::text, '${NUMBER}', created.number), 'UTF8') from created
    )`;
  };
  return { values, sql };
}

async function create(asked: Asked, body: Body, key: string | null, now: Date): Promise<Buffer> {
  const { merchantId, address, toleranceBp, lateGraceSeconds } = asked;
  const policy = { toleranceBp, lateGraceSeconds };
  const { amount, asset, metadata } = body;
  const stroops = BigInt(Math.round(amount * 1e7));
  const id = randomBytes(16).toString('hex');
  const linkId = randomBytes(16).toString('hex');
  const invoice = {
    ...policy,
    merchantId,
    id,
    publicId: publicId(),
    status: 'PENDING',
    network: 'sandbox',
    destination: address,
    assetCode: asset,
    assetIssuer: null,
    title: metadata.title,
    description: null,
    notes: null,
    reference: metadata.reference,
    clientName: null,
    clientEmail: null,
    clientCompany: null,
    clientAddress: null,
    payer: null,
    lines: [],
    subtotal: stroops,
    taxRate: 0,
    taxAmount: 0n,
    discount: 0n,
    total: stroops,
    scale: 1,
    activateNewAccounts: false,
    subscriptionId: null,
    periodIndex: null,
    referenceNumber: randomBytes(8).readBigUInt64BE() >> 1n,
    createdBy: 'bench',
    createdAt: now,
    sentAt: now,
    expiresAt: new Date(now.getTime() + 900_000),
  } as const;
  const data = {
    id: invoice.publicId,
    status: 'PENDING',
    amount: String(amount),
    asset: { code: asset, issuer: null },
    network: 'sandbox',
    destination: address,
    title: metadata.title,
    reference: metadata.reference,
  };
  const told = { merchantId, network: 'sandbox', data, createdAt: now } as const;
  const events = [
    {
      ...told,
      id: randomBytes(16).toString('hex'),
      type: 'invoice.created' as const,
      subjectType: 'invoice' as const,
      subjectId: id,
    },
    {
      ...told,
      id: randomBytes(16).toString('hex'),
      type: 'link.created' as const,
      subjectType: 'link' as const,
      subjectId: linkId,
    },
  ];
  const limit = {
    key: `links:${merchantId}`,
    windowStart: new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000),
    limit: 1_000_000_000,
  };
  const audit = {
    merchantId,
    id: randomBytes(16).toString('hex'),
    actor: 'bench',
    requestId: null,
    network: 'sandbox' as const,
    action: 'payment_link.created',
    subjectType: 'paymentLinks',
    subjectId: linkId,
    before: null,
    after: {
      kind: 'standard',
      status: 'pending',
      amount: String(amount),
      currency: asset,
      accountCurrency: null,
      maxPayments: null,
      reference: metadata.reference,
      expiresAt: invoice.expiresAt,
    },
    occurredAt: now,
  };
  const link = {
    merchantId,
    id: linkId,
    publicId: invoice.publicId,
    invoiceId: id,
    network: 'sandbox',
    kind: 'standard',
    title: invoice.title,
    description: null,
    amount: stroops,
    scale: 2,
    currency: asset,
    accountCurrency: null,
    payCurrencies: null,
    paymentMethods: ['on_chain'],
    reference: null,
    successRedirectUrl: null,
    unsuccessRedirectUrl: null,
    metadata: {},
    minimum: null,
    maximum: null,
    presets: null,
    maxPayments: null,
    maxQuantity: null,
    ...NO_SHOP,
    recurrence: null,
    productIds: [],
    productQuantities: [],
    taxRateId: null,
    expiresAt: invoice.expiresAt,
    createdBy: 'bench',
    createdAt: now,
  } as const;
  const companions = [
    linkInsert({ ...link, paymentMethods: [...link.paymentMethods] }, 'created'),
    auditAppend(audit, 'linked'),
    eventAppend(events, CREATED),
  ];
  const answer = JSON.stringify({
    id: invoice.publicId,
    status: invoice.status,
    checkoutUrl: `http://localhost/pay/${invoice.publicId}`,
    amount: amount.toFixed(2),
    asset,
    createdAt: now,
    expiresAt: invoice.expiresAt,
    metadata: {
      title: metadata.title,
      description: null,
      reference: metadata.reference,
      payerName: null,
      payerEmail: null,
    },
    activateNewAccounts: false,
    legacyInvoiceId: invoice.publicId,
    legacyInvoiceNumber: NUMBER,
  });
  const { text, values } = invoiceInsert({
    invoices: [{ invoice: { ...invoice, lines: [], taxes: [] }, numberSuffix: '' }],
    limit,
    companions: key === null ? companions : [...companions, keep(merchantId, key, body, now, answer)],
  });
  const { rows } = await pool.query<{ number: string }>({
    name: key === null ? 'create' : 'create-keyed',
    text,
    values: [...values],
  });
  return Buffer.from(answer.replace(NUMBER, rows[0]?.number as string));
}

app.get('/ready', () => ({ ok: true }));
void app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });

function publicId(): string {
  return [...randomBytes(32)].map((byte) => LETTERS.charAt(byte & 31)).join('');
}
