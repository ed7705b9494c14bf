import { readFileSync } from 'node:fs';
import { create, type Font } from 'fontkit';
import { sfntOf } from './woff';

/** The faces a receipt is set in. */
export type FontName = 'regular' | 'bold' | 'japanese' | 'chinese' | 'korean';

/**
 * DejaVu Sans has Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic; the other three have the letters of
 * their language. A PDF carries only the shapes it uses, so the size of these files does not matter to its reader.
 */
const FILES: Readonly<Record<FontName, string>> = {
  regular: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  bold: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
  japanese: require.resolve('@fontsource/kosugi/files/kosugi-japanese-400-normal.woff'),
  chinese: require.resolve('@fontsource/zcool-xiaowei/files/zcool-xiaowei-chinese-simplified-400-normal.woff'),
  korean: require.resolve('@fontsource/gowun-dodum/files/gowun-dodum-korean-400-normal.woff'),
};

const bytes = new Map<FontName, Buffer>();

/**
 * The fonts of one document. A parsed font remembers the text each shape was first used for, and the PDF repeats
 * that when a reader copies text. Shared between documents, the bytes of one would depend on those before it.
 */
export class Fonts {
  private readonly opened = new Map<FontName, Font>();

  get(name: FontName): Font {
    const known = this.opened.get(name);
    if (known !== undefined) return known;
    const font = create(bytesOf(name)) as Font;
    this.opened.set(name, font);
    return font;
  }

  has(name: FontName, character: string): boolean {
    const font = this.get(name);
    return Array.from(character).every((each) => font.hasGlyphForCodePoint(each.codePointAt(0) ?? 0));
  }
}

function bytesOf(name: FontName): Buffer {
  const known = bytes.get(name);
  if (known !== undefined) return known;
  const file = readFileSync(FILES[name]);
  const read = FILES[name].endsWith('.woff') ? sfntOf(file) : file;
  bytes.set(name, read);
  return read;
}
