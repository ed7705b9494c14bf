import { type Amount, amountOf } from './money';

/** What is known of a currency without asking anybody. */
export interface CurrencyFacts {
  readonly name: string;
  /** Decimals of an amount in it (ISO 4217; 7 for the ledger's assets). */
  readonly scale: number;
  /** What one payment may be worth when nothing else is configured. */
  readonly minimum: Amount;
  readonly maximum: Amount;
}

const facts = (name: string, scale: number, minimum: string, maximum: string): CurrencyFacts => ({ name, scale, minimum: amountOf(minimum), maximum: amountOf(maximum) });

/** Fiat currencies that a deployment may price in, by ISO 4217 code. */
export const FIATS: Readonly<Record<string, CurrencyFacts>> = {
  AUD: facts('Australian dollar', 2, '15', '150000'),
  BRL: facts('Brazilian real', 2, '50', '560000'),
  CAD: facts('Canadian dollar', 2, '14', '140000'),
  CHF: facts('Swiss franc', 2, '10', '100000'),
  CLP: facts('Chilean peso', 0, '10000', '9400000'),
  CNY: facts('Chinese yuan', 2, '50', '500000'),
  CZK: facts('Czech koruna', 2, '250', '2500000'),
  EUR: facts('Euro', 2, '10', '100000'),
  GBP: facts('Pound sterling', 2, '10', '100000'),
  INR: facts('Indian rupee', 2, '800', '8500000'),
  JPY: facts('Japanese yen', 0, '1500', '15000000'),
  MXN: facts('Mexican peso', 2, '200', '2000000'),
  NGN: facts('Nigerian naira', 2, '15000', '150000000'),
  PLN: facts('Polish zloty', 2, '40', '400000'),
  TRY: facts('Turkish lira', 2, '400', '4000000'),
  USD: facts('US dollar', 2, '10', '100000'),
};

/** Assets that may be paid, by code. */
export const ASSETS: Readonly<Record<string, CurrencyFacts>> = {
  XLM: facts('Lumen', 7, '1', '1000000'),
  USDC: facts('USD Coin', 7, '1', '100000'),
  EURC: facts('Euro Coin', 7, '1', '100000'),
};

/** The asset that stands for a fiat currency one to one: its issuer redeems it so. */
export const ANCHOR_OF: Readonly<Record<string, string>> = { USD: 'USDC', EUR: 'EURC' };
