import { Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import type { Customer } from '../../../customers/customer';
import { CustomerRecordsService } from '../../../customers/customer-records.service';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { RequestBody } from '../../../jsonapi/request-body';
import {
  ChangedDocument,
  type ChangeOf,
  IfMatch,
  Listing,
  type ListingOf,
  NewDocument,
} from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { CreateCustomerDto, UpdateCustomerDto } from './customer.dto';
import { customers } from './customer.resource';

const BLAMED = { customer_email_taken: 'email' } as const;

@Idempotent()
@DocumentsOf(customers)
@Controller('api/public/v1/customers')
export class CustomersController {
  constructor(private readonly records: CustomerRecordsService) {}

  @Get()
  @Requires('clients:read')
  list(
    @Caller() { merchantId }: Principal,
    @Listing() { filter, page }: ListingOf<typeof customers>,
  ): Promise<Customer[]> {
    return this.records.list(merchantId, filter, page);
  }

  @Post()
  @Refuses('customer_email_taken')
  @Requires('clients:write')
  create(
    @Author() author: ChangingPrincipal,
    @NewDocument(CreateCustomerDto) body: RequestBody<CreateCustomerDto>,
  ): Promise<Customer> {
    const { name, email, company, address, isFavorite } = body.attributes;
    const facts = { name, email, company: company ?? null, address: address ?? null, isFavorite: isFavorite ?? false };
    return body.blaming(BLAMED, () => this.records.create(author, facts));
  }

  @Get(':id')
  @Requires('clients:read')
  read(@Caller() { merchantId }: Principal, @Param('id') id: string): Promise<Customer> {
    return this.records.get(merchantId, id);
  }

  @Patch(':id')
  @Refuses('customer_email_taken', 'customer_erased')
  @Requires('clients:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
    @ChangedDocument(UpdateCustomerDto) change: ChangeOf<UpdateCustomerDto>,
  ): Promise<Customer> {
    const body = change(await this.records.get(author.merchantId, id));
    return body.blaming(BLAMED, () => this.records.update(author, id, body.attributes, ifMatch));
  }

  @Post(':id/erasure')
  @HttpCode(200)
  @Requires('clients:write')
  erase(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<Customer> {
    return this.records.erase(author, id, ifMatch);
  }

  @Delete(':id')
  @Refuses('customer_in_use')
  @Requires('clients:write')
  async delete(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<void> {
    await this.records.delete(author, id, ifMatch);
  }
}
