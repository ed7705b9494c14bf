import { data as iso4217 } from 'currency-codes';
import { type Amount, amountOf } from './money';

/** What one payment may be worth. */
export interface CurrencyLimits {
  readonly minimum: Amount;
  readonly maximum: Amount;
}

/** What is known of a currency without any request. */
export interface CurrencyFacts {
  readonly name: string;
  /** Decimals of an amount in it: those of ISO 4217, 7 for the ledger's assets. */
  readonly scale: number;
  /** Where nothing else is configured; null where it has to be. */
  readonly limits: CurrencyLimits | null;
}

const limits = (minimum: string, maximum: string): CurrencyLimits => ({
  minimum: amountOf(minimum),
  maximum: amountOf(maximum),
});

/** About what ten to a hundred thousand dollars were worth when this was written. */
const USUAL_LIMITS: Readonly<Record<string, CurrencyLimits>> = {
  AUD: limits('15', '150000'),
  BRL: limits('50', '560000'),
  CAD: limits('14', '140000'),
  CHF: limits('10', '100000'),
  CLP: limits('10000', '9400000'),
  CNY: limits('50', '500000'),
  CZK: limits('250', '2500000'),
  EUR: limits('10', '100000'),
  GBP: limits('10', '100000'),
  INR: limits('800', '8500000'),
  JPY: limits('1500', '15000000'),
  MXN: limits('200', '2000000'),
  NGN: limits('15000', '150000000'),
  PLN: limits('40', '400000'),
  TRY: limits('400', '4000000'),
  USD: limits('10', '100000'),
};

/** Codes of ISO 4217 that are not spent as money: metals, units of account, funds, and those for tests. */
const NO_MONEY = /^(X(?!AF|CD|OF|PF)..|BOV|CHE|CHW|CLF|COU|MXV|USN|UYI|UYW)$/;

/** Fiat currencies that a deployment may price in, by ISO 4217 code; names and decimals are those of its list one. */
export const FIATS: Readonly<Record<string, CurrencyFacts>> = Object.fromEntries(
  iso4217
    .filter(({ code }) => !NO_MONEY.test(code))
    .map(({ code, currency, digits }) => [code, { name: currency, scale: digits, limits: USUAL_LIMITS[code] ?? null }]),
);

/** Assets that may be paid, by code. */
export const ASSETS: Readonly<Record<string, CurrencyFacts>> = {
  XLM: { name: 'Lumen', scale: 7, limits: limits('1', '1000000') },
  USDC: { name: 'USD Coin', scale: 7, limits: limits('1', '100000') },
  EURC: { name: 'Euro Coin', scale: 7, limits: limits('1', '100000') },
};

/** The asset that stands for a fiat currency one to one: its issuer redeems it so. */
export const ANCHOR_OF: Readonly<Record<string, string>> = { USD: 'USDC', EUR: 'EURC' };
