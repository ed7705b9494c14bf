import { createHash } from 'node:crypto';
import { StrKey } from '@stellar/stellar-sdk/base';
import type { Client } from 'pg';

export const BENCH_ACCOUNT = 'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ';
/** More than any benchmark seeds. */
const ABOVE_ALL = 100_000_000;
export const BENCH_MERCHANT = '01900000-0000-7000-8000-000000000001';

/** Merchants 1 to `count`, each with an account of its own and an API key; the first is `BENCH_MERCHANT` with `BENCH_ACCOUNT`. */
export async function seedMerchants(client: Client, count: number): Promise<void> {
  const id = `('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
  const all = `from generate_series(1, ${count}) as n`;
  await client.query(
    `insert into merchants (id, name, default_network, created_at, updated_at) select ${id}, 'Bench ' || n, 'sandbox', now(), now() ${all}`,
  );
  await client.query(
    `insert into receiving_accounts (merchant_id, id, network, address, is_default, created_at)
     select ${id}, ${id}, 'sandbox', address, true, now() from unnest($1::text[]) with ordinality as a (address, n)`,
    [Array.from({ length: count }, (_unused, at) => (at === 0 ? BENCH_ACCOUNT : accountOf(at + 1)))],
  );
  await client.query(
    `insert into credentials (id, merchant_id, kind, public_part, secret_digest, label, network, scopes, created_at, last_used_at)
     select ${id}, ${id}, 'api_key', 'sk_test_' || n, sha256(('sk_test_' || lpad(n::text, 52, 'b'))::bytea), 'bench', 'sandbox', '{links:read,links:write,invoices:read,payments:read,events:read}', now(), now() + interval '1 day' ${all}`,
  );
}

function accountOf(n: number): string {
  return StrKey.encodeEd25519PublicKey(createHash('sha256').update(`bench merchant ${n}`).digest());
}

export function secretOf(n: number): string {
  return `sk_test_${String(n).padStart(52, 'b')}`;
}

/** Open invoices 1 to `count` with their references; the n-th has the public id and numbers that `publicIdOf` tells. */
export function seedInvoices(client: Client, count: number): Promise<void> {
  return seedMoreInvoices(client, 1, count);
}

/** The same from the one with number `first` on to the one with number `last`. */
export async function seedMoreInvoices(client: Client, first: number, last: number): Promise<void> {
  const from = 1_000_000_000 + first;
  await client.query(
    `insert into invoices (merchant_id, id, public_id, number, status, network, destination, asset_code, title, subtotal, total, scale, reference_number, memo, opened_ledger, created_by, created_at, updated_at, expires_at)
     select '${BENCH_MERCHANT}', ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, translate(lpad(to_hex(n), 32, '0'), '0189', 'wxyz'),
       'INV-' || lpad(n::text, greatest(4, length(n::text)), '0'), 'PENDING', 'sandbox', '${BENCH_ACCOUNT}', 'XLM', 'Bench', 10000000, 10000000, 2, 1000000000 + n, 'INV-' || lpad(n::text, greatest(4, length(n::text)), '0'), 0, 'bench', now(), now(), now() + interval '30 days'
     from generate_series(${first}, ${last}) as n`,
  );
  await client.query(
    `insert into payment_references (network, account, kind, value, merchant_id, invoice_id)
     select 'sandbox', destination, kind, value, merchant_id, id from invoices, lateral (values ('id', reference_number::text), ('text', memo)) as r (kind, value)
     where merchant_id = '${BENCH_MERCHANT}' and created_by = 'bench' and reference_number between ${from} and ${1_000_000_000 + last}`,
  );
  await client.query(
    `insert into deadlines (network, kind, due_at, merchant_id, subject_id) select network, 'invoice', expires_at, merchant_id, id from invoices
     where merchant_id = '${BENCH_MERCHANT}' and created_by = 'bench' and reference_number between ${from} and ${1_000_000_000 + last}`,
  );
  // The numbers of invoices that the service makes begin above all of these.
  await client.query(
    `insert into invoice_counters (merchant_id, last_number) values ('${BENCH_MERCHANT}', ${ABOVE_ALL}) on conflict (merchant_id) do update set last_number = greatest(invoice_counters.last_number, excluded.last_number)`,
  );
  await client.query('vacuum analyze invoices, payment_references, deadlines');
}

/** An open link for every invoice, with the same deadline. */
export async function seedLinks(client: Client): Promise<void> {
  await insertLinks(client, 'active', 'created_at');
  await client.query('vacuum analyze payment_links');
}

/** A link for every invoice and an applied payment of its total, both of the second at which the n-th of them was made. */
export async function seedPaidLinks(client: Client): Promise<void> {
  const made = `now() - make_interval(secs => reference_number - 1000000000)`;
  await insertLinks(client, 'completed', made);
  await client.query(
    `insert into payments (network, operation_id, change_index, id, merchant_id, invoice_id, disposition, outcome, kind, account, from_address, asset_code, amount, memo_type, memo, transaction_hash, ledger, closed_at, recorded_at)
     select network, 429496729601 + reference_number * 4096, 0, gen_random_uuid(), merchant_id, id, 'applied', 'exact', 'payment', destination, 'G' || repeat('B', 55), asset_code, total, 'text', memo::bytea,
       md5(id::text) || md5(public_id), 100, ${made}, ${made} from invoices`,
  );
  await client.query('vacuum analyze payment_links, payments');
}

async function insertLinks(client: Client, status: 'active' | 'completed', made: string): Promise<void> {
  await client.query(
    `insert into payment_links (merchant_id, id, public_id, kind, status, network, invoice_id, title, amount, scale, currency,
       payment_methods, metadata, expires_at, created_by, created_at, updated_at)
     select merchant_id, id, public_id, 'standard', '${status}', network, id, title, total, scale, asset_code,
       '{on_chain}', '{}', expires_at, created_by, ${made}, ${made} from invoices`,
  );
}

/** Active monthly subscriptions to one link, all with one anchor, a month ago less five days: the second invoice of each is due. */
export async function seedSubscriptions(client: Client, count: number): Promise<void> {
  await client.query(
    `insert into subscriptions (merchant_id, id, public_id, link_id, network, status, title, currency, scale, pay_currency, price, total, interval, interval_count,
       open_days, grace_days, reactivation_days, roll_forward, anchor_at, next_index, next_open_at, paid_through, due_at, created_by, created_at, updated_at)
     select '${BENCH_MERCHANT}', gen_random_uuid(), translate(lpad(to_hex(n), 32, '0'), '0189', 'wxyz'), l.id, 'sandbox', 'active', 'Bench', 'XLM', 2, 'XLM', 10000000, 10000000, 'month', 1,
       5, 7, 30, true, a.anchor, 1, a.due, a.anchor + interval '1 month', a.due, 'bench', a.anchor, a.anchor
     from generate_series(1, ${count}) as n cross join (select id from payment_links limit 1) as l
       cross join (select now() - interval '1 month' + interval '4 days' as anchor, now() - interval '1 minute' as due) as a`,
  );
  await client.query(
    `insert into deadlines (network, kind, due_at, merchant_id, subject_id) select network, 'subscription', due_at, merchant_id, id from subscriptions`,
  );
  await client.query('vacuum analyze subscriptions, subscription_periods, deadlines');
}

export function publicIdOf(n: number): string {
  const letters: Readonly<Record<string, string>> = { '0': 'w', '1': 'x', '8': 'y', '9': 'z' };
  return n
    .toString(16)
    .padStart(32, '0')
    .replace(/[0189]/g, (digit) => letters[digit] as string);
}
