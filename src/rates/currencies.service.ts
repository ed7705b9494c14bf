import { Injectable } from '@nestjs/common';
import { ANCHOR_OF, ASSETS, type CurrencyFacts, FIATS } from '../common/currency';
import { DomainError } from '../common/errors';
import { type Amount, type Asset, formatAmount, NATIVE } from '../common/money';
import type { Network } from '../common/network';
import { Settings } from '../env';
import { Networks } from '../stellar/networks';

/** Something that a price may be written in. */
export interface Currency {
  readonly code: string;
  readonly kind: 'fiat' | 'asset';
  readonly name: string;
  /** Decimals that an amount in it may have, and is printed with. */
  readonly scale: number;
  readonly minimum: Amount;
  readonly maximum: Amount;
  /** Code of the asset that is received where this is what a merchant settles in; null when it is for display only. */
  readonly settlementAsset: string | null;
  /** Where the asset can be paid with; empty for fiat. */
  readonly networks: readonly { readonly network: Network; readonly issuer: string | null }[];
}

/** Something with a price in `currency`, and the assets that its merchant takes for it; null for all. */
interface Priced {
  readonly network: Network;
  readonly currency: string;
  readonly payCurrencies: readonly string[] | null;
}

/** What may be priced and what may be paid on this deployment. */
@Injectable()
export class CurrenciesService {
  private readonly byCode: ReadonlyMap<string, Currency>;

  constructor(
    private readonly networks: Networks,
    private readonly settings: Settings,
  ) {
    const assets = Object.keys(ASSETS).filter((code) => this.networksOf(code).length > 0);
    const all = [
      ...settings.rates.fiats.map((code) => this.fiat(code, assets)),
      ...assets.map((code) => this.asset(code)),
    ];
    this.byCode = new Map(all.map((currency) => [currency.code, currency]));
  }

  get all(): readonly Currency[] {
    return [...this.byCode.values()];
  }

  /** What a credential of one network (null: of every network) gets to see: assets that are not on it are left out. */
  seenFrom(network: Network | null): Currency[] {
    const seen = this.all.map((currency) => ({
      ...currency,
      networks: currency.networks.filter((each) => network === null || each.network === network),
    }));
    return seen.filter(({ kind, networks }) => kind === 'fiat' || networks.length > 0);
  }

  find(code: string): Currency | null {
    return this.byCode.get(code) ?? null;
  }

  /** Throws `currency_unsupported` (422). */
  get(code: string): Currency {
    const found = this.find(code);
    if (found === null)
      throw new DomainError('currency_unsupported', {
        detail: `${code.slice(0, 20)} is not one of ${[...this.byCode.keys()].join(', ')}`,
      });
    return found;
  }

  /** The asset that a payer of this network hands over. Throws `unsupported_pay_currency` (422). */
  payable(network: Network, code: string): Asset {
    const place = this.find(code)?.networks.find((each) => each.network === network);
    if (place === undefined)
      throw new DomainError('unsupported_pay_currency', {
        detail: `${code.slice(0, 20)} cannot be paid on ${network}`,
      });
    return { code, issuer: place.issuer };
  }

  /** Codes of the assets that may be paid on a network. */
  payableOn(network: Network): string[] {
    return this.all.filter(({ networks }) => networks.some((each) => each.network === network)).map(({ code }) => code);
  }

  /**
   * Codes of the assets that a payer may choose from for a price, in the merchant's order. By default the asset that stands
   * for the currency comes first, as its price moves least.
   */
  offeredFor({ network, currency, payCurrencies }: Priced): readonly string[] {
    const { kind, settlementAsset } = this.get(currency);
    if (kind !== 'fiat') return [currency];
    return (
      payCurrencies ??
      this.payableOn(network).toSorted((a, b) => Number(b === settlementAsset) - Number(a === settlementAsset))
    );
  }

  /**
   * `least` takes the place of the currency's own minimum. Throws `amount_below_minimum`, `amount_above_maximum` or, for decimals that the currency does not have,
   * `amount_too_precise` (each 422).
   */
  assertAmount(code: string, amount: Amount, least?: Amount): void {
    const { scale, minimum: usual, maximum } = this.get(code);
    const minimum = least ?? usual;
    const told = (value: Amount): string => formatAmount(value, scale);
    if (amount % 10n ** BigInt(7 - scale) !== 0n)
      throw new DomainError('amount_too_precise', { detail: `${code} has ${scale} decimals` });
    if (amount < minimum)
      throw new DomainError('amount_below_minimum', { detail: `amount: ${told(amount)}, minimum: ${told(minimum)}` });
    if (amount > maximum)
      throw new DomainError('amount_above_maximum', { detail: `amount: ${told(amount)}, maximum: ${told(maximum)}` });
  }

  private fiat(code: string, assets: readonly string[]): Currency {
    const anchor = Object.hasOwn(ANCHOR_OF, code) ? (ANCHOR_OF[code] as string) : null;
    return {
      ...this.common(code, FIATS),
      kind: 'fiat',
      settlementAsset: anchor !== null && assets.includes(anchor) ? anchor : null,
      networks: [],
    };
  }

  private asset(code: string): Currency {
    return { ...this.common(code, ASSETS), kind: 'asset', settlementAsset: code, networks: this.networksOf(code) };
  }

  private common(
    code: string,
    catalogue: Readonly<Record<string, CurrencyFacts>>,
  ): Pick<Currency, 'code' | 'name' | 'scale' | 'minimum' | 'maximum'> {
    const { name, scale, limits: usual } = catalogue[code] as CurrencyFacts;
    const configured = this.settings.rates.limits;
    const limits = Object.hasOwn(configured, code) ? configured[code] : usual;
    if (limits === null || limits === undefined)
      throw new Error(`${code} has no limits: the settings were to refuse it`);
    return { code, name, scale, ...limits };
  }

  private networksOf(code: string): Currency['networks'] {
    return this.networks.enabled.flatMap(({ network, issuers }): Currency['networks'] => {
      if (code === NATIVE.code) return [{ network, issuer: null }];
      const issuer = Object.hasOwn(issuers, code) ? issuers[code] : undefined;
      return issuer === undefined ? [] : [{ network, issuer }];
    });
  }
}
