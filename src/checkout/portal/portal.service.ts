import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import type { Tenant } from '../../common/tenant';
import { CustomerRecordsService } from '../../customers/customer-records.service';
import { InvoiceReadsService } from '../../invoices/invoice-reads.service';
import { LinksService } from '../../links/links.service';
import type { PaymentLink } from '../../links/payment-link';
import { PAYER } from '../../links/visitor';
import { MerchantsService } from '../../merchants/merchants.service';
import { mailAddressOf } from '../../subscriptions/subscription';
import { PortalTokensService } from '../../subscriptions/portal-tokens.service';
import type { Period } from '../../subscriptions/subscription';
import { type Actor, SubscriptionActionsService } from '../../subscriptions/subscription-actions.service';
import { SubscriptionReadsService } from '../../subscriptions/subscription-reads.service';
import { type PortalView, portalView } from './portal-view';

/** Periods that the page lists. */
const SHOWN = 24;

/** What the holder of a key can see and do. Every method throws `portal_token_invalid`. */
@Injectable()
export class PortalService {
  constructor(
    private readonly tokens: PortalTokensService,
    private readonly reads: SubscriptionReadsService,
    private readonly actions: SubscriptionActionsService,
    private readonly invoices: InvoiceReadsService,
    private readonly links: LinksService,
    private readonly customers: CustomerRecordsService,
    private readonly merchants: MerchantsService,
    private readonly clock: Clock,
  ) {}

  async view(token: string): Promise<PortalView> {
    const { merchantId, subscriptionId } = await this.tokens.ownerOf(token);
    const owner = { merchantId, network: null };
    const subscription = await this.reads.get(owner, subscriptionId);
    const { customerId, remindsCustomer } = subscription;
    const [{ name }, periods, [customer]] = await Promise.all([
      this.merchants.settings(merchantId),
      this.reads.listLatestPeriods(subscription, SHOWN),
      customerId === null || !remindsCustomer ? [] : this.customers.listByIds(merchantId, [customerId]),
    ]);
    const [invoices, links] = await Promise.all([
      this.invoices.listByIds(
        owner,
        periods.flatMap(({ invoiceId }) => invoiceId ?? []),
      ),
      this.linksOf(owner, periods),
    ]);
    return portalView(
      subscription,
      name,
      mailAddressOf(subscription, customer),
      periods,
      new Map(invoices.map((invoice) => [invoice.id, invoice])),
      new Map(links.map((link) => [link.id, link])),
      this.clock.now(),
    );
  }

  private async linksOf(owner: Tenant, periods: readonly Period[]): Promise<PaymentLink[]> {
    const ids = periods.flatMap(({ linkId }) => linkId ?? []);
    return ids.length === 0 ? [] : this.links.listByIds(owner, ids);
  }

  /** Throws `subscription_final`, too. */
  async cancel(token: string, requestId: string, atPeriodEnd: boolean): Promise<void> {
    const { id, actor } = await this.actorOf(token, requestId);
    await this.actions.cancel(actor, id, atPeriodEnd);
  }

  /** Throws `subscription_final`, `subscription_not_resumable`, too. */
  async resume(token: string, requestId: string): Promise<void> {
    const { id, actor } = await this.actorOf(token, requestId);
    await this.actions.resume(actor, id);
  }

  async changeEmail(token: string, requestId: string, email: string | null): Promise<void> {
    const { id, actor } = await this.actorOf(token, requestId);
    await this.actions.changeEmail(actor, id, email);
  }

  private async actorOf(token: string, requestId: string): Promise<{ readonly id: string; readonly actor: Actor }> {
    const { merchantId, subscriptionId } = await this.tokens.ownerOf(token);
    return { id: subscriptionId, actor: { merchantId, network: null, actor: PAYER, requestId } };
  }
}
