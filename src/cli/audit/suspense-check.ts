import { judge, type MatchableInvoice } from '../../payments/payment-matcher';
import type { Credit, CreditKind, CreditMemo } from '../../stellar/ledger-source';
import type { Breach } from './finding';
import type { Snapshot } from './snapshot';

interface Suspended extends Omit<MatchableInvoice, 'id' | 'asset'> {
  readonly network: string;
  readonly operationId: bigint;
  readonly index: number;
  readonly kind: CreditKind;
  readonly outcome: string;
  readonly account: string;
  readonly muxedId: string | null;
  readonly from: string;
  readonly assetCode: string;
  readonly assetIssuer: string | null;
  readonly amount: bigint;
  readonly memoType: CreditMemo['type'];
  readonly memo: Buffer;
  readonly transactionHash: string;
  readonly ledger: number;
  readonly closedAt: Date;
  readonly invoiceId: string;
  readonly publicId: string;
  readonly wantedCode: string;
  readonly wantedIssuer: string | null;
}

const PAGE = 1_000;
const SUSPENDED = `
  select p.network, p.operation_id as "operationId", p.change_index as index, p.kind, p.outcome, p.account, p.muxed_id::text as "muxedId", p.from_address as "from",
    p.asset_code as "assetCode", p.asset_issuer as "assetIssuer", p.amount, p.memo_type as "memoType", p.memo, p.transaction_hash as "transactionHash", p.ledger, p.closed_at as "closedAt",
    i.id as "invoiceId", i.public_id as "publicId", i.status, i.asset_code as "wantedCode", i.asset_issuer as "wantedIssuer", i.total, i.received, i.tolerance_bp as "toleranceBp",
    i.late_grace_seconds as "lateGraceSeconds", i.expires_at as "expiresAt", coalesce(i.provider_ledger, i.opened_ledger) as "providerLedger", i.deleted_at is not null as deleted, i.subscription_id is not null as renews,
    exists (select from payment_link_choices c join payment_links l on l.merchant_id = c.merchant_id and l.id = c.link_id
      where c.merchant_id = i.merchant_id and c.invoice_id = i.id and l.kind = 'standard' and ((l.status = 'completed' and l.invoice_id <> i.id) or l.status = 'cancelled')) as "linkClosed",
    -- How full its link was then is not on record any more; that the invoice had no slot of its own is.
    p.outcome = 'link_full' and exists (select from payment_link_choices c join payment_links l on l.merchant_id = c.merchant_id and l.id = c.link_id
      where c.merchant_id = i.merchant_id and c.invoice_id = i.id and l.kind <> 'standard' and c.slot <> 'held') as "linkFull"
  from payments p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id
  where p.disposition = 'suspense'
    -- More money for a paid period waits for the next one: it was paid then, and is judged as unpaid below.
    and p.outcome <> 'period_paid'
    -- Closed once and open again is told by I10; the money was rightly held then.
    and not (p.outcome = 'invoice_closed' and exists (select from events e where e.merchant_id = i.merchant_id and e.subject_id = i.id and e.type in ('invoice.cancelled', 'invoice.deleted')))
    -- A part of a period that was not completed in time counted while it could be.
    and not (p.outcome = 'invoice_closed' and i.subscription_id is not null and exists (select from events e where e.merchant_id = p.merchant_id and e.subject_id = p.id and e.type = 'payment.released'))
    and (p.network, p.operation_id, p.change_index) > ($1, $2, $3)
  order by p.network, p.operation_id, p.change_index limit ${PAGE}`;

/** Judges money held for a known invoice once more: what the rules would apply must not wait for a human (I3). */
export async function checkSuspense(snapshot: Snapshot): Promise<Breach[]> {
  const breaches: Breach[] = [];
  let position: readonly unknown[] = ['', 0n, 0];
  for (;;) {
    const rows = await snapshot.rows<Suspended>(SUSPENDED, position);
    for (const row of rows) {
      if (wouldApply(row))
        breaches.push({
          invariant: 'I3',
          text: `${row.network} credit ${row.operationId}/${row.index} is held as ${row.outcome} although it fits invoice ${row.publicId} (${row.status})`,
        });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return breaches;
    position = [last.network, last.operationId, last.index];
  }
}

function wouldApply(row: Suspended): boolean {
  const credit: Credit = {
    ...row,
    muxedId: row.muxedId === null ? null : BigInt(row.muxedId),
    asset: { code: row.assetCode, issuer: row.assetIssuer },
    memo: { type: row.memoType, bytes: row.memo },
  };
  const invoice = {
    ...row,
    id: row.invoiceId,
    asset: { code: row.wantedCode, issuer: row.wantedIssuer },
    // What is held because it would have completed the sum was at least that much short of it.
    received: row.linkFull ? row.received : 0n,
    // Paid since: the rules would take anything as surplus now, which says nothing about what they had to do then.
    status: row.status === 'PAID' ? ('EXPIRED' as const) : row.status,
  };
  return judge(invoice, credit).disposition === 'applied';
}
