import type { IncidentKind, Incident, ServiceStatus } from '../incidents/service-status';
import { html, type Markup } from './markup';
import { pageDocument } from './page-document';

const SERVICE: Readonly<Record<ServiceStatus['service'], string>> = {
  operational: 'Everything works',
  degraded: 'Something is slower than it should be',
  unavailable: 'The service is not available',
};
const KINDS: Readonly<Record<IncidentKind, string>> = {
  ledger_behind: 'The ledger was read late',
  webhooks_late: 'Webhooks were sent late',
  service_away: 'The service was away',
};

/** For everybody; says nothing of any merchant. */
export function statusPage({ service, checkedAt, ledgers, webhooks, incidents }: ServiceStatus): string {
  const main = html`<main><div class="sheet"><div class="part">
<h1 tabindex="-1">${SERVICE[service]}</h1>
<p class="state">Checked at ${moment(checkedAt)}.</p>
</div><div class="part">
<h2>Ledgers</h2>
<ul>${ledgers.map(({ network, ageSeconds, behind }) => html`<li>${network}: ${ageSeconds === null ? 'not known' : `read up to ${ageSeconds} seconds ago`}${behind ? ', behind' : ''}</li>`)}</ul>
</div><div class="part">
<h2>Webhooks</h2>
<p>${webhooks.backlogSeconds === 0 ? 'None waits.' : `The oldest waits for ${webhooks.backlogSeconds} seconds.`}</p>
</div><div class="part">
<h2>Incidents of the last seven days</h2>
${incidents.length === 0 ? html`<p>None.</p>` : html`<ul>${incidents.map(incidentLine)}</ul>`}
</div></div></main>`;
  return pageDocument({ title: 'Status', main, live: false, footer: 'Times are in UTC.' });
}

function incidentLine({ kind, subject, openedAt, closedAt }: Incident): Markup {
  return html`<li>${KINDS[kind]}${subject === '' ? '' : ` (${subject})`}: from ${moment(openedAt)} ${closedAt === null ? 'until now' : html`to ${moment(closedAt)}`}</li>`;
}

function moment(instant: Date): Markup {
  const text = instant.toISOString();
  return html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')}</time>`;
}
