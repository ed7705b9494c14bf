import { Injectable } from '@nestjs/common';
import type { Invoice } from '../invoices/invoice';
import type { InvoiceOrigin } from './link-origin';
import { LinkOriginsRepository } from './link-origins.repository';

@Injectable()
export class LinkOriginsService {
  constructor(private readonly repository: LinkOriginsRepository) {}

  /** Null for an invoice that belongs to no link. */
  originOf({ merchantId, id }: Pick<Invoice, 'merchantId' | 'id'>): Promise<InvoiceOrigin | null> {
    return this.repository.find(merchantId, id);
  }
}
