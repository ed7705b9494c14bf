import { CreateMerchants1763600000000 } from './1763600000000-create-merchants';
import { CreateCredentials1763600000001 } from './1763600000001-create-credentials';
import { CreateInvoices1763600000002 } from './1763600000002-create-invoices';
import { CreatePayments1763600000003 } from './1763600000003-create-payments';
import { CreateEvents1763600000004 } from './1763600000004-create-events';
import { CreateCounters1763600000005 } from './1763600000005-create-counters';
import { CreateSandbox1763600000006 } from './1763600000006-create-sandbox';
import { CreatePaymentReferences1763600000007 } from './1763600000007-create-payment-references';
import { CreatePaymentLinks1763600000008 } from './1763600000008-create-payment-links';
import { CreatePaymentIntents1763600000009 } from './1763600000009-create-payment-intents';
import { CreateWatchedBalances1763600000010 } from './1763600000010-create-watched-balances';
import { NumberEvents1763600000110 } from './1763600000110-number-events';
import { CreateWebhookEndpoints1763600000111 } from './1763600000111-create-webhook-endpoints';
import { CreateWebhookDeliveries1763600000112 } from './1763600000112-create-webhook-deliveries';
import { CreateIdempotencyKeys1763600000120 } from './1763600000120-create-idempotency-keys';
import { CreateAuditLog1763600000130 } from './1763600000130-create-audit-log';
import { CreateProducts1763600000131 } from './1763600000131-create-products';
import { VersionConfiguration1763600000132 } from './1763600000132-version-configuration';
import { PricePaymentLinks1763600000140 } from './1763600000140-price-payment-links';
import { CreatePaymentResolutions1763600000141 } from './1763600000141-create-payment-resolutions';
import { CreatePaymentLinkChoices1763600000142 } from './1763600000142-create-payment-link-choices';
import { CreateQuotes1763600000150 } from './1763600000150-create-quotes';
import { TightenWebhookDeliveries1763600000160 } from './1763600000160-tighten-webhook-deliveries';
import { ReusePaymentLinks1763600000170 } from './1763600000170-reuse-payment-links';
import { PreparePathPayments1763600000180 } from './1763600000180-prepare-path-payments';
import { VersionWebhookEndpoints1763600000190 } from './1763600000190-version-webhook-endpoints';
import { PlaceEvents1763600000191 } from './1763600000191-place-events';
import { FindOldQuotes1763600000192 } from './1763600000192-find-old-quotes';
import { IndexLookups1763600000200 } from './1763600000200-index-lookups';
import { CreateLives1763600000210 } from './1763600000210-create-lives';
import { NumberEventsPerMerchant1763600000220 } from './1763600000220-number-events-per-merchant';
import { ScopeIdempotencyKeys1763600000260 } from './1763600000260-scope-idempotency-keys';
import { SpellTextsOnce1763600000261 } from './1763600000261-spell-texts-once';
import { BreakTaxesDown1763600000290 } from './1763600000290-break-taxes-down';
import { QueueWebhookTurns1763600000240 } from './1763600000240-queue-webhook-turns';
import { PlaceMerchantsInTime1763600000291 } from './1763600000291-place-merchants-in-time';
import { KeepChoicesSideBySide1763600000250 } from './1763600000250-keep-choices-side-by-side';
import { KeyChoices1763600000251 } from './1763600000251-key-choices';
import { KeepCreditsAside1763600000230 } from './1763600000230-keep-credits-aside';
import { CreateReceivability1763600000252 } from './1763600000252-create-receivability';
import { RememberTheLedgerAtBirth1763600000211 } from './1763600000211-remember-the-ledger-at-birth';
import { RoundQuotes1763600000253 } from './1763600000253-round-quotes';
import { WidenSums1763600000231 } from './1763600000231-widen-sums';
import { WatchProcesses1763600000270 } from './1763600000270-watch-processes';
import { SupersedeInvoices1763600000232 } from './1763600000232-supersede-invoices';
import { UndoAttachments1763600000233 } from './1763600000233-undo-attachments';
import { NameIssuersOfCredentials1763600000293 } from './1763600000293-name-issuers-of-credentials';
import { SpeakToWebhookEndpoints1763600000315 } from './1763600000315-speak-to-webhook-endpoints';
import { MoveTheSandboxClock1763600000300 } from './1763600000300-move-the-sandbox-clock';
import { PartTenantsFromDirectory1763600000294 } from './1763600000294-part-tenants-from-directory';
import { QueueDeadlines1763600000295 } from './1763600000295-queue-deadlines';
import { LetLinksBeWithoutEnd1763600000312 } from './1763600000312-let-links-be-without-end';
import { LetMembersChooseMail1763600000331 } from './1763600000331-let-members-choose-mail';
import { CountPageViews1763600000332 } from './1763600000332-count-page-views';
import { RememberIncidents1763600000333 } from './1763600000333-remember-incidents';
import { BookPayments1763600000334 } from './1763600000334-book-payments';
import { AskInFiatAgainAndAgain1763600000343 } from './1763600000343-ask-in-fiat-again-and-again';
import { AskWhoSubscribes1763600000353 } from './1763600000353-ask-who-subscribes';
import { KeepWhatChoicesSay1763600000357 } from './1763600000357-keep-what-choices-say';
import { GiveLinksTheirTerms1763600000292 } from './1763600000292-give-links-their-terms';
import { SellByLinks1763600000310 } from './1763600000310-sell-by-links';
import { DescribeProducts1763600000318 } from './1763600000318-describe-products';
import { DescribeCustomers1763600000319 } from './1763600000319-describe-customers';
import { CreateSubscriptions1763600000320 } from './1763600000320-create-subscriptions';
import { KeepWhatSubscriptionsSay1763600000325 } from './1763600000325-keep-what-subscriptions-say';
import { QueueMail1763600000330 } from './1763600000330-queue-mail';

import { RememberReleasedMoney1763600000346 } from './1763600000346-remember-released-money';
import { FindBookedMoney1763600000347 } from './1763600000347-find-booked-money';

/** In order of application. A landed migration is never edited; the next change is a new file. */
export const MIGRATIONS = [
  CreateMerchants1763600000000,
  CreateCredentials1763600000001,
  CreateInvoices1763600000002,
  CreatePayments1763600000003,
  CreateEvents1763600000004,
  CreateCounters1763600000005,
  CreateSandbox1763600000006,
  CreatePaymentReferences1763600000007,
  CreatePaymentLinks1763600000008,
  CreatePaymentIntents1763600000009,
  CreateWatchedBalances1763600000010,
  NumberEvents1763600000110,
  CreateWebhookEndpoints1763600000111,
  CreateWebhookDeliveries1763600000112,
  CreateIdempotencyKeys1763600000120,
  CreateAuditLog1763600000130,
  CreateProducts1763600000131,
  VersionConfiguration1763600000132,
  PricePaymentLinks1763600000140,
  CreatePaymentResolutions1763600000141,
  CreatePaymentLinkChoices1763600000142,
  CreateQuotes1763600000150,
  TightenWebhookDeliveries1763600000160,
  ReusePaymentLinks1763600000170,
  PreparePathPayments1763600000180,
  VersionWebhookEndpoints1763600000190,
  PlaceEvents1763600000191,
  FindOldQuotes1763600000192,
  IndexLookups1763600000200,
  CreateLives1763600000210,
  QueueWebhookTurns1763600000240,
  NumberEventsPerMerchant1763600000220,
  ScopeIdempotencyKeys1763600000260,
  SpellTextsOnce1763600000261,
  BreakTaxesDown1763600000290,
  PlaceMerchantsInTime1763600000291,
  KeepChoicesSideBySide1763600000250,
  KeyChoices1763600000251,
  KeepCreditsAside1763600000230,
  CreateReceivability1763600000252,
  RememberTheLedgerAtBirth1763600000211,
  RoundQuotes1763600000253,
  WidenSums1763600000231,
  WatchProcesses1763600000270,
  SupersedeInvoices1763600000232,
  UndoAttachments1763600000233,
  GiveLinksTheirTerms1763600000292,
  NameIssuersOfCredentials1763600000293,
  MoveTheSandboxClock1763600000300,
  PartTenantsFromDirectory1763600000294,
  QueueDeadlines1763600000295,
  SellByLinks1763600000310,
  LetLinksBeWithoutEnd1763600000312,
  SpeakToWebhookEndpoints1763600000315,
  DescribeProducts1763600000318,
  DescribeCustomers1763600000319,
  CreateSubscriptions1763600000320,
  KeepWhatSubscriptionsSay1763600000325,
  QueueMail1763600000330,
  LetMembersChooseMail1763600000331,
  CountPageViews1763600000332,
  RememberIncidents1763600000333,
  BookPayments1763600000334,
  AskInFiatAgainAndAgain1763600000343,
  RememberReleasedMoney1763600000346,
  FindBookedMoney1763600000347,
  AskWhoSubscribes1763600000353,
  KeepWhatChoicesSay1763600000357,
];
