import { formatAmount } from '../../../common/money';
import type { Filter } from '../../../jsonapi/filters';
import { defineResource, type JsonValue } from '../../../jsonapi/resource';
import { conversionOf, type Figures, type LinkStatistics } from '../../../links/statistics/link-statistics';

/** One day, in UTC. */
const dayFilter: Filter<string> = {
  keys: [''],
  splits: false,
  read: (input) => {
    const [day, ...more] = input.get('') ?? [];
    const isDay = day !== undefined && more.length === 0 && /^\d{4}-\d{2}-\d{2}$/.test(day) && isReal(day);
    return isDay ? { value: day } : { fault: { key: '', message: 'must be one day such as 2026-06-01' } };
  },
};

export const linkStatistics = defineResource({
  type: 'paymentLinkStatistics',
  path: 'payment_link_statistics',
  readScope: 'links:read',
  id: ({ linkId }: LinkStatistics) => linkId,
  attributes: {
    from: 'from',
    to: 'to',
    totals: ({ totals }) => told(totals),
    days: ({ days }) => days.map(({ date, ...figures }) => ({ date, ...told(figures) })),
  },
  filters: { from: dayFilter, to: dayFilter },
});

function told(figures: Figures): { readonly [member: string]: JsonValue } {
  const { opened, chosen, paid, abandoned, received } = figures;
  return {
    opened,
    chosen,
    paid,
    abandoned,
    conversion: conversionOf(figures),
    received: received.map(({ code, issuer, amount }) => ({
      assetCode: code,
      assetIssuer: issuer,
      amount: formatAmount(amount, 2),
    })),
  };
}

function isReal(day: string): boolean {
  const instant = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day);
}
