interface Target {
  /** Raw: path and query. */
  readonly url: string;
}

interface Method {
  readonly method: string;
}

interface Headers {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const NOT_URI = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]/g;

/** What clients send raw, brackets above all, RFC 3986 wants percent-encoded. */
export function encodedTarget({ url }: Target): string {
  return url.replaceAll(NOT_URI, encodeURIComponent);
}

export function hasQuery({ url }: Target): boolean {
  return url.includes('?');
}

export function isRead({ method }: Method): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** One text, also where a client has sent the field several times. */
export function headerOf({ headers }: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
