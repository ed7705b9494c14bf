/** What of a request says who opened a page, and why. */
export interface PageRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Browsers that fetch a page before anybody asked for it say so. */
const PURPOSES = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];
const AHEAD = /prefetch|preview|prerender/i;
/** Programs that look at addresses for people: previews of messengers, crawlers, monitors, libraries. */
const PROGRAMS =
  /bot\b|bot[/;)_-]|crawl|spider|slurp|preview|facebookexternalhit|facebookcatalog|meta-external|whatsapp|telegram|slack|discord|skypeuri|viber|snapchat|pinterest|embedly|quora link|vkshare|iframely|mastodon|cloudflare-alwaysonline|headless|lighthouse|pingdom|uptime|monitor|statuscake|curl\/|wget\/|httpie|python-|go-http-client|java\/|okhttp|axios|node-fetch|undici|libwww|scrapy|google-|googleother|bingpreview|yandex|baidu|archiver|validator/i;

/** True for a page that somebody looks at. Without a cookie a person who comes twice counts twice. */
export function isPageView({ method, headers }: PageRequest): boolean {
  if (method !== 'GET') return false;
  if (PURPOSES.some((name) => AHEAD.test(textOf(headers[name])))) return false;
  const agent = textOf(headers['user-agent']);
  return agent !== '' && !PROGRAMS.test(agent.slice(0, 1000));
}

function textOf(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(' ') : (value ?? '');
}
