import { Injectable } from '@nestjs/common';
import type { Loaders } from '../jsonapi/loaders';
import { TaxRatesService } from './tax-rates.service';

/** What a document about products may include. */
@Injectable()
export class ProductLoaders {
  constructor(private readonly taxRates: TaxRatesService) {}

  of(merchantId: string): Loaders {
    return { byId: { taxRates: (ids) => this.taxRates.listByIds(merchantId, ids) } };
  }

  async hasTaxRate(merchantId: string, id: string): Promise<boolean> {
    return (await this.taxRates.listByIds(merchantId, [id])).length === 1;
  }
}
