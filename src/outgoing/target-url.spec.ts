import fc from 'fast-check';
import { isPrivateAddress, isPublicAddress } from './address-ranges';
import { type OutgoingPolicy, refusalOf } from './target-url';
import { DISGUISED_URLS } from './disguises.fixture';

const STRICT: OutgoingPolicy = { allowPrivate: false, ownHosts: ['pay.example.com'], ownPort: 3000 };
const SANDBOX: OutgoingPolicy = { ...STRICT, allowPrivate: true, ownHosts: ['127.0.0.1'] };

describe('saving a URL', () => {
  it.each(DISGUISED_URLS)('is refused for %s (F01, F05, F06, F17)', (url) => {
    expect(refusalOf(url, STRICT)).toMatch(/^must /);
  });

  it.each([
    'https://hooks.example.com',
    'https://hooks.example.com:443/x?y=1',
    'https://hooks.example.com:8443/',
    'https://8.8.8.8/x',
    'https://[2606:4700:4700::1111]/',
    'https://b\u00fccher.example.org/@hook',
  ])('is allowed for %s', (url) => {
    expect(refusalOf(url, STRICT)).toBeUndefined();
  });

  it('says what is wrong', () => {
    expect(refusalOf('http://hooks.example.com', STRICT)).toBe('must begin with https://');
    expect(refusalOf('https://u:p@hooks.example.com', STRICT)).toBe('must not hold credentials');
    expect(refusalOf('https://hooks.example.com:6379', STRICT)).toBe('must use port 443 or 8443');
    expect(refusalOf(`https://hooks.example.com/${'x'.repeat(2048)}`, STRICT)).toBe('must be at most 2048 characters');
  });

  it.each([
    'http://127.0.0.1:8080/x',
    'http://localhost:8080',
    'http://[::1]:99/',
    'http://192.168.1.5/',
    'https://hooks.example.com',
  ])('beside a sandbox %s is allowed', (url) => {
    expect(refusalOf(url, SANDBOX)).toBeUndefined();
  });

  it.each([
    'http://127.0.0.1:3000/api/links',
    'http://127.1:3000/',
    'http://[::1]:3000/',
    'http://[::ffff:127.0.0.1]:3000/',
    'http://169.254.169.254/latest/meta-data',
    'http://0.0.0.0:8080/',
    'http://[fe80::1]/',
    'ftp://127.0.0.1/',
    'http://u@127.0.0.1:8080/',
  ])('beside a sandbox %s is refused still', (url) => {
    expect(refusalOf(url, SANDBOX)).toMatch(/^must /);
  });
});

describe('an address', () => {
  // Every range with its first and last address: the registries of RFC 6890 and what transition mechanisms unpack.
  const inside = [
    '0.0.0.0',
    '0.255.255.255',
    '10.0.0.0',
    '10.255.255.255',
    '100.64.0.0',
    '100.127.255.255',
    '127.0.0.0',
    '127.255.255.255',
    '169.254.0.0',
    '169.254.169.254',
    '172.16.0.0',
    '172.31.255.255',
    '192.0.0.0',
    '192.0.0.255',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.0',
    '192.168.255.255',
    '198.18.0.0',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:0:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b::808:808',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:0:53aa:64c::1',
    '2001:10::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:808:808::',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'fec0::1',
    'ff02::1',
    '4000::1',
  ];
  const outside = [
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '::ffff:8.8.8.8',
    '2001:4860:4860::8888',
    '2606:4700::1111',
    '2a00:1450:4001::1',
  ];

  it.each(inside)('%s is not of the public internet', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(outside)('%s is of the public internet', (address) => expect(isPublicAddress(address)).toBe(true));
  it.each(['', 'x', '127.1', '0x7f000001', '2130706433', '0177.0.0.1', '1.2.3', '1.2.3.4.5', '::g'])(
    '%p is none',
    (text) => {
      expect([isPublicAddress(text), isPrivateAddress(text)]).toEqual([false, false]);
    },
  );

  it('is judged the same however it is mapped into IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address))),
    );
  });

  it('is never public and private at once', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) =>
        expect(isPublicAddress(address) && isPrivateAddress(address)).toBe(false),
      ),
    );
  });
});
