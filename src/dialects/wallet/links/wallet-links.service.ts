import { Injectable } from '@nestjs/common';
import type { ChangingPrincipal } from '../../../common/principal';
import { Clock } from '../../../common/clock';
import type { Asset } from '../../../common/money';
import { Settings } from '../../../env';
import type { RateLimitVerdict } from '../../../http/rate-limit-headers';
import type { AnswerKeeper } from '../../../idempotency/answer-keeper';
import { CREATED_NUMBER, type NewInvoice, numbered } from '../../../invoices/invoice-insert';
import type { InvoiceDraft } from '../../../invoices/invoices.service';
import { LinksService } from '../../../links/links.service';
import { type NetworkFacts, Networks } from '../../../stellar/networks';
import { type Till, WalletContextService } from '../wallet-context.service';
import { WalletWarningsService } from '../wallet-warnings.service';
import type { CreateLinkDto } from './create-link.dto';
import { type CreatedLink, linkCreated } from './link.presenter';
import { assertAll, type SentBody } from '../../../http/sent-body';
import { amountFrom, assertActivation, deadlineFrom, DEFAULT_LINK_SECONDS } from './link-rules';

/** From the wallet API's words for a link to the domain's. */
@Injectable()
export class WalletLinksService {
  constructor(
    private readonly links: LinksService,
    private readonly context: WalletContextService,
    private readonly warnings: WalletWarningsService,
    private readonly networks: Networks,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** The creator's view of a new link; `keep` stores it as the answer. Throws `validation_failed` with every fault, or the condition that failed. */
  async create(
    author: ChangingPrincipal,
    body: SentBody<CreateLinkDto>,
    keep: AnswerKeeper | undefined,
  ): Promise<{ readonly told: Record<string, unknown>; readonly limit: RateLimitVerdict }> {
    const till = await this.tillFor(author, body);
    const asset = this.networks.asset(till.network.network, body.dto.asset);
    const { activateNewAccounts = false } = body.dto;
    const paid = { network: till.network.network, destination: till.destination, activateNewAccounts };
    const warnings = await this.warnings.warningsFor(paid, asset);
    const draft = this.draft(author, body.dto, till, asset);
    const tell = (invoice: CreatedLink): Record<string, unknown> => ({
      ...linkCreated(invoice, this.settings.publicUrl),
      ...warnings,
    });
    const kept = keep && ((invoice: NewInvoice) => [keep((number) => tell(numbered(invoice, number)), CREATED_NUMBER)]);
    const { invoice, limit } = await this.links.create(author, draft, this.settings.limits.linksPerHour, kept);
    return { told: tell(invoice), limit };
  }

  private async tillFor(author: ChangingPrincipal, body: SentBody<CreateLinkDto>): Promise<Till> {
    const { dto } = body;
    const network = (): NetworkFacts => this.context.networkFor(author, dto.networkPassphrase);
    await assertAll(body, [
      [['networkPassphrase'], network],
      [
        ['activateNewAccounts', 'asset', 'amount'],
        () => assertActivation(dto.activateNewAccounts ?? false, dto.asset, amountFrom(dto.amount).amount),
      ],
      [['expiresAt'], () => deadlineFrom(dto.expiresAt, this.clock.now(), DEFAULT_LINK_SECONDS)],
    ]);
    return this.context.till(author, dto.networkPassphrase, dto.recipientWallet);
  }

  private draft(author: ChangingPrincipal, dto: CreateLinkDto, till: Till, asset: Asset): InvoiceDraft {
    const { amount, scale } = amountFrom(dto.amount);
    const activateNewAccounts = dto.activateNewAccounts ?? false;
    const { metadata = {} } = dto;
    const now = this.clock.now();
    return {
      merchantId: author.merchantId,
      createdBy: author.actor,
      network: till.network.network,
      destination: till.destination,
      asset,
      status: 'PENDING',
      title: metadata.title ?? 'Payment Link',
      description: metadata.description ?? null,
      notes: null,
      reference: metadata.reference ?? null,
      clientName: metadata.payerName ?? null,
      clientEmail: metadata.payerEmail ?? null,
      clientCompany: null,
      clientAddress: null,
      lines: [],
      subtotal: amount,
      taxRate: 0,
      taxes: [],
      taxAmount: 0n,
      discount: 0n,
      total: amount,
      scale,
      activateNewAccounts,
      expiresAt: deadlineFrom(dto.expiresAt, now, DEFAULT_LINK_SECONDS),
      createdAt: now,
      policy: till.policy,
    };
  }
}
