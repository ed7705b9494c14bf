import { Injectable } from '@nestjs/common';
import type { Author, AuditValues } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import type { Tenant } from '../common/tenant';
import { TransactionConflict, violatedUnique } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import { assertIfMatch } from '../http/preconditions';
import { InvoicePayerService } from '../invoices/invoice-payer.service';
import { CurrenciesService } from '../rates/currencies.service';
import { PeriodsRepository } from './periods.repository';
import { PortalTokensService } from './portal-tokens.service';
import type { Subscription } from './subscription';
import { cancelled, type Move, settled, untouched, withdrawn } from './subscription-moves';
import { SubscriptionInvoicesService } from './subscription-invoices.service';
import { LIVE_STATUSES } from './subscription-states';
import { type HeldSubscription, SubscriptionStoreService } from './subscription-store.service';
import { SubscriptionsRepository } from './subscriptions.repository';

/** Who acts, and where: its merchant, or its payer by the portal. */
export type Actor = Author & Tenant;

/** What its merchant may rewrite; absent members stay as they are. */
export interface SubscriptionPatch {
  readonly reference?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly pausedUntil?: Date | null;
  readonly customerEmail?: string | null;
}

type Verb = 'cancelled' | 'cancellation_scheduled' | 'resumed' | 'updated' | 'price_changed' | 'portal_link_issued';

/** What people do to subscriptions. Every method throws `resource_not_found`. */
@Injectable()
export class SubscriptionActionsService {
  constructor(
    private readonly repository: SubscriptionsRepository,
    private readonly periods: PeriodsRepository,
    private readonly store: SubscriptionStoreService,
    private readonly invoices: SubscriptionInvoicesService,
    private readonly tokens: PortalTokensService,
    private readonly payers: InvoicePayerService,
    private readonly currencies: CurrenciesService,
    private readonly audit: AuditLogService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** At once, or with the time that is paid for. The open invoice is cancelled; what was paid stays paid. Throws `subscription_final`. */
  cancel(actor: Actor, id: string, atPeriodEnd: boolean): Promise<void> {
    const reason = actor.actor === 'payer' ? 'payer_cancelled' : 'merchant_cancelled';
    return this.change(actor, id, atPeriodEnd ? 'cancellation_scheduled' : 'cancelled', (held) => {
      const { subscription } = held;
      const isLive = LIVE_STATUSES.includes(subscription.status);
      if (!isLive && subscription.status !== 'incomplete') throw final(subscription);
      if (!atPeriodEnd || !isLive) return cancelled(held, reason, this.clock.now());
      if (subscription.cancelAtPeriodEnd)
        throw new DomainError('subscription_final', { detail: 'The subscription is to end already' });
      return settled({
        ...untouched(held),
        subscription: { ...subscription, cancelAtPeriodEnd: true, reason },
        happenings: [{ type: 'subscription.cancellation_scheduled', period: held.open }],
      });
    });
  }

  /** Takes back a cancellation that has not come yet. Throws `subscription_final`, `subscription_not_resumable`. */
  resume(actor: Actor, id: string): Promise<void> {
    return this.change(actor, id, 'resumed', (held) => {
      const { subscription } = held;
      if (!LIVE_STATUSES.includes(subscription.status)) throw final(subscription);
      if (!subscription.cancelAtPeriodEnd) throw new DomainError('subscription_not_resumable');
      return settled({
        ...untouched(held),
        subscription: { ...subscription, cancelAtPeriodEnd: false, reason: null },
        happenings: [{ type: 'subscription.resumed', period: null }],
      });
    });
  }

  /** Throws `subscription_final`, `subscription_not_pausable`, `precondition_failed`, `reference_duplicate`. */
  async update(actor: Actor, id: string, patch: SubscriptionPatch, ifMatch?: string): Promise<void> {
    try {
      await this.change(actor, id, 'updated', async (held) => {
        assertIfMatch(ifMatch, held.subscription.version);
        return this.patched(held, patch);
      });
    } catch (error) {
      if (violatedUnique(error) !== 'subscriptions_reference_unique') throw error;
      throw new DomainError('reference_duplicate', { detail: patch.reference ?? '', cause: error });
    }
  }

  /** From a period on whose invoice is not open yet. Throws `subscription_final`, `price_change_too_late`, `price_change_pending` and the conditions of an amount. */
  changePrice(actor: Actor, id: string, price: bigint, fromPeriod: number): Promise<void> {
    return this.change(actor, id, 'price_changed', (held) => {
      const { subscription } = held;
      if (!LIVE_STATUSES.includes(subscription.status)) throw final(subscription);
      if (fromPeriod < subscription.nextIndex)
        throw new DomainError('price_change_too_late', {
          detail: `The next period whose invoice is not open has the index ${subscription.nextIndex}`,
        });
      const announced = subscription.nextPriceFrom;
      if (announced !== null && fromPeriod > announced)
        throw new DomainError('price_change_pending', {
          detail: `From the period ${announced} on there is another price already; change that one, or wait until its invoice is open`,
        });
      const worth = this.invoices.worth(subscription, price);
      if (worth === undefined) throw new DomainError('amount_above_maximum');
      this.currencies.assertAmount(subscription.currency, worth.total);
      return settled({
        ...untouched(held),
        subscription: { ...subscription, nextPrice: price, nextTotal: worth.total, nextPriceFrom: fromPeriod },
        happenings: [{ type: 'subscription.price_changed', period: null, more: { fromPeriod } }],
      });
    });
  }

  /** The address of the portal with a new key; those that were issued before work no more. */
  portalLink(actor: Actor, id: string): Promise<string> {
    return this.transactions.run(async () => {
      const { merchantId } = await this.find(actor, id);
      const url = await this.tokens.reissue({ merchantId, subscriptionId: id });
      await this.note(actor, id, 'portal_link_issued', null, {});
      return url;
    });
  }

  /** Where reminders go; null for nowhere. Nobody has proved the address, so the customer stays who it is. */
  changeEmail(actor: Actor, id: string, email: string | null): Promise<void> {
    return this.update(actor, id, { customerEmail: email });
  }

  private async patched(held: HeldSubscription, patch: SubscriptionPatch): Promise<Move> {
    const { customerEmail, pausedUntil, ...rest } = patch;
    const before = held.subscription;
    const address = await this.readdressed(held, customerEmail);
    const changed = { ...untouched(held), subscription: { ...before, ...rest, ...address } };
    if (pausedUntil === undefined || pausedUntil?.getTime() === before.pausedUntil?.getTime()) return settled(changed);
    if (!LIVE_STATUSES.includes(before.status)) throw final(before);
    if (pausedUntil === null) {
      const ended = { ...changed, subscription: { ...changed.subscription, pausedUntil } };
      return settled({ ...ended, happenings: [{ type: 'subscription.resumed', period: null }] });
    }
    return this.paused(held, changed, pausedUntil);
  }

  /** What has begun is owed; what would begin within the pause is not asked for. */
  private paused(held: HeldSubscription, changed: Move, pausedUntil: Date): Move {
    const now = this.clock.now();
    if (held.subscription.status !== 'active')
      throw new DomainError('subscription_not_pausable', {
        detail: `Its status is ${held.subscription.status}: what is due must be paid first`,
      });
    if (pausedUntil <= now)
      throw new DomainError('attributes_invalid', {
        status: 422,
        faults: [{ path: 'pausedUntil', message: 'must be in the future', pointer: '/data/attributes/pausedUntil' }],
      });
    const { open } = held;
    const withdraws = open?.startsAt != null && open.startsAt > now && open.startsAt < pausedUntil ? open : null;
    const before = withdraws === null ? changed : withdrawn({ ...held, ...changed }, withdraws);
    return settled({
      ...before,
      subscription: { ...before.subscription, pausedUntil },
      happenings: [...before.happenings, { type: 'subscription.paused', period: null }],
      ...(withdraws === null ? {} : { withdraws }),
    });
  }

  /** On the invoice that is open, too, whose receipt goes there. */
  private async readdressed(
    { subscription, open }: HeldSubscription,
    email: string | null | undefined,
  ): Promise<Partial<Pick<Subscription, 'email' | 'remindsCustomer'>>> {
    if (email === undefined) return {};
    if (open !== null && open.invoiceId !== null && !subscription.billsCustomer)
      await this.payers.readdress({ merchantId: open.merchantId, id: open.invoiceId }, email);
    return { email, remindsCustomer: false };
  }

  /** Holds what the open period is paid by first, then the subscription, as everywhere; writes the move, its events and its entry in the audit log. */
  private change(
    actor: Actor,
    id: string,
    verb: Verb,
    move: (held: HeldSubscription) => Move | Promise<Move>,
  ): Promise<void> {
    return this.transactions.run(async () => {
      const subscription = await this.find(actor, id);
      const [waiting] = await this.periods.listWaiting([subscription]);
      if (waiting !== undefined) await this.store.holdAsking(waiting);
      const [held] = await this.store.hold(subscription.merchantId, [id], 'wait');
      if (held === undefined) throw new DomainError('resource_not_found');
      if (held.open !== null && held.open.id !== waiting?.id)
        throw new TransactionConflict('another period of the subscription was opened');
      const moved = await move(held);
      await this.store.write([{ held, move: moved }]);
      if (moved.withdraws !== undefined && (await this.store.withdraw([moved.withdraws])).size === 0)
        throw new TransactionConflict('the invoice of the period is not open any more');
      const after = factsOf(moved.subscription);
      await this.note(actor, id, verb, factsOf(held.subscription), {
        ...after,
        ...(isReaddressed(held.subscription, moved.subscription) ? { changed: ['customerEmail'] } : {}),
      });
    });
  }

  private async find(actor: Actor, id: string): Promise<Subscription> {
    const [found] = isRowId(id) ? await this.repository.listByIds(actor, [id]) : [];
    if (found === undefined) throw new DomainError('resource_not_found');
    return found;
  }

  private note(actor: Actor, id: string, verb: Verb, before: AuditValues | null, after: AuditValues): Promise<void> {
    const { merchantId, network, requestId } = actor;
    return this.audit.record({
      merchantId,
      network,
      actor: actor.actor,
      requestId,
      action: `subscription.${verb}`,
      subjectType: 'subscriptions',
      subjectId: id,
      before,
      after,
    });
  }
}

function factsOf({
  status,
  cancelAtPeriodEnd,
  pausedUntil,
  nextPriceFrom,
  reference,
  customerId,
}: Subscription): AuditValues {
  return { status, cancelAtPeriodEnd, pausedUntil, nextPriceFrom, reference, customerId };
}

/** The log cannot be erased, so it keeps no address. */
function isReaddressed(before: Subscription, after: Subscription): boolean {
  return before.email !== after.email || before.remindsCustomer !== after.remindsCustomer;
}

function final({ status }: Subscription): DomainError {
  return new DomainError('subscription_final', { detail: `Nothing can be changed any more. Its status is ${status}` });
}
