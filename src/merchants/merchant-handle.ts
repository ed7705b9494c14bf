/** A merchant's name in addresses: small letters and digits of ASCII, with dashes between. Pure. */

const MAX_HANDLE = 40;

/** Letters lose their accents; a name that has nothing to be written with is a shop. */
export function handleOf(name: string): string {
  const text = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_HANDLE)
    .replace(/^-+|-+$/g, '');
  return text === '' ? 'shop' : text;
}

export function isHandle(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,59}$/.test(text);
}
