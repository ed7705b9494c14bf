import { Injectable } from '@nestjs/common';
import { LoaderRegistry, type Reader } from '../jsonapi/loader-registry';
import type { Loaders } from '../jsonapi/loaders';
import { ProductsService } from './products.service';
import { TaxRatesService } from './tax-rates.service';

/** How documents, also those of other nouns, come to include products and tax rates. */
@Injectable()
export class ProductLoaders {
  constructor(
    private readonly registry: LoaderRegistry,
    private readonly taxRates: TaxRatesService,
    products: ProductsService,
  ) {
    registry.addById('taxRates', ({ merchantId }, ids) => taxRates.listByIds(merchantId, ids));
    registry.addById('products', ({ merchantId }, ids) => products.listByIds(merchantId, ids));
  }

  of(reader: Reader): Loaders {
    return this.registry.of(reader);
  }

  async hasTaxRate(merchantId: string, id: string): Promise<boolean> {
    return (await this.taxRates.listByIds(merchantId, [id])).length === 1;
  }
}
