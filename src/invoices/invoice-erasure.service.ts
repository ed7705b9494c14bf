import { Injectable } from '@nestjs/common';
import { AuditLogService } from '../audit-log/audit-log.service';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import type { ChangingPrincipal } from '../common/principal';
import { Transactions } from '../database/transactions';
import { MailOutbox } from '../mail/mail-outbox.service';
import type { Invoice } from './invoice';
import { InvoicePayerRepository } from './invoice-payer.repository';
import { InvoicesRepository } from './invoices.repository';

const PERSONAL = ['clientName', 'clientEmail', 'clientCompany', 'clientAddress', 'payer'] as const;

/** Takes off an invoice who was billed and what the payer answered; what was owed and paid stays for the books. */
@Injectable()
export class InvoiceErasureService {
  constructor(
    private readonly repository: InvoicesRepository,
    private readonly payers: InvoicePayerRepository,
    private readonly transactions: Transactions,
    private readonly mail: MailOutbox,
    private readonly audit: AuditLogService,
    private readonly clock: Clock,
  ) {}

  /** Also from the events of the invoice, and from its subscription. Repeating it is harmless. Throws `resource_not_found`. */
  erase(author: ChangingPrincipal, id: string): Promise<Invoice> {
    return this.transactions.run(async () => {
      const address = { by: 'id', value: id, merchantId: author.merchantId, network: author.network } as const;
      const before = isRowId(id) ? await this.repository.hold(address) : null;
      if (before === null) throw new DomainError('resource_not_found');
      const personal = PERSONAL.filter((name) => before[name] !== null);
      const { erased, email } = await this.payers.eraseSubscriber(before);
      if (personal.length === 0 && !erased) return before;
      const changed = erased ? [...personal, 'subscriber'] : personal;
      const after = personal.length === 0 ? before : await this.repository.erasePayer(before, this.clock.now());
      await this.mail.erase(author, [before.clientEmail, email]);
      await this.audit.record({
        ...author,
        network: before.network,
        action: 'invoice.erased',
        subjectType: 'invoices',
        subjectId: id,
        before: null,
        after: { changed },
      });
      return after;
    });
  }
}
