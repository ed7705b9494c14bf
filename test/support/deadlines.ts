/** What is in the queue after a test has moved deadlines by hand: a reminder for everything that is open. One statement. */
export const REMIND = `
  insert into deadlines (network, kind, due_at, merchant_id, subject_id)
  select network, 'invoice', expires_at, merchant_id, id from invoices where status in ('PENDING', 'PROCESSING') and expires_at is not null
  union all
  select network, 'link', expires_at, merchant_id, id from payment_links where invoice_id is null and status in ('active', 'inactive') and expires_at is not null
  union all
  select i.network, 'intent', p.expires_at, p.merchant_id, p.id from payment_intents p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id
  where p.status in ('open', 'submitted')
  on conflict do nothing`;
