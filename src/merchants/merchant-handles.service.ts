import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids } from '../common/ids';
import { handleOf, isHandle } from './merchant-handle';
import { MerchantHandlesRepository } from './merchant-handles.repository';
import { MerchantsService } from './merchants.service';

/** The names of merchants in addresses. A handle never changes: what was printed leads to the same shop. */
@Injectable()
export class MerchantHandlesService {
  constructor(
    private readonly repository: MerchantHandlesRepository,
    private readonly merchants: MerchantsService,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The merchant's own; made of its name where it has none yet, with an ending where that is another's. */
  async use(merchantId: string): Promise<string> {
    const known = (await this.repository.listOf([merchantId])).get(merchantId);
    if (known !== undefined) return known;
    const { name } = await this.merchants.settings(merchantId);
    const plain = handleOf(name);
    for (const handle of [plain, `${plain}-${this.ids.publicId().slice(0, 6)}`, this.ids.publicId()]) {
      // Another request of the same merchant may have made it meanwhile.
      if (await this.repository.insert(merchantId, handle, this.clock.now())) return handle;
      const made = (await this.repository.listOf([merchantId])).get(merchantId);
      if (made !== undefined) return made;
    }
    throw new Error(`merchant ${merchantId} gets no handle`);
  }

  /** Null for a handle that nobody has. */
  async merchantOf(handle: string): Promise<string | null> {
    return isHandle(handle) ? this.repository.findMerchant(handle) : null;
  }
}
