import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { pdfPages } from '../../test/support/pdf-text';
import { EDITION } from './edition';
import { receiptOf, type ReceiptFacts } from './receipt';
import { factsOf, invoiceOf, paymentOf } from './receipt.fixture';
import { receiptPdf } from './receipt-pdf';

const print = (over: Partial<ReceiptFacts> = {}, reader: 'owner' | 'payer' = 'owner'): Promise<Buffer> =>
  receiptPdf(receiptOf(factsOf(over), reader));
const linesOf = (descriptions: readonly string[]): ReceiptFacts['invoice']['lines'] =>
  descriptions.map((description) => ({ description, quantity: '1', rate: '2.00', amount: '2.00' }));
/** Spaces are where lines were broken too. */
const tight = (text: string): string => text.replaceAll(/\s+/g, '');

describe('a printed receipt', () => {
  it('says everything that is on it', async () => {
    const quote = { currency: 'EUR', amount: 250_000_000n, rate: '0.0926' };
    const [page = '', ...more] = await pdfPages(await print({ quote }));
    expect(more).toEqual([]);
    for (const part of [
      'Bean Shop',
      'Receipt INV-0001',
      '2026-03-04 05:06:07 UTC',
      'Grace Hopper',
      'grace@example.com',
      'REF-7',
      'Beans',
      '2.5',
      '4.00',
      '10.00 USDC',
      'Tax (19%)',
      '1.90 USDC',
      '-0.90 USDC',
      '11.00 USDC',
      'Stellar public network',
      '25.00 EUR at 0.0926 EUR for 1 USDC',
      'GBBD47IF6LWK7P7MDEVSCWR7DPUWV3NY3DTQEVFL4NAT4AQH3ZLLFLA5',
      'a'.repeat(64),
      'Ledger 77, closed 2026-03-04 06:00:00 UTC',
      'Internal note',
      'Page 1 of 1',
    ])
      expect(tight(page)).toContain(tight(part));
  });

  it('names no percentage where several rates make the tax, but what each is charged on', async () => {
    const page = tight(
      (
        await pdfPages(
          await print({
            invoice: invoiceOf({
              taxRate: null,
              taxes: [
                { percentage: '19', base: '5.00', tax: '0.95', inclusive: true },
                { percentage: '7', base: '5.00', tax: '0.95', inclusive: false },
              ],
            }),
          }),
        )
      ).join(),
    );
    expect([
      page.includes('Tax1.90USDC'),
      page.includes('Tax('),
      page.includes('19%included,on5.00USDC'),
      page.includes('7%on5.00USDC'),
    ]).toEqual([true, false, true, true]);
  });

  it.each([
    ['Latin', 'Tiếng Việt, ŵ and ß'],
    ['Cyrillic', 'Кофе и чай'],
    ['Greek', 'Καφές'],
    ['Japanese', '珈琲豆のコーヒー'],
    ['Chinese', '谢谢你们的订单'],
    ['Korean', '커피 원두'],
    ['a smile', 'fine \u{1F600}'],
  ])('prints %s', async (_script, text) => {
    expect(tight((await pdfPages(await print({ merchantName: text }))).join())).toContain(tight(text));
  });

  it('prints Arabic and Hebrew, whose letters a reader finds from right to left', async () => {
    const page = tight(
      (await pdfPages(await print({ merchantName: 'متجر النور', invoice: invoiceOf({ title: 'שלום' }) }))).join(),
    );
    const letters = (text: string): string => Array.from(tight(text)).toSorted().join('');
    for (const word of ['متجر', 'النور', 'שלום'])
      expect(Array.from(page, (_each, at) => letters(page.slice(at, at + word.length).normalize('NFKC')))).toContain(
        letters(word),
      );
  });

  it('spells out what no font has, rather than dropping it', async () => {
    expect(tight((await pdfPages(await print({ merchantName: 'कॉफ़ी \u{1F680}' }))).join())).toContain(
      '[U+0915U+0949][U+092BU+093CU+0940][U+1F680]',
    );
  });

  it('counts its pages and repeats the head of the table', async () => {
    const pages = await pdfPages(
      await print({
        invoice: invoiceOf({
          lines: linesOf(Array.from({ length: 500 }, (_each, index) => `Line ${index + 1} of many`)),
        }),
      }),
    );
    expect(pages.length).toBeGreaterThan(8);
    for (const [index, page] of pages.entries()) expect(tight(page)).toContain(`Page${index + 1}of${pages.length}`);
    expect(pages.slice(0, 8).every((page) => tight(page).includes('DescriptionQuantityRateAmount'))).toBe(true);
    const all = tight(pages.join(' '));
    for (let line = 1; line <= 500; line += 1) expect(all).toContain(`Line${line}ofmany`);
  });

  it('breaks a text that is longer than a page, and a word that is wider than a column', async () => {
    const pages = await pdfPages(
      await print({
        invoice: invoiceOf({
          notes: Array.from({ length: 200 }, (_each, index) => `note ${index}.`).join('\n'),
          lines: linesOf([`${'w'.repeat(300)}END`]),
        }),
      }),
    );
    expect(pages.length).toBeGreaterThan(2);
    expect(tight(pages.join())).toMatch(/w{300}END|w{20,}.*END/);
    expect(tight(pages.join())).toContain('note199.');
  });

  it('is the same bytes for the same facts, whatever was printed in between', async () => {
    const about = (description: string): Promise<Buffer> => print({ invoice: invoiceOf({ description }) });
    const first = await about('office 谢谢');
    expect((await about('office 谢谢')).equals(first)).toBe(true);
    expect(first.toString('latin1')).toContain('D:20260304060000Z');
    // One shape, two spellings: what was printed before must not decide which of them is copied out of the PDF.
    expect((await about('\u{fb01}')).equals(await about('fi'))).toBe(false);
  });

  it('has an edition that is raised when the bytes change', async () => {
    const bytes = await print({
      invoice: invoiceOf({ description: 'Кофе 咖啡 متجر' }),
      payments: [paymentOf({ outcome: 'late' })],
    });
    expect([EDITION, createHash('sha256').update(bytes).digest('hex')]).toEqual([
      2,
      '5cd022b7dec15b3812e39b1b2ee55dfc6ef3bcfc4180c28c1625cfc1f9fac3be',
    ]);
  });

  it('keeps from a payer what the public page does not say', async () => {
    const secrets = {
      notes: 'SECRETNOTE',
      reference: 'SECRETREF',
      clientEmail: 'secret@example.com',
      clientName: 'SECRETNAME',
      clientCompany: 'SECRETCO',
      clientAddress: 'SECRETROAD',
    };
    const told = async (reader: 'owner' | 'payer'): Promise<string> =>
      tight((await pdfPages(await print({ invoice: invoiceOf(secrets) }, reader))).join());
    const [owner, payer] = await Promise.all([told('owner'), told('payer')]);
    for (const secret of Object.values(secrets))
      expect([owner.includes(secret), payer.includes(secret)]).toEqual([true, false]);
  });

  it('prints any text whatever', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({
          unit: fc.constantFrom('א', 'ا', 'ب', '1', '(', ')', ' ', 'a', '\u{1F600}', '中', '\u0301', '\n'),
          maxLength: 40,
        }),
        async (merchantName, description) => {
          const bytes = await print({
            merchantName,
            invoice: invoiceOf({ description, lines: linesOf([description]) }),
          });
          expect((await pdfPages(bytes)).length).toBe(1);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('notes what was late or too much', async () => {
    const page = tight(
      (
        await pdfPages(
          await print({
            payments: [paymentOf({ outcome: 'late' }), paymentOf({ outcome: 'surplus' })],
            invoice: invoiceOf({ received: 220_000_000n }),
          }),
        )
      ).join(),
    );
    for (const part of [
      'Late: after the time to pay was over',
      'After the invoice had been paid',
      'More than the total by',
      '22.00 USDC',
    ])
      expect(page).toContain(tight(part));
  });
});
