import fc from 'fast-check';
import { amountOf, formatAmount } from '../common/money';
import { ACCOUNTING_COLUMNS, accountingCells, type BookEntry, fiatValue } from './accounting-row';
import { csvLine } from './csv';

const paid: BookEntry = {
  kind: 'payment',
  heldBefore: false,
  id: 'p1',
  bookedAt: new Date('2026-06-03T08:00:00.000Z'),
  closedAt: new Date('2026-06-01T10:00:00.000Z'),
  network: 'sandbox',
  assetCode: 'XLM',
  assetIssuer: null,
  amount: amountOf('95.2000000'),
  fromAddress: 'GPAYER',
  transactionHash: 'ab',
  operationId: 77n,
  pays: true,
  number: 'INV-0001',
  reference: null,
  clientName: 'Grace',
  clientCompany: null,
  clientEmail: 'grace@example.com',
  subtotal: amountOf('80'),
  taxAmount: amountOf('15.2'),
  taxes: [
    { percentage: '19', base: '80.00', tax: '15.20', inclusive: false },
    { percentage: '0', base: '0.00', tax: '0.00', inclusive: false },
  ],
  discount: 0n,
  total: amountOf('95.2'),
  answers: { size: 'M', colour: 'red' },
  quote: { currency: 'EUR', rate: '0.2521', amount: amountOf('24'), payAmount: amountOf('95.2') },
};
const told = (payment: BookEntry): Record<string, string | null> =>
  Object.fromEntries(ACCOUNTING_COLUMNS.map((name, at) => [name, accountingCells(payment)[at] ?? null]));

describe('a row of the books', () => {
  it('has a cell for every column', () => {
    expect(accountingCells(paid)).toHaveLength(ACCOUNTING_COLUMNS.length);
    expect(told(paid)).toMatchObject({
      date: '2026-06-01T10:00:00.000Z',
      booked_at: '2026-06-03T08:00:00.000Z',
      answers: 'size: M; colour: red',
      invoice: 'INV-0001',
      kind: 'payment',
      customer: 'Grace',
      net: '80.00',
      tax: '15.20',
      tax_by_rate: '19%: 15.20; 0%: 0.00',
      discount: '0.00',
      total: '95.20',
      received: '95.20',
      fiat_currency: 'EUR',
      fiat_value: '24.00',
      fiat_rate: '0.2521',
      transaction_hash: 'ab',
    });
  });

  it('tells the sums of an invoice once, with the payment that paid it', () => {
    expect(told({ ...paid, pays: false, amount: amountOf('1') })).toMatchObject({
      kind: 'payment',
      net: null,
      tax: null,
      tax_by_rate: null,
      total: null,
      answers: null,
      received: '1.00',
      fiat_value: '0.25',
    });
  });

  it.each([
    ['held', false, ['0.00', '95.20', '0.00', '0.00']],
    ['payment', false, ['95.20', '0.00', '0.00', '0.00']],
    ['payment', true, ['95.20', '-95.20', '0.00', '0.00']],
    ['released', false, ['-95.20', '95.20', '0.00', '0.00']],
    ['refunded', false, ['0.00', '-95.20', '95.20', null]],
    ['dismissed', false, ['0.00', '-95.20', '0.00', '0.00']],
  ] as const)('%s (held before: %s) moves what is received, held and refunded', (kind, heldBefore, sums) => {
    const { received, held, refunded, fee, fiat_value: fiat } = told({ ...paid, kind, heldBefore });
    expect([received, held, refunded, fee]).toEqual(sums);
    expect(fiat?.startsWith('-')).toBe(kind === 'released');
  });

  const OUTSIDERS = [
    'number',
    'reference',
    'clientCompany',
    'clientName',
    'clientEmail',
    'assetCode',
    'answers',
  ] as const;
  const TRIGGERS = ['=', '+', '-', '@', '\t', '\r', '\n', '\uff1d', '\uff0b', '\uff0d', '\uff20'];
  it.each(OUTSIDERS)('G21: %s is harmless to a program that opens tables, however it begins', (member) => {
    for (const trigger of TRIGGERS)
      for (const text of [`${trigger}cmd|' /C calc'!A0`, `a;${trigger}cmd()`, `a; ${trigger}cmd()`]) {
        const value = member === 'answers' ? { [text]: text } : text;
        const line = csvLine(
          accountingCells({
            ...paid,
            reference: null,
            clientCompany: null,
            clientName: null,
            clientEmail: null,
            [member]: value,
          }),
        );
        expect(line).toContain('cmd');
        // However a program parts the cells: by commas or by semicolons, inside of quotes too.
        expect(line.split(/[,;]\s?"?/).filter((cell) => /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell))).toEqual(
          [],
        );
      }
  });

  it('G21: answers are harmless whichever of them begins with a formula', () => {
    const line = (answers: Record<string, string>): string => csvLine(accountingCells({ ...paid, answers }));
    expect(line({ '=cmd()': 'x' })).toMatch(/,'=cmd\(\): x\r\n$/);
    expect(line({ size: 'M', '=cmd()': 'x' })).toMatch(/,size: M; '=cmd\(\): x\r\n$/);
    expect(line({ size: '=cmd()' })).toMatch(/,size: =cmd\(\)\r\n$/);
    expect(line({ size: 'M",\r\n=cmd()' })).toMatch(/,"size: M"",\r\n=cmd\(\)"\r\n$/);
  });

  it('has no answers where nothing was asked', () => {
    expect(told({ ...paid, answers: null })['answers']).toBeNull();
  });

  it('has no fiat value where nobody was promised a rate', () => {
    expect(told({ ...paid, quote: null })).toMatchObject({ fiat_currency: null, fiat_value: null, fiat_rate: null });
  });

  it('values a payment at the rate, never off by more than half a cent', () => {
    const quote = { currency: 'EUR', amount: 1n, payAmount: 0n };
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 15n), fc.integer({ min: 1, max: 10 ** 9 }), (amount, rate) => {
        const text = formatAmount(BigInt(rate));
        const value = fiatValue(amount, { ...quote, rate: text });
        const exact = amount * BigInt(rate);
        const off = value * 10_000_000n - exact;
        expect(value % 100_000n).toBe(0n);
        expect((off < 0n ? -off : off) * 2n <= 100_000n * 10_000_000n).toBe(true);
      }),
    );
  });
});
