import fc from 'fast-check';
import { httpsAddress } from './https-address';

describe('a public https address that a merchant gives', () => {
  it.each([
    ['https://example.com/a.png', 'example.com'],
    ['HTTPS://EXAMPLE.COM', 'example.com'],
    ['https://cdn.example.co.uk:8443/a?b=c#d', 'cdn.example.co.uk:8443'],
    ['https://example.com:443/', 'example.com'],
    ['https://example.com:/', 'example.com'],
    ['https://b\u00fccher.example/', 'xn--bcher-kva.example'],
    ['https://\uff45xample.com/', 'example.com'],
    ['https://1.2.3.example.com/', '1.2.3.example.com'],
    ['https://a--b.example/', 'a--b.example'],
    ['https://exam\u200bple.com/', 'example.com'],
  ])('%j leads to %s', (text, host) => {
    expect(httpsAddress(text)?.host).toBe(host);
  });

  it.each([
    [''],
    ['example.com'],
    ['//example.com'],
    ['http://example.com'],
    ['https:example.com'],
    ['https:/example.com'],
    ['https:///example.com'],
    ['https:\\\\example.com'],
    ['https://example.com\\@evil.example'],
    [' https://example.com'],
    ['https://example.com/a b'],
    ['https://exam\nple.com'],
    ['https://exam\tple.com'],
    ['https://example.com/\u0000'],
    ['https://example.com/\u00a0'],
    ['https://user@example.com'],
    ['https://user:pass@example.com'],
    ['https://:pass@example.com'],
    ['https://example.com:443@evil.example'],
    ['https://example.com:0'],
    ['https://example.com:65536'],
    ['https://example.com:80:443'],
    ['https://example.com:x'],
    ['https://example.com:-1'],
    ['https://example.com.'],
    ['https://.example.com'],
    ['https://example..com'],
    ['https://-example.com'],
    ['https://example-.com'],
    ['https://exa_mple.com'],
    ["https://exa'mple.com"],
    ['https://exa;mple.com'],
    ['https://exa,mple.com'],
    ['https://exa*mple.com'],
    ['https://*.example.com'],
    ['https://exa(mple.com'],
    ['https://exa$mple.com'],
    ['https://exa%3bmple.com'],
    ['https://exa%20mple.com'],
    ['https://localhost'],
    ['https://LOCALHOST:8443'],
    ['https://a.localhost'],
    ['https://printer.local'],
    ['https://metadata.google.internal'],
    ['https://intranet'],
    ['https://com'],
    ['https://127.0.0.1'],
    ['https://127.1'],
    ['https://2130706433'],
    ['https://0x7f.1'],
    ['https://8.8.8.8'],
    ['https://\u2460\u2461\u2466.0.0.1'],
    ['https://[::1]'],
    ['https://[2606:4700::1111]'],
    ['https://1.2.3.4.5'],
    [`https://${'a'.repeat(64)}.com`],
    [`https://${'a.'.repeat(127)}com`],
    [`https://example.com/${'a'.repeat(2000)}`],
    ['javascript:alert(1)//https://example.com'],
    ['data:text/html,https://example.com'],
    ['blob:https://example.com/1'],
    ['wss://example.com'],
  ])('%j is refused', (text) => {
    expect(httpsAddress(text)).toBeNull();
  });

  it('has a host that can stand in a header, whatever came in', () => {
    const awkward = fc.constantFrom(
      ...'.-_;,\'" *:/\\@%#?[]()$&!~\n\r\t\0\u00e9\u3002\u200b\u202e\u2460'.split(''),
      'example',
      '.com',
      '127.0.0.1',
    );
    fc.assert(
      fc.property(fc.array(awkward, { maxLength: 8 }), (pieces) => {
        const url =
          httpsAddress(`https://${pieces.join('')}.example.com/`) ?? httpsAddress(`https://a${pieces.join('')}`);
        if (url === null) return;
        expect(url.host).toMatch(/^[a-z0-9.-]+(:[1-9]\d*)?$/);
        expect([url.protocol, url.username, url.password]).toEqual(['https:', '', '']);
        expect(url.href).toMatch(/^[!-~]+$/);
        expect(httpsAddress(url.href)?.href).toBe(url.href);
      }),
      { numRuns: 3000 },
    );
  });
});
