import type { PricedLine } from '../common/priced-line';
import type { LabelledText, Receipt } from './receipt';
import { type Cell, Sheet, type Style } from './sheet';

const BODY: Style = { size: 9 };
const STRONG: Style = { size: 9, bold: true };
const SMALL: Style = { size: 8 };
const LABEL: Style = { size: 9, grey: true };
const LABEL_WIDTH = 130;

/** A4, as many pages as it takes. The same receipt gives the same bytes. A long one takes the processor for most of a second. */
export async function receiptPdf(receipt: Receipt): Promise<Buffer> {
  const sheet = new Sheet({ title: `${receipt.heading} ${receipt.number}`, author: receipt.merchant, at: receipt.at });
  writeHead(sheet, receipt);
  if (receipt.lines.length > 0) writeLines(sheet, receipt.lines);
  sheet.rule();
  sheet.keep(20 * receipt.sums.length);
  for (const sum of receipt.sums)
    sheet.row([
      { text: sum.label, left: 150, width: 190, style: LABEL, alignRight: true },
      { text: sum.text, left: 345, width: 150, style: STRONG, alignRight: true },
    ]);
  writeLabelled(sheet, 'Settled on the ledger', receipt.settlement);
  writePayments(sheet, receipt);
  if (receipt.notes !== null) {
    writeHeading(sheet, 'Notes');
    sheet.text(receipt.notes, BODY);
  }
  return sheet.finish(receipt.number);
}

function writeHead(sheet: Sheet, { merchant, heading, number, testMoney, title, description, facts }: Receipt): void {
  sheet.text(merchant, { size: 18, bold: true });
  sheet.gap(4);
  sheet.text(`${heading} ${number}`, { size: 13 });
  if (testMoney !== null) sheet.text(testMoney, STRONG);
  sheet.gap(10);
  for (const fact of facts) writeFact(sheet, fact);
  sheet.gap(10);
  if (title !== '') sheet.text(title, { size: 11, bold: true });
  if (description !== null) sheet.text(description, BODY);
  sheet.gap(10);
}

function writeLines(sheet: Sheet, lines: readonly PricedLine[]): void {
  const cells = (line: PricedLine, style: Style): readonly Cell[] => [
    { text: line.description, left: 0, width: 200, style },
    { text: line.quantity, left: 205, width: 70, style, alignRight: true },
    { text: line.rate, left: 280, width: 105, style, alignRight: true },
    { text: line.amount, left: 390, width: 105, style, alignRight: true },
  ];
  sheet.table(
    cells(
      { description: 'Description', quantity: 'Quantity', rate: 'Rate', amount: 'Amount' },
      { ...SMALL, grey: true },
    ),
    () => {
      for (const line of lines) {
        sheet.row(cells(line, SMALL));
        sheet.gap(2);
      }
    },
  );
}

function writePayments(sheet: Sheet, { payments }: Receipt): void {
  writeHeading(sheet, payments.length === 1 ? 'Payment' : 'Payments');
  for (const { amount, transactionHash, place, note } of payments) {
    sheet.keep(48);
    sheet.text(amount, STRONG);
    sheet.text(place, BODY);
    writeFact(sheet, { label: 'Transaction', text: transactionHash }, SMALL);
    if (note !== null) sheet.text(note, BODY);
    sheet.gap(6);
  }
}

function writeLabelled(sheet: Sheet, heading: string, facts: readonly LabelledText[]): void {
  writeHeading(sheet, heading);
  for (const fact of facts) writeFact(sheet, fact);
}

function writeHeading(sheet: Sheet, heading: string): void {
  sheet.gap(12);
  sheet.keep(60);
  sheet.text(heading, { size: 11, bold: true });
  sheet.gap(2);
}

function writeFact(sheet: Sheet, { label, text }: LabelledText, style: Style = BODY): void {
  sheet.row([
    { text: label, left: 0, width: LABEL_WIDTH, style: LABEL },
    { text, left: LABEL_WIDTH, width: 365, style },
  ]);
}
