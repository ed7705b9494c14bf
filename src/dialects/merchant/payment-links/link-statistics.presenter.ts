import { formatAmount } from '../../../common/money';
import { jsonNumber } from '../../../http/json-number';
import { conversionOf, type Figures, type LinkStatistics } from '../../../links/statistics/link-statistics';

/** How a link does; amounts and the conversion are JSON numbers with the digits of the decimal text. */
export function linkStatisticsView({ linkId, from, to, totals, days }: LinkStatistics): Record<string, unknown> {
  return {
    paymentLinkId: linkId,
    from,
    to,
    totals: figuresView(totals),
    days: days.map(({ date, ...figures }) => ({ date, ...figuresView(figures) })),
  };
}

function figuresView(figures: Figures): Record<string, unknown> {
  const { opened, chosen, paid, abandoned, received } = figures;
  const conversion = conversionOf(figures);
  return {
    opened,
    chosen,
    paid,
    abandoned,
    conversion: conversion === null ? null : jsonNumber(conversion),
    received: received.map(({ code, issuer, amount }) => ({
      currency: code.toLowerCase(),
      issuer,
      amount: jsonNumber(formatAmount(amount)),
    })),
  };
}
