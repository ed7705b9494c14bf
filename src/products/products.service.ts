import { Injectable } from '@nestjs/common';
import { auditChanges } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import type { ChangingPrincipal } from '../common/principal';
import { Clock } from '../common/clock';
import { FIATS } from '../common/currency';
import { DomainError } from '../common/errors';
import { Ids, isRowId } from '../common/ids';
import { NATIVE } from '../common/money';
import { isStillReferenced, violatedUnique } from '../database/database-errors';
import type { Keyset } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { assertIfMatch } from '../http/preconditions';
import { Networks } from '../stellar/networks';
import { catalogEntry } from './catalog-entry';
import { assertPrecision, priceOf } from './price';
import { NO_TRAITS, type Product, type ProductDetails, productFacts, type ProductTraits } from './product';
import { type ProductFilter, ProductsRepository } from './products.repository';

/** As a merchant gives it: the price as decimal text. */
export type ProductDraft = Omit<ProductDetails, 'price' | 'status' | keyof ProductTraits> &
  Partial<ProductTraits & Pick<Product, 'status'>> & { readonly price: string };
export type ProductChange = Partial<Omit<ProductDetails, 'price'>> & { readonly price?: string };

export type { ProductFilter };

const SUBJECT = 'product';
/** Far beyond any catalog that is kept by hand; a program that runs wild ends here. */
export const MAX_PRODUCTS = 10_000;

/** What a merchant sells. Invoices copy from it; changing it rewrites no invoice. */
@Injectable()
export class ProductsService {
  constructor(
    private readonly repository: ProductsRepository,
    private readonly networks: Networks,
    private readonly transactions: Transactions,
    private readonly audit: AuditLogService,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  list(merchantId: string, filter: ProductFilter, page: Keyset): Promise<Product[]> {
    return this.repository.list(merchantId, filter, page);
  }

  /** The newest first, archived ones too; `total` is how many there are. */
  async slice(merchantId: string, skip: number, take: number): Promise<{ products: Product[]; total: number }> {
    const [products, total] = await Promise.all([
      this.repository.slice(merchantId, skip, take),
      this.repository.count(merchantId),
    ]);
    return { products, total };
  }

  /** The ones of these that the merchant has. */
  listByIds(merchantId: string, ids: readonly string[]): Promise<Product[]> {
    return this.repository.listByIds(merchantId, ids.filter(isRowId));
  }

  /** Throws `resource_not_found`. */
  async get(merchantId: string, id: string): Promise<Product> {
    return found(isRowId(id) ? await this.repository.find(merchantId, id) : null);
  }

  /** Errors: currency_unsupported, amount_too_precise, product_sku_taken, related_resource_not_found. */
  create(author: ChangingPrincipal, draft: ProductDraft): Promise<Product> {
    this.assertCurrency(draft.currency);
    const price = priceOf(draft.price, draft.currency);
    const details: ProductDetails = { status: 'active', ...NO_TRAITS, ...draft, price };
    return this.written(async () => {
      if (await this.repository.lockIsFull(author.merchantId, MAX_PRODUCTS))
        throw new DomainError('product_limit_reached', {
          detail: `A merchant may have ${MAX_PRODUCTS} products, archived ones included: delete what was never used`,
        });
      const product = await this.repository.insert(author.merchantId, this.ids.row(), details, this.clock.now());
      await this.audit.record(
        catalogEntry(author, SUBJECT, 'created', product.id, { before: null, after: productFacts(product) }),
      );
      return product;
    });
  }

  /** Changes the members that are there. Errors as for `create`, and resource_not_found, precondition_failed. */
  update(author: ChangingPrincipal, id: string, change: ProductChange, ifMatch?: string): Promise<Product> {
    return this.written(async () => {
      const before = await this.lock(author.merchantId, id, ifMatch);
      const details = this.changed(before, change);
      const changes = auditChanges(productFacts(before), productFacts(details));
      if (changes === null) return before;
      const after = await this.repository.update(author.merchantId, id, details, this.clock.now());
      await this.audit.record(catalogEntry(author, SUBJECT, 'updated', id, changes));
      return after;
    });
  }

  /** What it was. Throws `resource_not_found`, `precondition_failed`, and `product_in_use` while anything refers to it. */
  async delete(author: ChangingPrincipal, id: string, ifMatch?: string): Promise<Product> {
    try {
      return await this.transactions.run(async () => {
        const before = await this.lock(author.merchantId, id, ifMatch);
        await this.repository.delete(author.merchantId, id);
        await this.audit.record(
          catalogEntry(author, SUBJECT, 'deleted', id, { before: productFacts(before), after: null }),
        );
        return before;
      });
    } catch (error) {
      throw isStillReferenced(error) ? new DomainError('product_in_use', { cause: error }) : error;
    }
  }

  /** Throws `currency_unsupported`. */
  assertCurrency(code: string): void {
    const isAsset = code === NATIVE.code || this.networks.enabled.some(({ issuers }) => Object.hasOwn(issuers, code));
    if (isAsset || Object.hasOwn(FIATS, code)) return;
    throw new DomainError('currency_unsupported', {
      detail: 'is neither an asset of this deployment nor a currency it prices in',
    });
  }

  /** Throws `amount_too_precise` when a new price, or the one that stays, cannot be said in its currency. */
  assertPrice({ price, currency }: Pick<ProductChange, 'price' | 'currency'>, before?: Product): void {
    const code = currency ?? before?.currency ?? '';
    if (price !== undefined) priceOf(price, code);
    else if (before !== undefined) assertPrecision(before.price, code);
  }

  private changed(before: Product, { price, ...change }: ProductChange): ProductDetails {
    const details = { ...before, ...change };
    if (details.currency !== before.currency) this.assertCurrency(details.currency);
    if (price !== undefined) return { ...details, price: priceOf(price, details.currency) };
    assertPrecision(details.price, details.currency);
    return details;
  }

  private async lock(merchantId: string, id: string, ifMatch: string | undefined): Promise<Product> {
    const product = found(isRowId(id) ? await this.repository.lock(merchantId, id) : null);
    assertIfMatch(ifMatch, product.version);
    return product;
  }

  private async written(work: () => Promise<Product>): Promise<Product> {
    try {
      return await this.transactions.run(work);
    } catch (error) {
      if (violatedUnique(error) !== undefined)
        throw new DomainError('product_sku_taken', { detail: 'is the SKU of another product', cause: error });
      // The tax rate went between our look and our write.
      if (isStillReferenced(error)) throw new DomainError('related_resource_not_found', { cause: error });
      throw error;
    }
  }
}

function found(product: Product | null): Product {
  if (product === null) throw new DomainError('resource_not_found');
  return product;
}
