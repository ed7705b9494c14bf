// Every statement that touches tenant tables of more than one merchant, by file and the method that asks it. `way` says of whom: `keys` of a list
// that is handed in, `directory` of whom a directory table leads to, `all` of everybody. `locks`: it locks their rows.
// `*` is a file in which all do. A statement that names one merchant needs no place here (docs/architecture.md, "Tenants and directory").

const ASKED_TOGETHER = 'requests that arrive together ask together, each by its own key';
const PUBLIC_ID =
  'a payer brings a public id and nothing else; one index answers, and a table that leads from it to the merchant would cost every creation a row';
const PAGE = 'job: a page of the ledger pays invoices of whomever it names';
const ENDING =
  'invoices that ended together, of one merchant where a request or a deadline ended them, of several where a page of the ledger did';
const RENEWING =
  'subscriptions whose invoices moved together, of one merchant where time or people moved them, of several where a page of the ledger did';
const SWEEP = 'job: removes what ended long ago, in batches, once per period over all processes';
const NUMBERING = 'job: a round numbers the events of all merchants that wait, whose heads in the directory it holds';
const OPERATOR = 'operator: a command that looks at all merchants';
const AUDIT = 'audit: reads a snapshot of everything';
const METRICS = 'metrics: counts over all merchants';
const ADDRESS = 'several merchants may share an account: the ledger tells an address, and not whose it is';

export const CROSSING = {
  'src/audit-log/audit-log.repository.ts': { listMerchants: { way: 'all', why: OPERATOR } },
  'src/auth/credentials.repository.ts': {
    findAlong: {
      way: 'directory',
      why: `a credential says which merchant asks, whose till and key are read with it; ${ASKED_TOGETHER}`,
    },
  },
  'src/auth/sessions.repository.ts': {
    findEach: { way: 'directory', why: `a token says which merchant asks; ${ASKED_TOGETHER}` },
  },
  'src/cli/audit/directory-checks.ts': { '*': { why: AUDIT } },
  'src/cli/audit/feed-checks.ts': { '*': { why: AUDIT } },
  'src/cli/audit/ledger-check.ts': { '*': { why: AUDIT } },
  'src/cli/audit/row-checks.ts': { '*': { why: AUDIT } },
  'src/cli/audit/run-audit.ts': { '*': { why: AUDIT } },
  'src/cli/audit/subscription-checks.ts': { '*': { why: AUDIT } },
  'src/cli/audit/subscription-dates.ts': { '*': { why: AUDIT } },
  'src/cli/audit/suspense-check.ts': { '*': { why: AUDIT } },
  'src/cli/operations.repository.ts': {
    listMerchants: { way: 'directory', why: OPERATOR },
    listQuarantined: { way: 'directory', why: OPERATOR },
    listSuspended: { way: 'directory', why: OPERATOR },
  },
  'src/health/health.repository.ts': { counts: { way: 'all', why: METRICS } },
  'src/idempotency/idempotency-keys.repository.ts': {
    deleteExpired: { way: 'all', locks: true, why: SWEEP },
    findEach: { way: 'keys', why: ASKED_TOGETHER },
  },
  'src/invoices/invoice-endings.repository.ts': {
    expireOpen: { way: 'keys', locks: true, why: ENDING },
    takeOff: { way: 'keys', locks: true, why: ENDING },
    takeOffEnded: { way: 'keys', locks: true, why: ENDING },
    withdraw: { way: 'keys', locks: true, why: ENDING },
  },
  'src/invoices/invoice-numbers.repository.ts': {
    anyBeyond: { way: 'all', why: `job: numbers that a page tells of and nobody knows, after a loss; ${ADDRESS}` },
    passBy: { way: 'all', why: `job: lets counters pass them; ${ADDRESS}` },
  },
  'src/invoices/invoice-settlement.repository.ts': {
    holdReferenced: { way: 'directory', locks: true, why: PAGE },
    hold: { way: 'keys', locks: true, why: PAGE },
    findReferenced: { way: 'directory', why: PAGE },
    findOpenOf: { way: 'keys', why: PAGE },
    holdOpenOf: { way: 'keys', locks: true, why: PAGE },
    settle: { way: 'keys', why: PAGE },
    expire: { way: 'keys', why: ENDING },
    reopenIdle: { way: 'keys', why: ENDING },
  },
  'src/invoices/invoice-status.service.ts': { load: { way: 'all', why: PUBLIC_ID } },
  'src/invoices/invoices.repository.ts': { findPublicById: { way: 'all', why: PUBLIC_ID } },
  'src/jobs/due-work.repository.ts': {
    earliest: { way: 'all', why: 'sandbox: what a walk of its clock comes to next, at whichever merchant' },
  },
  'src/links/choices/link-rivals.repository.ts': {
    choices: { way: 'keys', why: ENDING },
    unended: { way: 'keys', why: ENDING },
    set: { way: 'keys', why: ENDING },
    close: { way: 'keys', why: ENDING },
    'close:2': { way: 'keys', why: ENDING },
    listClosing: {
      way: 'all',
      why: 'job: the few choices that could not be ended at once, from an index of these alone',
    },
  },
  'src/links/choices/released-money.repository.ts': { release: { way: 'keys', why: ENDING } },
  'src/links/link-locks.repository.ts': {
    hold: { way: 'keys', locks: true, why: ENDING },
    holdOf: { way: 'keys', locks: true, why: ENDING },
  },
  'src/links/links.repository.ts': { findPublicById: { way: 'all', why: PUBLIC_ID } },
  'src/links/statistics/link-views.repository.ts': {
    add: { way: 'all', why: PUBLIC_ID },
  },
  'src/links/slots/link-slots.repository.ts': {
    giveBack: { way: 'keys', why: ENDING },
    pay: { way: 'keys', why: ENDING },
  },
  'src/lives/lives.repository.ts': {
    begin: { way: 'all', why: 'once in the life of a database: whether anybody ever got a number' },
  },
  'src/mail/mail-outbox.repository.ts': {
    mailAppend: { way: 'keys', why: 'mail about everybody whom a page of the ledger concerns' },
  },
  'src/mail/mail-queue.repository.ts': {
    read: { way: 'keys', why: 'job: mail of the merchants whose rows it has taken from the queue' },
    record: { way: 'keys', why: 'job: what became of mail that it has sent' },
    deleteEnded: { way: 'all', locks: true, why: SWEEP },
  },
  'src/merchants/members.repository.ts': {
    findInviter: {
      way: 'all',
      why: 'a wallet that accepts an invitation does not know yet whose it is; once a member',
    },
    'delete:2': { way: 'all', why: 'where else a wallet is a member that leaves a merchant; once a member' },
  },
  'src/merchants/merchants.repository.ts': {
    findByWallet: { way: 'directory', why: 'a wallet that signs in says which merchant it opens' },
    listWatched: { way: 'all', why: `job: which of the accounts of a page are ours; ${ADDRESS}` },
    listOwners: { way: 'all', why: `job: whose money it is that names nobody; ${ADDRESS}` },
  },
  'src/merchants/receivability.repository.ts': {
    owners: { way: 'all', why: `job: whom to tell that an account cannot receive; ${ADDRESS}` },
  },
  'src/customers/customers.repository.ts': {
    findOrAdd: { way: 'keys', why: RENEWING },
    'findOrAdd:2': { way: 'keys', locks: true, why: RENEWING },
  },
  'src/subscriptions/periods.repository.ts': {
    listWaiting: { way: 'keys', why: RENEWING },
    listOf: { way: 'keys', why: RENEWING },
    listUnpaid: { way: 'keys', why: RENEWING },
    repurpose: { way: 'keys', why: RENEWING },
    write: { way: 'all', why: RENEWING },
  },
  'src/subscriptions/portal-tokens.repository.ts': {
    find: { way: 'all', why: 'a subscriber brings a key and nothing else; one index answers' },
    deleteEnded: { way: 'all', why: SWEEP },
    end: { way: 'keys', why: RENEWING },
    keep: { way: 'keys', why: RENEWING },
  },
  'src/subscriptions/reminders.repository.ts': {
    take: { way: 'keys', why: RENEWING },
    drop: { way: 'keys', why: RENEWING },
  },
  'src/subscriptions/subscriptions.repository.ts': {
    holdAll: { way: 'keys', locks: true, why: RENEWING },
    write: { way: 'all', why: RENEWING },
  },
  'src/payments/held-surplus.repository.ts': {
    hold: { way: 'keys', locks: true, why: PAGE },
    take: { way: 'keys', why: RENEWING },
    apply: { way: 'keys', why: RENEWING },
  },
  'src/notices/notices.repository.ts': {
    addressees: {
      way: 'keys',
      why: 'whom to write to about what happened at everybody whom a page of the ledger concerns',
    },
  },
  'src/payments/balances.repository.ts': {
    listLeastRecent: { way: 'all', why: `job: which account to look at next; ${ADDRESS}` },
  },
  'src/payments/intents.repository.ts': { deleteEnded: { way: 'all', locks: true, why: SWEEP } },
  'src/rates/quotes.repository.ts': { deleteUnchosen: { way: 'all', why: SWEEP } },
  'src/webhooks/delivery-outcomes.repository.ts': {
    record: { way: 'keys', why: 'job: what receivers have answered, of all merchants whose turn it was' },
  },
  'src/webhooks/delivery-queue.repository.ts': {
    claim: { way: 'directory', why: 'job: deliveries of the merchants whose turns it holds in the directory' },
    announceForgotten: { way: 'all', why: SWEEP },
    endStranded: { way: 'all', why: SWEEP },
    deleteEnded: { way: 'all', locks: true, why: SWEEP },
  },
  'src/webhooks/event-append.ts': {
    eventAppend: { way: 'keys', why: 'what happened at everybody whom a change or a page of the ledger concerns' },
  },
  'src/webhooks/event-fan-out.repository.ts': { tell: { way: 'keys', locks: true, why: NUMBERING } },
  'src/webhooks/event-numbers.repository.ts': { number: { way: 'keys', why: NUMBERING } },
};
