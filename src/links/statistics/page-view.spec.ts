import { isPageView } from './page-view';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

describe('a page view', () => {
  it.each([
    CHROME,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0',
  ])('is one by a person: %s', (agent) => {
    expect(isPageView({ method: 'GET', headers: { 'user-agent': agent } })).toBe(true);
  });

  it.each([
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'WhatsApp/2.23.20.0',
    'TelegramBot (like TwitterBot)',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
    'Twitterbot/1.0',
    'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient)',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    'Mozilla/5.0 (compatible; SkypeUriPreview Preview/0.5)',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0',
    'curl/8.5.0',
    'python-requests/2.32',
    '',
  ])('is none by a program: %j', (agent) => {
    expect(isPageView({ method: 'GET', headers: { 'user-agent': agent } })).toBe(false);
  });

  it.each([
    ['sec-purpose', 'prefetch'],
    ['sec-purpose', 'prefetch;prerender'],
    ['purpose', 'prefetch'],
    ['x-purpose', 'preview'],
    ['x-moz', 'prefetch'],
  ])('is none when a browser fetches ahead: %s: %s', (name, value) => {
    expect(isPageView({ method: 'GET', headers: { 'user-agent': CHROME, [name]: value } })).toBe(false);
  });

  it.each(['HEAD', 'POST', 'OPTIONS'])('is none by %s', (method) => {
    expect(isPageView({ method, headers: { 'user-agent': CHROME } })).toBe(false);
  });

  it('is none without saying who asks', () => {
    expect(isPageView({ method: 'GET', headers: {} })).toBe(false);
  });
});
