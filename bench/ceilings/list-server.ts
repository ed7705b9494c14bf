import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import pg from 'pg';
import { invoiceColumns } from '../../src/invoices/invoice-columns';

/** P3's ceiling: the rows of the list by the statements that the service sends, and `JSON.stringify` of a document that is there already. */
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 16 });
const app = Fastify();
const document = JSON.parse(readFileSync(process.env['DOCUMENT'] ?? '', 'utf8')) as unknown;
const OWNER = ['01900000-0000-7000-8000-000000000001', 'sandbox'];
const PAGE = 50;

const links = `select l.merchant_id as "merchantId", l.id, l.public_id as "publicId", l.kind, l.status, l.network, l.invoice_id as "invoiceId", l.direction,
    coalesce(l.title, i.title) as title, coalesce(l.description, i.description) as description, coalesce(l.amount, i.total) as amount,
    coalesce(l.scale, greatest(i.scale, 2)) as scale, coalesce(l.currency, i.asset_code) as currency, l.account_currency as "accountCurrency",
    l.pay_currencies as "payCurrencies", coalesce(l.payment_methods, '{on_chain}') as "paymentMethods", l.reference,
    l.success_redirect_url as "successRedirectUrl", l.unsuccess_redirect_url as "unsuccessRedirectUrl", coalesce(l.metadata, '{}') as metadata,
    coalesce(l.expires_at, i.expires_at) as "expiresAt", l.created_at as "createdAt", l.updated_at as "updatedAt"
  from payment_links l left join invoices i on i.merchant_id = l.merchant_id and i.id = l.invoice_id
  where l.merchant_id = $1 and l.network = $2 order by l.created_at desc, l.id desc limit $3`;
const invoices = `select ${invoiceColumns('i')} from invoices i where i.merchant_id = $1 and i.network = $2 and i.deleted_at is null and i.id = any($3::uuid[])`;
const payments = `select p.merchant_id as "merchantId", p.id, p.network, p.operation_id as "operationId", p.change_index as "changeIndex", p.invoice_id as "invoiceId", p.disposition, p.outcome,
    p.kind, p.account, p.muxed_id::text as "muxedId", p.from_address as "fromAddress", p.asset_code as "assetCode", p.asset_issuer as "assetIssuer", p.amount, p.memo_type as "memoType",
    p.memo, p.transaction_hash as "transactionHash", p.ledger, p.closed_at as "closedAt", p.recorded_at as "recordedAt", s.id as "resolutionId", s.action as resolution
  from payments p left join payment_resolutions s on s.merchant_id = p.merchant_id and s.payment_id = p.id
  where p.merchant_id = $1 and p.network = $2 and p.invoice_id = any($3::uuid[]) order by p.operation_id, p.change_index`;

app.get('/api/public/v1/payment_links', async (_request, reply) => {
  const found = await pool.query<{ invoiceId: string }>({ name: 'links', text: links, values: [...OWNER, PAGE + 1] });
  const ids = found.rows.slice(0, PAGE).map(({ invoiceId }) => invoiceId);
  await pool.query({ name: 'invoices', text: invoices, values: [...OWNER, ids] });
  await pool.query({ name: 'payments', text: payments, values: [...OWNER, ids] });
  return reply.type('application/vnd.api+json').send(JSON.stringify(document));
});
app.get('/ready', () => ({ ok: true }));
void app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
