import PDFDocument from 'pdfkit';
import { type FontName, Fonts } from './fonts';
import { type TextLine, textLines } from './text-lines';

/** Points; A4 is 595 by 842. */
const MARGIN = 50;
const WIDTH = 495;
const TOP = 50;
const BOTTOM = 780;
const FOOT = 800;
/** Between base lines, as a multiple of the size. */
const LEADING = 1.35;

export interface Style {
  readonly size: number;
  readonly bold?: boolean;
  readonly grey?: boolean;
}

/** A piece of text within a column; `left` and `width` are points from the left margin. */
export interface Cell {
  readonly text: string;
  readonly left: number;
  readonly width: number;
  readonly style: Style;
  readonly alignRight?: boolean;
}

/** Paper that is written from top to bottom; a new page begins by itself, also in the middle of a cell. */
export class Sheet {
  private readonly fonts = new Fonts();
  private readonly used = new Set<FontName>();
  private readonly pdf: PDFKit.PDFDocument;
  private y = TOP;
  /** Repeated at the top of every page that begins within it. */
  private header: readonly Cell[] | undefined;

  constructor(about: { readonly title: string; readonly author: string; readonly at: Date }) {
    // The base fonts of PDF are never used; without this, one of them would be opened for nothing.
    this.pdf = new PDFDocument({
      size: 'A4',
      margin: 0,
      bufferPages: true,
      font: '',
      info: {
        Title: about.title,
        Author: about.author,
        Creator: 'Lumentill',
        Producer: 'Lumentill',
        CreationDate: about.at,
      },
      lang: 'en',
    } as PDFKit.PDFDocumentOptions);
  }

  /** Cells beside each other; the row is as high as its highest cell. */
  row(cells: readonly Cell[]): void {
    const wrapped = cells.map((cell) => ({ cell, lines: this.linesOf(cell) }));
    const height = Math.max(...cells.map(({ style }) => style.size)) * LEADING;
    const rows = Math.max(...wrapped.map(({ lines }) => lines.length));
    for (let line = 0; line < rows; line += 1) {
      this.makeRoom(height);
      for (const { cell, lines } of wrapped) this.draw(lines[line], cell);
      this.y += height;
    }
  }

  text(text: string, style: Style): void {
    this.row([{ text, left: 0, width: WIDTH, style }]);
  }

  /** Rows under a head that every further page repeats. */
  table(head: readonly Cell[], write: () => void): void {
    this.makeRoom(60);
    this.row(head);
    this.header = head;
    write();
    this.header = undefined;
  }

  /** Nothing of the next `height` points stands alone at the end of a page. */
  keep(height: number): void {
    this.makeRoom(height);
  }

  gap(points: number): void {
    this.y += points;
  }

  rule(): void {
    this.makeRoom(8);
    this.pdf
      .moveTo(MARGIN, this.y + 2)
      .lineTo(MARGIN + WIDTH, this.y + 2)
      .lineWidth(0.5)
      .strokeColor('#999999')
      .stroke();
    this.y += 8;
  }

  /** The bytes, with the number of each page at its foot. */
  async finish(foot: string): Promise<Buffer> {
    const { count } = this.pdf.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.pdf.switchToPage(page);
      this.y = FOOT;
      const style: Style = { size: 8, grey: true };
      for (const cell of [
        { text: foot, left: 0, width: 380, style },
        { text: `Page ${page + 1} of ${count}`, left: 390, width: 105, style, alignRight: true },
      ])
        this.draw(this.linesOf(cell)[0], cell);
    }
    const chunks: Buffer[] = [];
    this.pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise<void>((resolve, reject) => this.pdf.once('end', resolve).once('error', reject));
    this.pdf.end();
    await ended;
    return Buffer.concat(chunks);
  }

  private makeRoom(height: number): void {
    if (this.y + height <= BOTTOM) return;
    this.pdf.addPage();
    this.y = TOP;
    const { header } = this;
    if (header === undefined) return;
    // Without it while it is written itself, or a head higher than a page would never end.
    this.header = undefined;
    this.row(header);
    this.header = header;
  }

  private linesOf({ text, width, style }: Cell): readonly TextLine[] {
    this.pdf.fontSize(style.size);
    return textLines(text, width, {
      base: style.bold === true ? 'bold' : 'regular',
      coverage: this.fonts,
      measure: this.measure,
    });
  }

  private readonly measure = (text: string, font: FontName): number => this.use(font).widthOfString(text);

  /** Nothing where a cell has fewer lines than its row. */
  private draw(
    { runs, rightToLeft }: TextLine = { runs: [], rightToLeft: false },
    { left, width, style, alignRight }: Cell,
  ): void {
    this.pdf.fontSize(style.size).fillColor(style.grey === true ? '#555555' : '#000000');
    const widths = runs.map(({ text, font }) => this.measure(text, font));
    const free = width - widths.reduce((sum, each) => sum + each, 0);
    let x = MARGIN + left + (alignRight === true || rightToLeft ? free : 0);
    for (const [index, { text, font }] of runs.entries()) {
      // From the base line, where letters of different fonts stand side by side.
      this.use(font).text(text, x, this.y + style.size, { lineBreak: false, baseline: 'alphabetic' });
      x += widths[index] ?? 0;
    }
  }

  private use(font: FontName): PDFKit.PDFDocument {
    if (!this.used.has(font)) this.pdf.registerFont(font, this.fonts.get(font) as never);
    this.used.add(font);
    return this.pdf.font(font);
  }
}
