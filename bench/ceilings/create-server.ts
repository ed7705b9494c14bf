import { createHash, randomBytes } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';
import { auditAppend } from '../../src/audit/audit-append';
import { CREATED, invoiceInsert } from '../../src/invoices/invoice-insert';
import { linkInsert } from '../../src/links/link-insert';
import { eventAppend } from '../../src/webhooks/event-append';

/**
 * P2's ceiling: the three statements of a creation and hand-written glue; no guard, no validation, no domain. Under a
 * key also the statements that keep it, in as many round trips as the service makes.
 */
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 16 });
const app = Fastify();
const credential = `select id, merchant_id as "merchantId", network, scopes, secret_digest as "secretDigest", last_used_at as "lastUsedAt"
  from credentials where revoked_at is null and (expires_at is null or expires_at > $2) and kind = 'api_key' and secret_digest = $1`;
const till = `select m.tolerance_bp as "toleranceBp", m.late_grace_seconds as "lateGraceSeconds",
  (select r.address from receiving_accounts r where r.merchant_id = m.id and r.network = $2 order by r.is_default desc, r.created_at, r.id limit 1) as address
  from merchants m where m.id = $1`;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

interface Body {
  readonly amount: number;
  readonly asset: string;
  readonly metadata: { readonly title: string; readonly reference: string };
}

const LIVE = 'merchant_id = $1 and scope = $2 and key = $3 and expires_at > $4';
const findKey = `select fingerprint, status, headers, body from idempotency_keys where ${LIVE}`;
const lockKey = `with lock as materialized (select pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', $1::uuid::text, $2::text, $3::text), 0)) as free)
  select lock.free, k.status, k.fingerprint, k.body from lock left join idempotency_keys k on k.merchant_id = $1::uuid and k.scope = $2 and k.key = $3 and k.expires_at > $4`;
const storeKey = `insert into idempotency_keys (merchant_id, scope, key, fingerprint, created_at, expires_at, status, headers, body)
  values ($1, $2, $3, $4, $5, $6, 201, '{"content-type":"application/json; charset=utf-8"}', $7)`;

app.post<{ Body: Body }>('/api/links', async (request, reply) => {
  const digest = createHash('sha256').update(String(request.headers.authorization).slice(7)).digest();
  const now = new Date();
  const found = await pool.query<{ merchantId: string }>({
    name: 'credential',
    text: credential,
    values: [digest, now],
  });
  const merchantId = found.rows[0]?.merchantId as string;
  const key = request.headers['idempotency-key'];
  const send = (body: Buffer): unknown => reply.status(201).type('application/json; charset=utf-8').send(body);
  if (key === undefined) return send(await create(pool, merchantId, request.body, now));
  const identity = [merchantId, 'sandbox', key];
  await pool.query({ name: 'find-key', text: findKey, values: [...identity, now] });
  const client = await pool.connect();
  await client.query('begin');
  await client.query({ name: 'lock-key', text: lockKey, values: [...identity, now] });
  const body = await create(client, merchantId, request.body, now);
  const fingerprint = createHash('sha256').update(JSON.stringify(request.body)).digest();
  await client.query({
    name: 'store-key',
    text: storeKey,
    values: [...identity, fingerprint, now, new Date(now.getTime() + 86_400_000), body],
  });
  await client.query('commit');
  client.release();
  return send(body);
});

async function create(database: pg.Pool | pg.PoolClient, merchantId: string, body: Body, now: Date): Promise<Buffer> {
  const account = await database.query<{ address: string; toleranceBp: number; lateGraceSeconds: number }>({
    name: 'till',
    text: till,
    values: [merchantId, 'sandbox'],
  });
  const { address, ...policy } = account.rows[0] as { address: string; toleranceBp: number; lateGraceSeconds: number };
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
    lines: [],
    subtotal: stroops,
    taxRate: 0,
    taxAmount: 0n,
    discount: 0n,
    total: stroops,
    scale: 1,
    activateNewAccounts: false,
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
    productIds: [],
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
  const { text, values } = invoiceInsert({
    invoice: { ...invoice, lines: [], taxes: [] },
    limit,
    numberSuffix: '',
    companions,
  });
  const { rows } = await database.query<Record<string, unknown>>({ name: 'create', text, values: [...values] });
  const row = rows[0] as Record<string, unknown>;
  return Buffer.from(
    JSON.stringify({
      id: row['publicId'],
      status: row['status'],
      checkoutUrl: `http://localhost/pay/${String(row['publicId'])}`,
      amount: amount.toFixed(2),
      asset,
      createdAt: row['createdAt'],
      expiresAt: row['expiresAt'],
      metadata: {
        title: row['title'],
        description: null,
        reference: row['reference'],
        payerName: null,
        payerEmail: null,
      },
      activateNewAccounts: false,
      legacyInvoiceId: row['publicId'],
      legacyInvoiceNumber: row['number'],
    }),
  );
}

app.get('/ready', () => ({ ok: true }));
void app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });

function publicId(): string {
  return [...randomBytes(32)].map((byte) => LETTERS.charAt(byte & 31)).join('');
}
