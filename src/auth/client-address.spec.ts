import { limitedAddress, trustedProxies } from './client-address';

describe('H08 whom a limit per address counts', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:0207', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:ffff::', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is %s', (ip, subject) => {
    expect(limitedAddress(ip)).toBe(subject);
  });
});

test('H08 exactly the configured number of proxies is believed', () => {
  expect(trustedProxies(0)).toBe(false);
  const trust = trustedProxies(2) as (address: string, hop: number) => boolean;
  expect([0, 1, 2, 3].map((hop) => trust('192.0.2.1', hop))).toEqual([true, true, false, false]);
});
