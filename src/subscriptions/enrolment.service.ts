import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids } from '../common/ids';
import { CustomerRecordsService } from '../customers/customer-records.service';
import { Transactions } from '../database/transactions';
import type { Invoice } from '../invoices/invoice';
import { InvoicePayerService } from '../invoices/invoice-payer.service';
import { type ChoiceKey } from '../links/choices/link-choice-keys.service';
import { PAYER } from '../links/visitor';
import { LinkCheckoutService } from '../links/choices/link-checkout.service';
import type { CheckoutChoice } from '../links/offers/link-offer';
import type { PaymentLink } from '../links/payment-link';
import type { Beginning } from '../links/slots/reusable-links.service';
import { EventsService } from '../webhooks/events.service';
import { newSubscription } from './new-subscription';
import { PeriodsRepository } from './periods.repository';
import { PortalTokensService } from './portal-tokens.service';
import type { Subscription } from './subscription';
import { subscriptionEvent } from './subscription-event';
import { SubscriptionInvoicesService } from './subscription-invoices.service';
import { SubscriptionsRepository } from './subscriptions.repository';

/** What a payer says of himself. */
export interface Subscriber {
  readonly email: string | null;
}

export interface Enrolled {
  /** Of the first period. */
  readonly invoice: Invoice;
  readonly portalUrl: string;
}

/** A key that leads to a subscription must be hard to guess. */
const SHORTEST_KEY = 20;

/** Payers subscribe by themselves; the subscription begins when the first period is paid. */
@Injectable()
export class EnrolmentService {
  constructor(
    private readonly checkout: LinkCheckoutService,
    private readonly repository: SubscriptionsRepository,
    private readonly periods: PeriodsRepository,
    private readonly invoices: SubscriptionInvoicesService,
    private readonly tokens: PortalTokensService,
    private readonly customers: CustomerRecordsService,
    private readonly payers: InvoicePayerService,
    private readonly events: EventsService,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Throws what `LinkCheckoutService.enrol` throws, and `idempotency_key_malformed` for a key that can be guessed. */
  async enrol(
    publicId: string,
    choice: CheckoutChoice,
    subscriber: Subscriber,
    payerAddress: string,
    key: ChoiceKey | null,
  ): Promise<Enrolled> {
    if (key !== null && key.text.length < SHORTEST_KEY)
      throw new DomainError('idempotency_key_malformed', {
        detail: `The Idempotency-Key of an enrolment needs at least ${SHORTEST_KEY} characters: it leads to the subscription`,
      });
    let portalUrl: string | undefined;
    const said = { ...choice, subscriber: subscriber.email };
    const invoice = await this.checkout.enrol(publicId, said, payerAddress, key, (link) =>
      this.beginning(link, subscriber, (url) => (portalUrl = url)),
    );
    return { invoice, portalUrl: portalUrl ?? (await this.repeated(invoice, subscriber, key)) };
  }

  private beginning(link: PaymentLink, { email }: Subscriber, told: (portalUrl: string) => void): Beginning {
    let begun: Subscription | undefined;
    return {
      before: async ({ items: [item], amount, payCurrency }, { name, address, customFields }) => {
        if (item === undefined) throw new Error(`payment link ${link.id} asks for nothing`);
        const customerId = await this.customerIdOf(link);
        begun = newSubscription({
          id: this.ids.row(),
          publicId: this.ids.publicId(),
          link,
          item,
          total: amount,
          payCurrency,
          customerId,
          billsCustomer: customerId !== null,
          remindsCustomer: false,
          email,
          payerName: name,
          payerAddress: address,
          answers: customFields ?? {},
          reference: null,
          metadata: {},
          createdBy: PAYER,
          createdAt: this.clock.now(),
        });
        await this.repository.insert(begun);
        return { period: { subscriptionId: begun.id, index: 0 }, email };
      },
      after: async (invoice) => {
        if (begun === undefined) throw new Error('an invoice was made before its subscription');
        const { merchantId, id } = begun;
        const period = this.invoices.periodOf(begun, 0, invoice);
        await this.periods.write([period], invoice.createdAt);
        told(await this.tokens.issue({ merchantId, subscriptionId: id }));
        await this.events.record([
          subscriptionEvent(begun, { type: 'subscription.created', period }, invoice.publicId),
        ]);
      },
    };
  }

  /** Sent once more under its key: another key to the same subscription, unless its merchant has ended them. */
  private repeated(invoice: Invoice, { email }: Subscriber, key: ChoiceKey | null): Promise<string> {
    const { merchantId, subscriptionId } = invoice;
    if (subscriptionId === null || key === null) throw new Error('a subscription was not begun');
    return this.transactions.run(async () => {
      const subscription = await this.corrected(invoice, subscriptionId, email, key);
      return this.tokens.issueAgain({ merchantId, subscriptionId }, key.text, subscription);
    });
  }

  /**
   * The address is a part of the choice, so another one under the same key was refused before. Who goes back in a form and puts it right while
   * nothing is paid means the same subscription.
   */
  private async corrected(
    invoice: Invoice,
    id: string,
    email: string | null,
    { bound }: ChoiceKey,
  ): Promise<Subscription> {
    const { merchantId } = invoice;
    const [known] = await this.repository.listByIds({ merchantId, network: null }, [id]);
    if (known === undefined) throw new Error(`subscription ${id} is not there`);
    const said = known.billsCustomer ? known.email : invoice.clientEmail;
    if (bound || said === email) return known;
    if (known.status !== 'incomplete') return known;
    // Invoices are held before subscriptions.
    if (!known.billsCustomer && !(await this.payers.readdress(invoice, email))) return known;
    const [held] = await this.repository.hold(merchantId, [id], 'wait');
    if (held?.status !== 'incomplete') return held ?? known;
    await this.repository.write([{ ...held, email }], this.clock.now());
    return held;
  }

  /** The customer whom the link names, whoever pays. Nobody is left of an erased one. */
  private async customerIdOf({ merchantId, customerId }: PaymentLink): Promise<string | null> {
    const [customer] = customerId === null ? [] : await this.customers.listByIds(merchantId, [customerId]);
    return customer === undefined || customer.erasedAt !== null ? null : customer.id;
  }
}
