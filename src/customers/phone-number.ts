/** Longest number as it may be written, blanks and dashes included. */
const MAX_WRITTEN = 20;

/**
 * A telephone number as people write it: E.164, with or without the plus sign, and with blanks, dashes, dots or brackets between its digits.
 * It is kept as it was given: nobody is called from here.
 */
export function isPhoneNumber(text: string): boolean {
  if (text.length > MAX_WRITTEN || !/^\+?[0-9(][0-9 ().-]*[0-9]$/.test(text)) return false;
  const digits = text.replaceAll(/\D/g, '').length;
  return digits >= 4 && digits <= 15;
}
