import fc from 'fast-check';
import { type Mail, type MailData, MailRefused } from './mail-port';
import { renderMail } from './rendered-mail';
import { TEMPLATES } from './templates';

const URL = 'https://pay.example.com/receipts/abc';
const mail = (more: Partial<Mail> = {}, data: Partial<MailData> = {}): Mail => ({
  to: 'ada@example.com',
  template: 'receipt',
  locale: 'en',
  dedupeKey: 'k',
  ...more,
  data: { url: URL, merchant: 'Shop', number: 'INV-1', amount: '12.5 USDC', ...data } as MailData,
});
const everything = {
  merchant: 'Shop',
  number: 'INV-1',
  amount: '12.5 USDC',
  reason: 'because',
  title: 'Club',
  start: '2026-12-31',
  deadline: '2027-01-07',
};

describe('a mail', () => {
  it('says in text and HTML what its template says, with its one link', () => {
    const { subject, text, html } = renderMail(mail());
    expect(subject).toBe('Your payment to Shop');
    expect(text).toBe(`Shop has received your payment of 12.5 USDC for invoice INV-1.\n\nSee the receipt: ${URL}\n\n`);
    expect(html).toContain(`<a href="${URL}">See the receipt</a>`);
  });

  it.each(Object.keys(TEMPLATES))('%s has one link and shows nothing that lies elsewhere', (template) => {
    const { text, html } = renderMail(mail({ template }, everything));
    expect(html.match(/https?:/g)).toHaveLength(1);
    expect(text.match(/https?:/g)).toHaveLength(1);
    expect(html).not.toMatch(/<(img|link|script|style|iframe|object)|url\(|src=/i);
  });

  it('is in English where its language is not spoken', () => {
    expect(renderMail(mail({ locale: 'xx-YY' }))).toEqual(renderMail(mail()));
    expect(renderMail(mail({ locale: '__proto__' }))).toEqual(renderMail(mail()));
  });

  it.each([
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com, eve@example.com',
    'Ada <ada@example.com>',
    'ada@exam\u0000ple.com',
    '"ada eve"@example.com',
    'ada',
    '',
  ])('is refused for a recipient that is not one address: %j', (to) => {
    expect(() => renderMail(mail({ to }))).toThrow(MailRefused);
  });

  it.each(['javascript:alert(1)', 'https://a b', 'https://a\r\nBcc: eve@example.com', '/receipts/1'])(
    'is refused with a link such as %j',
    (url) => {
      expect(() => renderMail(mail({}, { url }))).toThrow(MailRefused);
      expect(() => renderMail(mail({}, { unsubscribeUrl: url }))).toThrow(MailRefused);
    },
  );

  it('is refused when its template is unknown or a text is missing', () => {
    expect(() => renderMail(mail({ template: 'toString' }))).toThrow('there is no mail toString');
    expect(() => renderMail({ ...mail(), data: { url: URL } })).toThrow('the mail lacks merchant');
  });

  it('has a subject of one line, and markup of its own alone, whatever a merchant is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (merchant) => {
        const { subject, text, html } = renderMail(mail({}, { merchant }));
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(html.replace(/<\/?(?:html|head|body|p|bdi|a|meta|!doctype)[^<>]*>/g, '')).not.toMatch(/[<>]/);
        expect(text.split('\n')).toHaveLength(5);
      }),
    );
  });

  it('makes no link of what a merchant is called', () => {
    const { text, html } = renderMail(mail({}, { merchant: 'Win at https://evil.example now' }));
    expect(text + html).not.toContain('evil.example');
    expect(text + html).not.toContain('://evil');
  });
});
