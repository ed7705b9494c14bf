import type { KeysetPage } from '../../../src/jsonapi/page';
import type { FilterValues } from '../../../src/jsonapi/filters';
import type { Loaders } from '../../../src/jsonapi/loaders';
import { type Customer, type Endpoint, type Label, type Payment, payments, type Refund } from './mini-resources';

/** Rows in memory, and a count of how often each loader ran. */
export class MiniStore {
  readonly payments = new Map<string, Payment>();
  readonly customers = new Map<string, Customer>();
  readonly refunds = new Map<string, Refund>();
  readonly labels = new Map<string, Label>();
  readonly payouts = new Map<string, Label>();
  readonly endpoints = new Map<string, Endpoint>();
  readonly calls: string[] = [];
  private sequence = 0;

  constructor() {
    this.customers.set('c1', { id: 'c1', name: 'Ada', email: null, lastPaymentId: 'p01', secret: 'leak' });
    this.customers.set('c2', { id: 'c2', name: 'Bob', email: 'b@example.org', lastPaymentId: null, secret: 'leak' });
    this.labels.set('l1', { id: 'l1', text: 'gold' });
    this.labels.set('l2', { id: 'l2', text: 'new' });
    this.payouts.set('o1', { id: 'o1', text: 'out' });
    this.endpoints.set('e1', { id: 'e1', url: 'https://example.org/hook', version: 1 });
    for (let at = 1; at <= 25; at += 1)
      this.addPayment({
        customerId: at % 5 === 0 ? null : at % 2 === 0 ? 'c2' : 'c1',
        status: at % 3 === 0 ? 'completed' : 'pending',
      });
    this.payment('p01').labelIds = ['l1', 'l2'];
    this.payment('p02').payoutId = 'o1';
    for (const [id, paymentId] of [
      ['r1', 'p01'],
      ['r2', 'p01'],
      ['r3', 'p02'],
    ] as const)
      this.refunds.set(id, { id, amount: '1.00', paymentId });
  }

  addPayment(given: Partial<Payment> = {}): Payment {
    this.sequence += 1;
    // Three rows share each instant, so that the order needs its tie-breaker.
    const createdAt = new Date(Date.UTC(2026, 0, 1) + Math.floor(this.sequence / 3) * 1000);
    const id = `p${String(this.sequence).padStart(2, '0')}`;
    const row: Payment = {
      id,
      amount: `${this.sequence}.00`,
      status: 'pending',
      reference: `ref-${id}`,
      note: null,
      createdAt,
      updatedAt: createdAt,
      customerId: null,
      labelIds: [],
      payoutId: null,
      secret: 'leak',
      ...given,
    };
    this.payments.set(row.id, row);
    return row;
  }

  payment(id: string): Payment {
    return this.payments.get(id) as Payment;
  }

  list(filter: FilterValues<typeof payments.filters>, page: KeysetPage<'createdAt' | 'amount'>): Payment[] {
    const keyOf = (row: Payment): string[] =>
      page.order.map(({ field }) => (field === 'id' ? row.id : payments.sortKey(row, field)));
    const compare = (a: readonly string[], b: readonly string[]): number => {
      for (const [at, { descending }] of page.order.entries()) {
        const [x, y] = [a[at] as string, b[at] as string];
        if (x !== y) return (x < y ? -1 : 1) * (descending ? -1 : 1);
      }
      return 0;
    };
    const { from } = page;
    return [...this.payments.values()]
      .filter((row) => filter.status === undefined || filter.status.includes(row.status))
      .filter((row) => filter.reference === undefined || filter.reference.includes(row.reference ?? ''))
      .filter((row) => filter.customer === undefined || filter.customer.includes(row.customerId ?? ''))
      .filter((row) => filter.createdAt?.from === undefined || row.createdAt >= filter.createdAt.from)
      .filter((row) => filter.createdAt?.to === undefined || row.createdAt < filter.createdAt.to)
      .filter((row) => from === null || compare(keyOf(row), from) > 0)
      .toSorted((a, b) => compare(keyOf(a), keyOf(b)))
      .slice(0, page.limit);
  }

  get loaders(): Loaders {
    const byId =
      <Row>(type: string, rows: ReadonlyMap<string, Row>) =>
      (ids: readonly string[]): Promise<readonly Row[]> => {
        this.calls.push(`${type} ${[...ids].sort().join(',')}`);
        return Promise.resolve(ids.flatMap((id) => rows.get(id) ?? []));
      };
    const children =
      <Row>(key: string, rows: ReadonlyMap<string, Row>, parent: (row: Row) => string | null) =>
      (ids: readonly string[]): Promise<ReadonlyMap<string, readonly Row[]>> => {
        this.calls.push(`${key} ${[...ids].sort().join(',')}`);
        return Promise.resolve(new Map(ids.map((id) => [id, [...rows.values()].filter((row) => parent(row) === id)])));
      };
    return {
      byId: {
        payments: byId('payments', this.payments),
        customers: byId('customers', this.customers),
        refunds: byId('refunds', this.refunds),
        labels: byId('labels', this.labels),
        payouts: byId('payouts', this.payouts),
      },
      children: {
        'payments.refunds': children('payments.refunds', this.refunds, (row) => row.paymentId),
        'customers.payments': children('customers.payments', this.payments, (row) => row.customerId),
      },
    };
  }
}
