type Headers = Readonly<Record<string, string>>;

/** All that may stand in the policy beside its own words: a host in ASCII, with a port or without. */
const LISTED_HOST = /^[a-z0-9.-]+(?::\d{1,5})?$/;

/** For the page and everything it loads: own files only, no inline code, forms to ourselves only, never inside a frame. */
function contentSecurityPolicy(images: string): string {
  return `default-src 'none'; script-src 'self'; style-src 'self'; img-src ${images}; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;
}

export const PAGE_HEADERS: Headers = {
  'content-security-policy': contentSecurityPolicy("'self' data:"),
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
};

/** The same for a page with a merchant's pictures, whose hosts (`imageHostOf`) are admitted for images alone. */
export function pageHeaders(imageHosts: readonly string[]): Headers {
  if (imageHosts.length === 0) return PAGE_HEADERS;
  if (!imageHosts.every((host) => LISTED_HOST.test(host))) throw new Error('a host that cannot stand in a policy');
  const listed = imageHosts.map((host) => `https://${host}`).join(' ');
  return {
    ...PAGE_HEADERS,
    'content-security-policy': contentSecurityPolicy(`'self' data: ${listed}`),
  };
}

export const HTML_TYPE = 'text/html; charset=utf-8';
