import { Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import type { Customer } from '../../../customers/customer';
import { CustomerRecordsService } from '../../../customers/customer-records.service';
import { type Change, ChangeBody } from '../../../http/change.decorator';
import { NewBody } from '../../../http/new-body.decorator';
import { assertAll, type SentBody, validationFailed } from '../../../http/sent-body';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { spanOf } from '../list-query';
import { namedNotFound } from '../named-not-found';
import {
  CreateCustomerDto,
  customerChange,
  customerSearch,
  ListCustomersQuery,
  newCustomer,
  UpdateCustomerDto,
} from './customer.dto';
import { customerView } from './customer.presenter';

const NOUN = 'Customer';

@Idempotent()
@Controller('api/v0/customers')
export class MerchantCustomersController {
  constructor(private readonly records: CustomerRecordsService) {}

  @Post()
  @Requires('clients:write')
  async create(
    @Author() author: ChangingPrincipal,
    @NewBody(CreateCustomerDto) body: SentBody<CreateCustomerDto>,
  ): Promise<unknown> {
    await assertAll(body, []);
    return customerView(await this.records.create(author, newCustomer(body.dto)));
  }

  /** The newest first, whatever their status unless one is asked for. */
  @Get()
  @Requires('clients:read')
  async list(@Caller() { merchantId }: Principal, @Query() query: ListCustomersQuery): Promise<unknown> {
    const { skip, take } = spanOf(query);
    const { customers, total } = await this.records.search(merchantId, customerSearch(query), skip, take);
    return { data: customers.map(customerView), total, skip, take };
  }

  @Get(':id')
  @Requires('clients:read')
  async read(@Caller() { merchantId }: Principal, @Param('id') id: string): Promise<unknown> {
    return customerView(await this.find(merchantId, id));
  }

  @Patch(':id')
  @Requires('clients:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @ChangeBody(UpdateCustomerDto) change: Change<UpdateCustomerDto>,
  ): Promise<unknown> {
    const before = await this.find(author.merchantId, id);
    const body = change(customerView(before));
    await assertAll(body, [[['email', 'phone_number'], () => assertReachable(body.dto, before)]]);
    return customerView(await namedNotFound(NOUN, this.records.update(author, id, customerChange(body.dto))));
  }

  private find(merchantId: string, id: string): Promise<Customer> {
    return namedNotFound(NOUN, this.records.get(merchantId, id));
  }
}

/** Somebody without an address and without a number could not be told apart from anybody else of that name. */
function assertReachable({ email, phone_number: phoneNumber }: UpdateCustomerDto, before: Customer): void {
  if (email === null && (phoneNumber ?? before.phoneNumber) === null)
    throw validationFailed([{ path: 'email', message: 'can be emptied only where there is a phone_number' }]);
}
