/** The one spelling of a merchant's own reference, by which it is found and may not be given twice. */
export function referenceText(text: string): string {
  return text.normalize('NFC').trim();
}
