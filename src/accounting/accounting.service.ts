import { Injectable } from '@nestjs/common';
import { DomainError, type InputFault } from '../common/errors';
import type { Tenant } from '../common/tenant';
import { MerchantsService } from '../merchants/merchants.service';
import { ACCOUNTING_COLUMNS, accountingCells } from './accounting-row';
import { AccountingRepository } from './accounting.repository';
import { csvLine } from './csv';
import { type Period, periodEnd, periodStart } from './period';

const PAGE = 1_000;

/** As it was asked for: instants of RFC 3339, or days of the merchant. */
export interface AskedPeriod {
  readonly from: unknown;
  readonly to: unknown;
}

/** The books of a merchant: one line for everything that happened to money that arrived. */
@Injectable()
export class AccountingService {
  constructor(
    private readonly repository: AccountingRepository,
    private readonly merchants: MerchantsService,
  ) {}

  /** Throws `parameter_invalid` with all that is wrong, before the first line. Reads page by page, as fast as the lines are taken. */
  async export(owner: Tenant, asked: AskedPeriod): Promise<AsyncIterable<string>> {
    const { timeZone } = await this.merchants.settings(owner.merchantId);
    const period = periodOf(asked, timeZone);
    const first = await this.repository.page(owner, period, null, PAGE);
    return this.lines(owner, period, first);
  }

  private async *lines(
    owner: Tenant,
    period: Period,
    first: Awaited<ReturnType<AccountingRepository['page']>>,
  ): AsyncGenerator<string, void> {
    yield csvLine(ACCOUNTING_COLUMNS);
    for (let page = first; ;) {
      if (page.length > 0) yield page.map((row) => csvLine(accountingCells(row))).join('');
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      const { bookedAt, rank, id: paymentId, lineId } = last;
      page = await this.repository.page(owner, period, { bookedAt, rank, paymentId, lineId }, PAGE);
    }
  }
}

function periodOf({ from, to }: AskedPeriod, zone: string): Period {
  const read = (text: unknown, parse: typeof periodStart): Date | undefined =>
    typeof text === 'string' ? parse(text, zone) : undefined;
  const [start, end] = [read(from, periodStart), read(to, periodEnd)];
  const faults: InputFault[] = [];
  const message = 'must be one day such as 2026-06-01, or one RFC 3339 instant';
  if (start === undefined) faults.push({ path: 'from', message, parameter: 'from' });
  if (end === undefined) faults.push({ path: 'to', message, parameter: 'to' });
  if (start !== undefined && end !== undefined && end <= start)
    faults.push({ path: 'to', message: 'must be after from', parameter: 'to' });
  if (start === undefined || end === undefined || faults.length > 0)
    throw new DomainError('parameter_invalid', { faults });
  return { from: start, to: end };
}
