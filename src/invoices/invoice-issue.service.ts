import { Injectable } from '@nestjs/common';
import type { ChangingPrincipal } from '../common/principal';
import type { Asset } from '../common/money';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import { MerchantsService } from '../merchants/merchants.service';
import type { InvoiceWorth } from './invoice-worth';
import type { Invoice } from './invoice';
import { InvoicesService } from './invoices.service';

const DEFAULT_TITLE = 'Invoice';
const MIN_SCALE = 2;

type Word =
  'title' | 'description' | 'notes' | 'reference' | 'clientName' | 'clientEmail' | 'clientCompany' | 'clientAddress';

/** The texts of an invoice beside its sums; absent or null where there are none. */
export type IssueWords = Readonly<Partial<Record<Word, string | null>>>;

/** Where an invoice is to be paid, and in what. */
export interface IssuePlace {
  readonly network: Network;
  readonly asset: Asset;
}

/** Issues invoices for programs. */
@Injectable()
export class InvoiceIssueService {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly merchants: MerchantsService,
    private readonly transactions: Transactions,
  ) {}

  /** Ready to be paid at once. */
  issue(
    author: ChangingPrincipal,
    { network, asset }: IssuePlace,
    words: IssueWords,
    worth: InvoiceWorth,
    expiresAt: Date | null,
  ): Promise<Invoice> {
    const { merchantId, actor } = author;
    const {
      title,
      description = null,
      notes = null,
      reference = null,
      clientName = null,
      clientEmail = null,
      clientCompany = null,
      clientAddress = null,
    } = words;
    return this.transactions.run(async () => {
      const { destination, policy } = await this.merchants.till(author, network);
      const said = {
        title: title ?? DEFAULT_TITLE,
        description,
        notes,
        reference,
        clientName,
        clientEmail,
        clientCompany,
        clientAddress,
      };
      const draft = {
        ...said,
        ...worth,
        expiresAt,
        merchantId,
        createdBy: actor,
        network,
        destination,
        asset,
        status: 'PENDING' as const,
        scale: MIN_SCALE,
        activateNewAccounts: false,
        policy,
      };
      return this.invoices.createUnlimited(author, draft);
    });
  }
}
