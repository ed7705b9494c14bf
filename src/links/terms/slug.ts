const MAX_SLUG = 100;
const MAX_URL = 2048;
/** Letters, digits and `. - _`, in one segment or in several between slashes. */
const SLUG = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;

/**
 * The slug that a merchant asks for: itself, or the last segment of the path when a whole URL was given. Undefined when it
 * is neither. A slug stays as it is, capitals included, because it is part of an address that was given out.
 */
export function slugOf(text: string): string | undefined {
  if (text.length > MAX_URL) return undefined;
  const slug = /^https?:\/\//i.test(text) ? lastSegment(text) : text;
  return slug !== undefined && isSlug(slug) ? slug : undefined;
}

function isSlug(text: string): boolean {
  // Browsers resolve the segments "." and "..", so an address with one leads elsewhere.
  return text.length <= MAX_SLUG && SLUG.test(text) && !text.split('/').some((each) => each === '.' || each === '..');
}

function lastSegment(text: string): string | undefined {
  // URL drops tabs and line breaks silently and turns backslashes round.
  if (/[\s\\\p{Cc}]/u.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text).pathname.split('/').findLast((segment) => segment !== '');
}
