import { Injectable } from '@nestjs/common';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Clock } from '../../../common/clock';
import { DomainError } from '../../../common/errors';
import { Settings } from '../../../env';
import { assertAll, type MemberRule, type SentBody } from '../../../http/sent-body';
import type { Invoice } from '../../../invoices/invoice';
import {
  InvoiceActionsService,
  type InvoiceAddress,
  type InvoicePatch,
} from '../../../invoices/invoice-actions.service';
import {
  type CreatedInvoice,
  type CreationAllowance,
  type InvoiceDraft,
  InvoicesService,
} from '../../../invoices/invoices.service';
import { InvoiceSupersessionService } from '../../../links/invoice-supersession.service';
import { Networks } from '../../../stellar/networks';
import { type Till, WalletContextService } from '../wallet-context.service';
import type { CreateInvoiceDto, PatchInvoiceDto } from './invoice.dto';
import {
  assertTaxRate,
  assertWorth,
  changesWorth,
  dueDateOf,
  fault,
  isBareDate,
  NOTHING,
  worth,
  type WorthBefore,
} from './invoice-rules';

const DEFAULT_TITLE = 'Invoice';
const WINDOW_SECONDS = 3600;

/** From the wallet API's words for an invoice to the domain's. */
@Injectable()
export class WalletInvoicesService {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly actions: InvoiceActionsService,
    private readonly supersession: InvoiceSupersessionService,
    private readonly context: WalletContextService,
    private readonly networks: Networks,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Throws `invoice_limit_reached`, `recipient_mismatch`, `invoice_total_invalid`, `asset_unsupported` or `validation_failed`. */
  async create(caller: ChangingPrincipal, body: SentBody<CreateInvoiceDto>): Promise<CreatedInvoice> {
    const { dto } = body;
    await assertAll(body, [
      [['networkPassphrase'], () => this.context.networkFor(caller, dto.networkPassphrase)],
      ...this.rules(caller, dto, NOTHING),
    ]);
    const till = await this.context.till(caller, dto.networkPassphrase, undefined);
    assertOwnWallet(dto.freelancerWallet, till.destination);
    return this.invoices.create(
      caller,
      this.draft(caller, dto, till, await this.dueDate(caller, dto.dueDate ?? null)),
      this.allowance(caller),
    );
  }

  /**
   * A new draft that says what the old invoice said, but for the given changes, in its place. Throws what `patch` and `create` throw, and
   * `invoice_not_cancellable`, `invoice_of_link`.
   */
  async supersede(
    caller: ChangingPrincipal,
    publicId: string,
    change: (old: Invoice) => SentBody<PatchInvoiceDto>,
  ): Promise<Invoice> {
    const { status, received, updatedAt } = await this.get(caller, publicId);
    // What the caller could read of it: not yet that it is cancelled.
    const draft = async (old: Invoice): Promise<InvoiceDraft> =>
      copyOf(
        caller,
        old,
        await this.patchOf(caller, old, change(Object.assign({}, old, { status, received, updatedAt }))),
        this.clock.now(),
      );
    return (await this.supersession.supersede(caller, addressOf(caller, publicId), draft, this.allowance(caller)))
      .invoice;
  }

  /** Only the caller's own, on the network of its key. Throws `invoice_not_found`. */
  async get(caller: Principal, publicId: string): Promise<Invoice> {
    const invoice = await this.invoices.getOwned(caller.merchantId, publicId);
    if (caller.network !== null && invoice.network !== caller.network) throw new DomainError('invoice_not_found');
    return invoice;
  }

  /** Whatever changes the worth rewrites all of it, so that two changes at once cannot mix their sums. */
  async patch(caller: ChangingPrincipal, invoice: Invoice, body: SentBody<PatchInvoiceDto>): Promise<Invoice> {
    const patch = await this.patchOf(caller, invoice, body);
    return Object.keys(patch).length === 0
      ? invoice
      : this.actions.patch(caller, addressOf(caller, invoice.publicId), patch);
  }

  send(caller: ChangingPrincipal, publicId: string): Promise<Invoice> {
    return this.actions.send(caller, addressOf(caller, publicId));
  }

  cancel(caller: ChangingPrincipal, publicId: string): Promise<Invoice> {
    return this.actions.cancel(caller, addressOf(caller, publicId));
  }

  delete(caller: ChangingPrincipal, publicId: string): Promise<void> {
    return this.actions.delete(caller, addressOf(caller, publicId));
  }

  private async patchOf(
    caller: ChangingPrincipal,
    invoice: Invoice,
    body: SentBody<PatchInvoiceDto>,
  ): Promise<InvoicePatch> {
    const { dto } = body;
    await assertAll(body, [
      [['freelancerWallet'], () => assertOwnWallet(dto.freelancerWallet, invoice.destination)],
      [['networkPassphrase'], () => this.assertSameNetwork(dto.networkPassphrase, invoice)],
      ...this.rules(caller, dto, invoice),
    ]);
    const {
      title,
      description,
      notes,
      reference,
      clientName,
      clientEmail,
      clientCompany,
      clientAddress,
      dueDate,
      currency,
    } = dto;
    const texts = { description, notes, reference, clientName, clientEmail, clientCompany, clientAddress };
    const asset = currency === undefined ? undefined : this.networks.asset(invoice.network, currency);
    return {
      ...(Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)) as InvoicePatch),
      ...(title === undefined ? {} : { title }),
      ...(dueDate === undefined ? {} : { expiresAt: await this.dueDate(caller, dueDate) }),
      ...(asset === undefined ? {} : { assetCode: asset.code, assetIssuer: asset.issuer }),
      ...(changesWorth(dto) ? worth(dto, invoice, title ?? invoice.title) : {}),
    };
  }

  /** What the members mean, each judged by itself as far as it goes. */
  private rules(caller: Principal, dto: PatchInvoiceDto, before: WorthBefore): readonly MemberRule[] {
    return [
      [['taxRate'], () => assertTaxRate(dto)],
      [['lineItems', 'items', 'amount', 'taxRate', 'discount'], () => assertWorth(dto, before)],
      [['dueDate'], () => this.dueDate(caller, dto.dueDate ?? null)],
    ];
  }

  private assertSameNetwork(passphrase: string | undefined, { network }: Invoice): void {
    if (passphrase !== undefined && passphrase !== this.networks.of(network).passphrase)
      throw new DomainError('network_mismatch', { detail: 'The network of an invoice cannot be changed' });
  }

  /** Where a day ends is asked for only when a day is all that was said. */
  private async dueDate({ merchantId }: Principal, value: string | null): Promise<Date | null> {
    const zone = isBareDate(value) ? await this.context.timeZone(merchantId) : 'UTC';
    return dueDateOf(value, this.clock.now(), zone);
  }

  private allowance({ merchantId }: Principal): CreationAllowance {
    const limit = this.settings.limits.invoicesPerHour;
    const message = `Invoice creation limit reached. Maximum ${limit} invoices per hour per wallet.`;
    return {
      name: 'invoices',
      subject: merchantId,
      limit,
      windowSeconds: WINDOW_SECONDS,
      refusal: 'invoice_limit_reached',
      message,
    };
  }

  private draft(caller: Principal, dto: CreateInvoiceDto, till: Till, expiresAt: Date | null): InvoiceDraft {
    const title = dto.title ?? DEFAULT_TITLE;
    return {
      merchantId: caller.merchantId,
      createdBy: caller.actor,
      network: till.network.network,
      destination: till.destination,
      asset: this.networks.asset(till.network.network, dto.currency),
      status: 'DRAFT',
      title,
      description: dto.description ?? null,
      notes: dto.notes ?? null,
      reference: dto.reference ?? null,
      clientName: dto.clientName ?? null,
      clientEmail: dto.clientEmail ?? null,
      clientCompany: dto.clientCompany ?? null,
      clientAddress: dto.clientAddress ?? null,
      ...worth(dto, NOTHING, title),
      activateNewAccounts: false,
      expiresAt,
      policy: till.policy,
    };
  }
}

function addressOf({ merchantId, network }: Principal, publicId: string): InvoiceAddress {
  return { merchantId, network, by: 'publicId', value: publicId };
}

/** Everything that the old invoice said and promised, with the changes. A deadline that is over is not carried over. */
function copyOf({ actor }: ChangingPrincipal, old: Invoice, patch: InvoicePatch, now: Date): InvoiceDraft {
  const { merchantId, network, destination, activateNewAccounts, toleranceBp, lateGraceSeconds } = old;
  const {
    title,
    description,
    notes,
    reference,
    clientName,
    clientEmail,
    clientCompany,
    clientAddress,
    lines,
    subtotal,
    taxRate,
    taxes,
    taxAmount,
    discount,
    total,
    scale,
    assetCode,
    assetIssuer,
    expiresAt,
  } = Object.assign({}, old, patch);
  if (expiresAt !== null && expiresAt <= now)
    throw fault(
      'dueDate',
      'must be given: the due date of the old invoice is over. Send another one, or null for none',
    );
  return {
    merchantId,
    network,
    destination,
    activateNewAccounts,
    title,
    description,
    notes,
    reference,
    clientName,
    clientEmail,
    clientCompany,
    clientAddress,
    lines,
    subtotal,
    taxRate,
    taxes,
    taxAmount,
    discount,
    total,
    scale,
    expiresAt,
    createdBy: actor,
    asset: { code: assetCode, issuer: assetIssuer },
    status: 'DRAFT',
    policy: { toleranceBp, lateGraceSeconds },
  };
}

function assertOwnWallet(claimed: string | undefined | null, own: string): void {
  if (claimed !== undefined && claimed !== null && claimed !== own)
    throw new DomainError('recipient_mismatch', { detail: 'Freelancer wallet must match authenticated wallet' });
}
