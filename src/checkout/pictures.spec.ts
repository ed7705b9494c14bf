import { parseFragment } from 'parse5';
import { coverHost, isCoverImage } from '../links/terms/cover-image';
import { PAGE_HEADERS, pageHeaders } from './page-security';
import { coverImage, goodPicture, imageHostsOf } from './pictures';

const POLICY = 'content-security-policy';

/** What a page knows of pictures. */
function view(cover: string | null, images: readonly (string | null)[] = []): Parameters<typeof imageHostsOf>[0] {
  const goods = images.map((image, at) => ({
    productId: String(at),
    name: 'Tee',
    description: null,
    image,
    price: '1.00',
    quantity: 1,
  }));
  const shop = { coverImage: cover, goods } as unknown as NonNullable<Parameters<typeof imageHostsOf>[0]['shop']>;
  return { shop, catalogue: null };
}

describe('the cover image of a link', () => {
  it('is an image with words for it, loaded late and without a referrer', () => {
    const [image, ...others] = parseFragment(
      coverImage('https://Img.Example.com:8443/a"b.png?x=<1>&y=2#z', ' Beans "<script>\u202e ')?.text ?? '',
    ).childNodes;
    expect(others).toEqual([]);
    expect(image).toMatchObject({ nodeName: 'img' });
    expect(
      Object.fromEntries(
        (image as { attrs: { name: string; value: string }[] }).attrs.map(({ name, value }) => [name, value]),
      ),
    ).toEqual({
      class: 'cover',
      src: 'https://img.example.com:8443/a%22b.png?x=%3C1%3E&y=2#z',
      alt: 'Beans "<script>',
      width: '1200',
      height: '630',
      loading: 'lazy',
      decoding: 'async',
      referrerpolicy: 'no-referrer',
    });
  });

  it.each([null, '', 'http://example.com/a.png', 'https://127.0.0.1/a.png', 'javascript:alert(1)', '/pay/x'])(
    '%j is no image, and its page has the headers of every page',
    (url) => {
      expect(coverImage(url, 'Beans')).toBeNull();
      expect(coverHost(url)).toBeNull();
      expect(isCoverImage(url)).toBe(false);
      expect(pageHeaders(imageHostsOf(view(url)))).toEqual(PAGE_HEADERS);
    },
  );

  it.each([undefined, 1, {}, ['https://example.com/a.png'], `https://example.com/${'a'.repeat(1981)}`])(
    '%j is refused as an address',
    (value) => {
      expect(isCoverImage(value)).toBe(false);
    },
  );

  it('may have an address of 2000 characters', () => {
    expect(isCoverImage(`https://example.com/${'a'.repeat(1980)}`)).toBe(true);
  });

  it('admits images of its host and nothing else', () => {
    const hosts = imageHostsOf(view('https://b\u00fccher.example:8443/a.png'));
    expect(hosts).toEqual(['xn--bcher-kva.example:8443']);
    const { [POLICY]: policy = '', ...others } = pageHeaders(hosts);
    const { [POLICY]: usual = '', ...usualOthers } = PAGE_HEADERS;
    expect(others).toEqual(usualOthers);
    expect(policy).toBe(
      usual.replace("img-src 'self' data:", "img-src 'self' data: https://xn--bcher-kva.example:8443"),
    );
    expect(policy.split('xn--')).toHaveLength(2);
  });

  it.each([
    "example.com; script-src 'unsafe-inline'",
    'example.com, *',
    'example.com https://evil.example',
    'example.com\r\nset-cookie: a=b',
    'example.com\n',
    '*.example.com',
    'example.com/',
    'EXAMPLE.com',
    'example.com:',
    '',
  ])('a host that says more than a host is never put into the policy: %j', (host) => {
    expect(() => pageHeaders(['images.example', host])).toThrow('cannot stand in a policy');
  });
});

describe('the pictures of products', () => {
  it('are loaded from the hosts that the page admits, each listed once, the cover\u2019s first', () => {
    const images = [
      'https://b.example/1.png',
      null,
      'https://a.example/2.png',
      'https://b.example/3.png',
      'https://127.0.0.1/',
    ];
    const hosts = imageHostsOf(view('https://cover.example/c.png', images));
    expect(hosts).toEqual(['cover.example', 'b.example', 'a.example']);
    expect(pageHeaders(hosts)[POLICY]).toContain(
      "img-src 'self' data: https://cover.example https://b.example https://a.example;",
    );
    expect(images.map((url) => goodPicture(url, hosts) === null)).toEqual([false, true, false, false, true]);
  });

  it('of the ninth host and of more are left out, so that the policy stays short', () => {
    const images = Array.from({ length: 50 }, (_unused, at) => `https://${at}-${'a'.repeat(50)}.example/x.png`);
    const hosts = imageHostsOf(view(null, images));
    expect(hosts).toHaveLength(8);
    expect(images.filter((url) => goodPicture(url, hosts) !== null)).toHaveLength(8);
  });
});
