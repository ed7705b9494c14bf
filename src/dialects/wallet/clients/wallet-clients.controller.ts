import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { isoInstant } from '../../../common/clock';
import type { Customer } from '../../../customers/customer';
import { CustomersService } from '../../../customers/customers.service';
import { type Change, ChangeBody } from '../../../http/change.decorator';
import { validationFailed } from '../../../http/sent-body';
import { FailsWith } from '../../../http/route-failure';
import { FavoriteDto, ListClientsQuery, SaveClientDto } from './client.dto';

const DEFAULT_LIMIT = 100;

@Controller('api/clients')
export class WalletClientsController {
  constructor(private readonly customers: CustomersService) {}

  /** Favourites first, then the newest. */
  @Get()
  @Requires('clients:read')
  @FailsWith('Failed to fetch clients')
  async list(@Caller() caller: Principal, @Query() query: ListClientsQuery): Promise<unknown> {
    const limit = Number(query.limit ?? DEFAULT_LIMIT);
    const offset = Number(query.offset ?? 0);
    const { customers, total } = await this.customers.list(caller.merchantId, limit, offset);
    return { clients: customers.map(clientView), total, limit, offset, hasMore: offset + customers.length < total };
  }

  @Post()
  @HttpCode(201)
  @Requires('clients:write')
  @FailsWith('Failed to save client')
  async save(@Author() author: ChangingPrincipal, @Body() body: SaveClientDto): Promise<unknown> {
    return clientView(await this.customers.save(author, body));
  }

  @Patch(':id/favorite')
  @Requires('clients:write')
  @FailsWith('Failed to update client')
  async favorite(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @ChangeBody(FavoriteDto) change: Change<FavoriteDto>,
  ): Promise<unknown> {
    const client = await this.customers.get(author.merchantId, id);
    const {
      dto: { isFavorite = client.isFavorite },
      faults,
    } = change(clientView(client));
    if (faults.length > 0) throw validationFailed(faults);
    return clientView(await this.customers.setFavorite(author, id, isFavorite));
  }

  @Delete(':id')
  @Requires('clients:write')
  @FailsWith('Failed to delete client')
  async delete(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<unknown> {
    await this.customers.delete(author, id);
    return { success: true, message: 'Client deleted successfully' };
  }
}

function clientView(customer: Customer): Record<string, unknown> {
  const { id, name, email, company, address, isFavorite, createdAt, updatedAt } = customer;
  return {
    id,
    name,
    email,
    company,
    address,
    isFavorite,
    createdAt: isoInstant(createdAt),
    updatedAt: isoInstant(updatedAt),
  };
}
