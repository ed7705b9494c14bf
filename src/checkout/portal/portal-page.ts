import { html, type Markup } from '../markup';
import { pageDocument } from '../page-document';
import { block, LONG_AMOUNT, pageMain } from '../page-parts';
import { amountText, purpose } from '../pay-summary';
import type { PortalPeriod, PortalView } from './portal-view';
import { dayWords } from './rhythm-words';

/** What the page says beside the subscription. */
export interface PortalNote {
  readonly fault: string | null;
  /** The payer has asked to cancel and is asked whether that is meant. */
  readonly confirms: boolean;
}

const STATES: Readonly<Record<PortalView['status'], string>> = {
  incomplete: 'Begins when you pay the first period',
  incomplete_expired: 'Not begun: the first period was not paid in time',
  active: 'Active',
  past_due: 'A payment is due',
  lapsed: 'Lapsed: a period was not paid',
  cancelled: 'Cancelled',
  completed: 'Completed',
};

/** The page of a subscriber. It knows its own key from its address alone: no link and no form repeats it. */
export function portalPage(view: PortalView, { fault, confirms }: PortalNote): string {
  const request = html`<p class="amount${view.amount.length > LONG_AMOUNT ? ' long' : ''}">${amountText(view.amount)} <span class="code">${view.asset} ${view.rhythm}</span></p>
${block(view.entitled ? 'paid' : view.status === 'active' || view.status === 'incomplete' ? '' : 'ended', STATES[view.status], when(view))}
${open(view)}
${purpose(html`For, in the merchant's words`, view.title, null, null)}`;
  const action = html`<section class="part methods" aria-labelledby="manage">
<h2 id="manage">Your subscription</h2>
${fault === null ? null : html`<p class="fault">${fault}</p>`}
${confirms ? confirmation(view) : manage(view)}
${history(view)}
</section>`;
  const main = pageMain(view, html`data-state="${view.status}"`, request, action);
  return pageDocument({ title: `${STATES[view.status]} - ${view.merchant}`, main, live: false });
}

/** The same bytes for a key that never was, has lapsed or was taken back. */
export function noPortalPage(): string {
  const main = html`<main><div class="sheet"><div class="part">
<h1 tabindex="-1">There is no subscription at this address</h1>
<p class="state ended">The address may be incomplete, or the merchant has sent you a newer one. Ask the merchant for a new link. Nothing has been changed.</p>
</div></div></main>`;
  return pageDocument({ title: 'Subscription not found', main, live: false });
}

function when({ paidThrough, nextPeriodStartsAt, cancelAtPeriodEnd, pausedUntil, status }: PortalView): Markup {
  const paid = paidThrough === null ? null : html`<p>Paid through ${dayWords(paidThrough)}.</p>`;
  const next =
    nextPeriodStartsAt === null || cancelAtPeriodEnd
      ? null
      : html`<p>The next period begins on ${dayWords(nextPeriodStartsAt)}.</p>`;
  const end = cancelAtPeriodEnd && status !== 'cancelled' ? html`<p>It ends then: you have cancelled it.</p>` : null;
  const pause = pausedUntil === null ? null : html`<p>Paused until ${dayWords(pausedUntil)}.</p>`;
  return html`${paid}${next}${end}${pause}`;
}

function open({ periods, asset }: PortalView): Markup | null {
  const waiting = periods.find(({ payable }) => payable);
  const at = waiting?.link ?? waiting?.invoice ?? null;
  if (waiting === undefined || at === null) return null;
  return html`<p><a class="button" href="/pay/${at}" rel="noreferrer">Pay ${waiting.amount} ${asset}${waiting.startsAt === null ? '' : ` for the period from ${dayWords(waiting.startsAt)}`}</a></p>`;
}

/** Buttons post to the page's own address; which one was pressed is the form's `does`. */
function button(does: string, label: string, quiet = true): Markup {
  return html`<form method="post"><input type="hidden" name="does" value="${does}"><button type="submit" class="button${quiet ? ' quiet' : ''}">${label}</button></form>`;
}

function manage(view: PortalView): Markup {
  const live = view.status === 'active' || view.status === 'past_due';
  return html`${live && view.cancelAtPeriodEnd ? button('resume', 'Keep the subscription', false) : null}
${live || view.status === 'incomplete' ? button('ask', 'Cancel the subscription') : null}
<form method="post" novalidate>
<input type="hidden" name="does" value="email">
<div class="entry">
<label for="email">E-mail address for reminders</label>
<input id="email" name="email" type="email" autocomplete="email" maxlength="320" value="${view.email ?? ''}" aria-describedby="email-hint">
<p class="hint" id="email-hint">Leave it empty for none.</p>
</div>
<button type="submit" class="button quiet">Save the address</button>
</form>`;
}

function confirmation(view: PortalView): Markup {
  const atEnd = view.paidThrough !== null && view.paidThrough > view.now && !view.cancelAtPeriodEnd;
  return html`<p><strong>Do you want to cancel?</strong></p>
${atEnd && view.paidThrough !== null ? html`<p>What you have paid stays yours until ${dayWords(view.paidThrough)}.</p>${button('cancel_at_end', `Cancel, and use it until ${dayWords(view.paidThrough)}`, false)}` : null}
${button('cancel', 'Cancel at once')}
<p class="others"><a href="">No, go back</a></p>`;
}

const WORDS: Readonly<Record<PortalPeriod['state'], string>> = {
  open: 'to be paid',
  past_due: 'due',
  paid: 'paid',
  lapsed: 'not paid',
  skipped: 'skipped',
  cancelled: 'cancelled',
};

function history({ periods, asset }: PortalView): Markup {
  return html`<h3>Periods</h3>
<table>
<caption class="unseen">Periods, the newest first</caption>
<thead><tr><th scope="col">From</th><th scope="col">${asset}</th></tr></thead>
<tbody>${periods.map((period) => html`<tr><td>${period.startsAt === null ? 'The first one' : dayWords(period.startsAt)}<small>${WORDS[period.state]}${period.receipt && period.invoice !== null ? html`, <a href="/pay/${period.invoice}/receipt.pdf" rel="noreferrer">receipt (PDF)</a>` : null}</small></td><td>${amountText(period.amount)}</td></tr>`)}</tbody>
</table>`;
}
