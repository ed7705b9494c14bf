import type { Amount } from '../../common/money';

/** What came in of one asset. */
export interface Received {
  readonly code: string;
  readonly issuer: string | null;
  readonly amount: Amount;
}

export interface Figures {
  /** Page views, counted without cookies: a person who comes twice counts twice. */
  readonly opened: number;
  /** Payers who chose an asset or checked out. */
  readonly chosen: number;
  readonly paid: number;
  /** Choices that ended unpaid. */
  readonly abandoned: number;
  readonly received: readonly Received[];
}

export interface DayFigures extends Figures {
  /** In UTC, such as 2026-11-30. */
  readonly date: string;
}

export interface LinkStatistics {
  readonly linkId: string;
  /** First and last day, both counted. */
  readonly from: string;
  readonly to: string;
  readonly totals: Figures;
  /** Only days on which something happened, in order. */
  readonly days: readonly DayFigures[];
}

/** One row of the question: what kind of thing happened how often on a day. */
export interface CountedFact {
  readonly date: string;
  readonly kind: 'opened' | 'chosen' | 'paid' | 'abandoned' | 'received';
  readonly code: string | null;
  readonly issuer: string | null;
  readonly amount: bigint;
}

export function daysOf(facts: readonly CountedFact[]): DayFigures[] {
  const byDay = Map.groupBy(facts, ({ date }) => date);
  return [...byDay.keys()].toSorted().map((date) => ({ date, ...figuresOf(byDay.get(date) ?? []) }));
}

export function figuresOf(facts: readonly CountedFact[]): Figures {
  const count = (kind: CountedFact['kind']): number =>
    Number(facts.reduce((sum, fact) => (fact.kind === kind ? sum + fact.amount : sum), 0n));
  const assets = Map.groupBy(
    facts.filter(({ kind }) => kind === 'received'),
    ({ code, issuer }) => `${code} ${issuer ?? ''}`,
  );
  const received = [...assets.keys()].toSorted().map((key): Received => {
    const [first, ...more] = assets.get(key) ?? [];
    const amount = more.reduce((sum, fact) => sum + fact.amount, first?.amount ?? 0n);
    return { code: first?.code ?? '', issuer: first?.issuer ?? null, amount };
  });
  return {
    opened: count('opened'),
    chosen: count('chosen'),
    paid: count('paid'),
    abandoned: count('abandoned'),
    received,
  };
}

/** Payments for each page view, with four decimals; null where nobody has looked. More than one where pages were paid that nobody was seen to open. */
export function conversionOf({ opened, paid }: Pick<Figures, 'opened' | 'paid'>): string | null {
  if (opened === 0) return null;
  const tenThousandths = (BigInt(paid) * 10_000n + BigInt(opened) / 2n) / BigInt(opened);
  return `${tenThousandths / 10_000n}.${String(tenThousandths % 10_000n).padStart(4, '0')}`;
}
