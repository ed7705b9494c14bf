import { createHash, randomBytes } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';
import { invoiceInsert } from '../../src/invoices/invoice-insert';

/** P2's ceiling: the three statements of a creation and hand-written glue; no guard, no validation, no domain. */
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

app.post<{ Body: Body }>('/api/links', async (request, reply) => {
  const digest = createHash('sha256').update(String(request.headers.authorization).slice(7)).digest();
  const now = new Date();
  const found = await pool.query<{ merchantId: string }>({ name: 'credential', text: credential, values: [digest, now] });
  const merchantId = found.rows[0]?.merchantId as string;
  const account = await pool.query<{ address: string; toleranceBp: number; lateGraceSeconds: number }>({ name: 'till', text: till, values: [merchantId, 'sandbox'] });
  const { address, ...policy } = account.rows[0] as { address: string; toleranceBp: number; lateGraceSeconds: number };
  const { amount, asset, metadata } = request.body;
  const stroops = BigInt(Math.round(amount * 1e7));
  const id = randomBytes(16).toString('hex');
  const linkId = randomBytes(16).toString('hex');
  const invoice = {
    ...policy, merchantId, id, publicId: publicId(), status: 'PENDING', network: 'sandbox', destination: address, assetCode: asset, assetIssuer: null, title: metadata.title,
    description: null, notes: null, reference: metadata.reference, clientName: null, clientEmail: null, clientCompany: null, clientAddress: null, lines: [], subtotal: stroops,
    taxRate: 0, taxAmount: 0n, discount: 0n, total: stroops, scale: 1, activateNewAccounts: false, referenceNumber: randomBytes(8).readBigUInt64BE() >> 1n,
    createdBy: 'bench', createdAt: now, sentAt: now, expiresAt: new Date(now.getTime() + 900_000),
  } as const;
  const data = { id: invoice.publicId, status: 'PENDING', amount: String(amount), asset: { code: asset, issuer: null }, network: 'sandbox', destination: address, title: metadata.title, reference: metadata.reference };
  const events = [
    { id: randomBytes(16).toString('hex'), type: 'invoice.created' as const, subjectType: 'invoice' as const, subjectId: id, data },
    { id: randomBytes(16).toString('hex'), type: 'link.created' as const, subjectType: 'link' as const, subjectId: linkId, data },
  ];
  const limit = { key: `links:${merchantId}`, windowStart: new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000), limit: 1_000_000_000 };
  const { text, values } = invoiceInsert({ invoice: { ...invoice, lines: [] }, limit, events, numberSuffix: '', link: { id: linkId, kind: 'standard' } });
  const { rows } = await pool.query<Record<string, unknown>>({ name: 'create', text, values });
  const row = rows[0] as Record<string, unknown>;
  return reply.status(201).send({
    id: row['publicId'], status: row['status'], checkoutUrl: `http://localhost/pay/${String(row['publicId'])}`, amount: amount.toFixed(2), asset, createdAt: row['createdAt'], expiresAt: row['expiresAt'],
    metadata: { title: row['title'], description: null, reference: row['reference'], payerName: null, payerEmail: null }, activateNewAccounts: false, legacyInvoiceId: row['publicId'], legacyInvoiceNumber: row['number'],
  });
});
app.get('/ready', () => ({ ok: true }));
void app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });

function publicId(): string {
  return [...randomBytes(32)].map((byte) => LETTERS.charAt(byte & 31)).join('');
}
