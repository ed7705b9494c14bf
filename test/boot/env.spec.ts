import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EnvError, readEnv, type Env } from '../../src/env';
import { envFaults } from '../support/env-faults';

const EXAMPLE = readFileSync(path.resolve(__dirname, '../../.env.example'), 'utf8');

/** The variables of `.env.example` with the values it shows. */
const documented = new Map(
  [...EXAMPLE.matchAll(/^#?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
);

/** Every name that is asked for while the configuration is read; the networks that exist ask for their own. */
function namesRead(): Set<string> {
  const names = new Set<string>();
  for (const networks of ['sandbox,testnet', 'public']) {
    const source = new Proxy<Record<string, string>>(
      {},
      {
        get: (_, name) => {
          names.add(String(name));
          return name === 'NETWORKS' ? networks : undefined;
        },
      },
    );
    readEnv(source);
  }
  return names;
}

describe('.env.example', () => {
  it('documents exactly the variables that are read', () => {
    expect(new Set(documented.keys())).toEqual(namesRead());
  });

  it('shows the defaults', () => {
    const shown = Object.fromEntries([...documented].filter(([name]) => !name.startsWith('LIMIT_')));
    expect(readEnv(shown)).toEqual(readEnv({}));
    for (const networks of ['testnet', 'public'])
      expect(readEnv({ ...shown, NETWORKS: networks })).toEqual(readEnv({ NETWORKS: networks }));
  });

  it('shows the limits as they are without the sandbox', () => {
    expect(readEnv({ ...Object.fromEntries(documented), NETWORKS: 'testnet' }).limits).toEqual(
      readEnv({ NETWORKS: 'testnet' }).limits,
    );
  });
});

describe('the environment', () => {
  it('names every bad variable at once', () => {
    const faults = envFaults({
      PORT: '70000',
      ROLE: 'boss',
      PUBLIC_URL: 'pay.example.com/shop',
      DATABASE_URL: 'mysql://db/x',
      DATABASE_PREPARE: 'maybe',
      METRICS_TOKEN: 'short',
      SEP10_SECRET: 'GBBD47IF6LWK7P7MDEVSCWR7DPUWV3NY3DTQEVFL4NAT4AQH3ZLLFLA5',
      NETWORKS: 'testnet,moon',
      USDC_ISSUER_TESTNET: 'circle',
      LIMIT_LINKS_PER_HOUR: '0',
    });
    const named = [
      'PORT',
      'ROLE',
      'PUBLIC_URL',
      'DATABASE_URL',
      'DATABASE_PREPARE',
      'METRICS_TOKEN',
      'SEP10_SECRET',
      'NETWORKS',
      'USDC_ISSUER_TESTNET',
      'LIMIT_LINKS_PER_HOUR',
    ];
    expect(faults).toHaveLength(named.length);
    expect(new Set(faults.map((fault) => fault.split(' ')[0]))).toEqual(new Set(named));
    expect(new EnvError(faults).message).toContain('PORT must be a whole number from 0 to 65535');
  });

  it.each([
    [{ MAIL_URL: 'http://mail.example.com', MAIL_FROM: 'a@example.com' }, 'MAIL_URL'],
    [{ MAIL_URL: 'smtp://mail.example.com/?requireTLS=false', MAIL_FROM: 'a@example.com' }, 'MAIL_URL'],
    [{ MAIL_URL: 'smtp://mail.example.com' }, 'MAIL_FROM'],
    [{ MAIL_FROM: 'Shop' }, 'MAIL_FROM'],
    [{ MAIL_URL: 'smtp://mail.example.com', MAIL_FROM: 'Shop <a@example.com>\nBcc: <b@example.com>' }, 'MAIL_FROM'],
  ])('refuses mail that cannot be sent: %j', (source, name) => {
    expect(envFaults(source).map((fault) => fault.split(' ')[0])).toEqual([name]);
  });

  it('knows the server and the sender of mail', () => {
    const mail = { url: 'smtps://u:p%40@mail.example.com', from: 'Shop <a@example.com>' };
    expect(readEnv({ MAIL_URL: mail.url, MAIL_FROM: mail.from }).mail).toEqual(mail);
    expect(envFaults({ MAIL_URL: 'ftp://u:hunter2@mail.example.com', MAIL_FROM: mail.from }).join()).not.toContain(
      'hunter2',
    );
  });

  it('does not repeat a secret in its faults', () => {
    const secret = 'SBADSECRETBADSECRETBADSECRETBADSECRETBADSECRET';
    expect(
      envFaults({ SEP10_SECRET: secret, METRICS_TOKEN: 'tooshort', DATABASE_URL: 'http://user:hunter2@db/x' }).join(),
    ).not.toMatch(/SBADSECRET|tooshort|hunter2/);
  });

  it.each([
    ['sandbox and public together', { NETWORKS: 'sandbox,public' }],
    ['public and sandbox, in any order and spacing', { NETWORKS: ' public , testnet, sandbox ' }],
    [
      "the sandbox under the public network's passphrase",
      { SANDBOX_PASSPHRASE: 'Public Global Stellar Network ; September 2015' },
    ],
    [
      'two networks under one passphrase',
      { NETWORKS: 'sandbox,testnet', SANDBOX_PASSPHRASE: 'Test SDF Network ; September 2015' },
    ],
    [
      'A10 the issuer of the test network on the public one',
      { NETWORKS: 'public', USDC_ISSUER_PUBLIC: 'GBBD47IF6LWK7P7MDEVSCWR7DPUWV3NY3DTQEVFL4NAT4AQH3ZLLFLA5' },
    ],
    [
      'A10 the issuer of the public network on the test one, of another coin at that',
      { NETWORKS: 'testnet', EURC_ISSUER_TESTNET: 'GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN' },
    ],
    ['no network at all', { NETWORKS: ',' }],
    ['a port that is not decimal', { PORT: '0x10' }],
    ['a port with a fraction', { PORT: '3000.5' }],
    ['an origin with a path', { PUBLIC_URL: 'https://example.com/pay' }],
    ['an origin with a login', { PUBLIC_URL: 'https://a:b@example.com' }],
    ['an origin of another scheme', { PUBLIC_URL: 'ftp://example.com' }],
  ])('refuses %s', (_, source) => {
    expect(envFaults(source as unknown as Record<string, string>)).not.toEqual([]);
  });

  it.each<[string, Record<string, string>, Partial<Env>]>([
    [
      'this machine only, with the embedded database',
      {},
      { host: '127.0.0.1', port: 3000, publicUrl: 'http://127.0.0.1:3000', databaseUrl: null },
    ],
    [
      'every address, with a database of its own',
      { DATABASE_URL: 'postgres://db/x' },
      { host: '0.0.0.0', publicUrl: 'http://localhost:3000' },
    ],
    ['an IPv6 address in brackets', { HOST: '::1' }, { publicUrl: 'http://[::1]:3000' }],
    [
      'an origin without its last slash',
      { PUBLIC_URL: 'https://pay.example.com/' },
      { publicUrl: 'https://pay.example.com' },
    ],
    ['blank values as absent', { PORT: ' ', ROLE: '' }, { port: 3000, role: 'all' }],
    ['an absolute data folder', { DATA_DIR: '/srv/../srv/data' }, { dataDir: '/srv/data' }],
  ])('reads %s', (_, source, expected) => {
    expect(readEnv(source)).toMatchObject(expected);
  });

  it('takes the first network as the default and drops doubles', () => {
    expect(readEnv({ NETWORKS: 'testnet,sandbox,testnet' }).networks.map((each) => each.network)).toEqual([
      'testnet',
      'sandbox',
    ]);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(readEnv({}))).toBe(true);
  });
});
