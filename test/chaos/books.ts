import { Client } from 'pg';

/** Each query names rows that must not exist; whatever it returns is a breach. */
const BREACHES: Readonly<Record<string, string>> = {
  'an invoice without exactly two references':
    'select i.number from invoices i left join payment_references r on r.merchant_id = i.merchant_id and r.invoice_id = i.id group by i.merchant_id, i.id, i.number having count(r.value) <> 2',
  'received is not the sum of the applied payments': `select i.number, i.received, coalesce(sum(p.amount), 0) from invoices i left join payments p on p.merchant_id = i.merchant_id and p.invoice_id = i.id and p.disposition = 'applied'
     group by i.merchant_id, i.id, i.number, i.received having i.received <> coalesce(sum(p.amount), 0)`,
  'paid without the money': `select number from invoices where status = 'PAID' and received * 10000 < total * (10000 - tolerance_bp)`,
  'open with the money': `select number from invoices where status in ('PENDING', 'PROCESSING', 'EXPIRED') and received >= total`,
  'paid is not told exactly once': `select i.number, i.status, count(e.id) from invoices i left join events e on e.merchant_id = i.merchant_id and e.subject_id = i.id and e.type = 'invoice.paid'
     group by i.merchant_id, i.id, i.number, i.status having count(e.id) <> case when i.status = 'PAID' then 1 else 0 end`,
  'expired is not told exactly once': `select i.number, i.status, count(e.id) from invoices i left join events e on e.merchant_id = i.merchant_id and e.subject_id = i.id and e.type = 'invoice.expired'
     group by i.merchant_id, i.id, i.number, i.status having (i.status = 'EXPIRED' and count(e.id) <> 1) or (i.status not in ('EXPIRED', 'PAID') and count(e.id) <> 0)`,
  'a link that does not follow its invoice': `select i.number, i.status, l.status from payment_links l join invoices i on i.merchant_id = l.merchant_id and i.id = l.invoice_id
     where l.status <> case i.status when 'PAID' then 'completed' when 'EXPIRED' then 'expired' when 'CANCELLED' then 'cancelled' else 'active' end`,
  'the end of a link is not told exactly once': `select l.public_id, l.status, count(e.id) from payment_links l left join events e on e.merchant_id = l.merchant_id and e.subject_id = l.id
       and e.type = case l.status when 'completed' then 'link.paid' when 'expired' then 'link.expired' when 'cancelled' then 'link.cancelled' end
     where l.status <> 'active' group by l.merchant_id, l.id, l.public_id, l.status having count(e.id) <> 1`,
  'a payment for an invoice is not told exactly once': `select p.id, p.outcome, count(e.id) from payments p left join events e on e.merchant_id = p.merchant_id and e.subject_id = p.id
     where p.invoice_id is not null group by p.id, p.outcome, p.network, p.operation_id, p.change_index having count(e.id) <> 1`,
  'an event about nothing': `select e.type, e.subject_id from events e where not exists (select from invoices i where i.id = e.subject_id) and not exists (select from payment_links l where l.id = e.subject_id)
       and not exists (select from payments p where p.id = e.subject_id)`,
  'the birth of an invoice is not told exactly once': `select i.number, count(e.id) from invoices i left join events e on e.merchant_id = i.merchant_id and e.subject_id = i.id and e.type = 'invoice.created'
     where i.created_by <> 'bulk' group by i.merchant_id, i.id, i.number having count(e.id) <> 1`,
  'a number is missing or given twice': `select c.merchant_id, c.last_number, count(i.id) from invoice_counters c left join invoices i on i.merchant_id = c.merchant_id and i.created_by <> 'bulk'
     group by c.merchant_id, c.last_number having c.last_number <> count(i.id)`,
};

/** Everything that is wrong with the books, in words; empty when nothing was lost or done twice. */
export async function breaches(databaseUrl: string): Promise<string[]> {
  return withClient(databaseUrl, async (client) => {
    // A test database gathers no statistics by itself, and without them these joins take minutes.
    await client.query('analyze');
    const found: string[] = [];
    for (const [name, query] of Object.entries(BREACHES)) {
      const { rows } = await client.query({ text: `${query} limit 5`, rowMode: 'array' });
      for (const row of rows as unknown[][]) found.push(`${name}: ${row.join(' ')}`);
    }
    return found;
  });
}

/** The invoice each transaction was applied to, as often as it was: `hash -> public ids`. */
export async function appliedTo(databaseUrl: string, hashes: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await query<{ hash: string; invoice: string }>(
    databaseUrl,
    `select p.transaction_hash as hash, i.public_id as invoice from payments p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id
     where p.disposition = 'applied' and p.transaction_hash = any($1)`,
    [hashes],
  );
  const found = new Map<string, string[]>(hashes.map((hash) => [hash, []]));
  for (const { hash, invoice } of rows) found.get(hash)?.push(invoice);
  return found;
}

export function query<R>(databaseUrl: string, text: string, values: readonly unknown[] = []): Promise<R[]> {
  return withClient(databaseUrl, async (client) => (await client.query(text, [...values])).rows as R[]);
}

/** The number a `select count(*)` gives. */
export async function countOf(databaseUrl: string, text: string, values: readonly unknown[] = []): Promise<number> {
  const [row] = await query<{ count: string }>(databaseUrl, text, values);
  return Number(row?.count);
}

async function withClient<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
