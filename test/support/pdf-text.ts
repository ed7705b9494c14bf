import { extractText, getDocumentProxy } from 'unpdf';

/** The text of each page as a reader of PDF gives it to whoever copies it. */
export async function pdfPages(bytes: Uint8Array): Promise<readonly string[]> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)));
  return text;
}
