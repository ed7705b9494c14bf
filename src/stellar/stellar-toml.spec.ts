import { createRequire } from 'node:module';
import { lacksRequiredMemo, memoRequired } from './memo-required';
import { stellarToml } from './stellar-toml';

const toml = createRequire(__filename)('smol-toml') as { parse(text: string): Record<string, unknown> };
const ISSUER = 'GCRCUE2C5TBNIPYHMEP7NK5RWTT2WBSZ75CMARH7GDOHDDCQH3XANFOB';

describe('SEP-1 stellar.toml', () => {
  it('is TOML with the fields of the settings, whatever the texts hold', () => {
    const name = 'A "quoted" \\ name\nACCOUNTS = ["x"] \u007f ü';
    const text = stellarToml({
      networkPassphrase: 'Test SDF Network ; September 2015',
      signingKey: ISSUER,
      webAuthEndpoint: 'https://pay.example.com/api/auth/sep10',
      uriRequestSigningKey: ISSUER,
      accounts: [ISSUER],
      organisation: { name, url: 'https://pay.example.com' },
      currencies: [
        { code: 'XLM', issuer: null },
        { code: 'USDC', issuer: ISSUER },
      ],
    });
    expect(toml.parse(text)).toEqual({
      VERSION: '2.7.0',
      NETWORK_PASSPHRASE: 'Test SDF Network ; September 2015',
      SIGNING_KEY: ISSUER,
      WEB_AUTH_ENDPOINT: 'https://pay.example.com/api/auth/sep10',
      URI_REQUEST_SIGNING_KEY: ISSUER,
      ACCOUNTS: [ISSUER],
      DOCUMENTATION: { ORG_NAME: name, ORG_URL: 'https://pay.example.com' },
      CURRENCIES: [{ code: 'native' }, { code: 'USDC', issuer: ISSUER }],
    });
  });

  it('leaves out what is not set', () => {
    expect(stellarToml({ networkPassphrase: 'x' })).toBe('VERSION = "2.7.0"\nNETWORK_PASSPHRASE = "x"\n');
  });
});

describe('SEP-29', () => {
  it('reads the data entry', () => {
    expect(
      [{ 'config.memo_required': 'MQ==' }, { 'config.memo_required': 'MA==' }, {}, null, undefined, 'x'].map(
        memoRequired,
      ),
    ).toEqual([true, false, false, false, false, false]);
  });

  it('asks for a memo only where none can be had otherwise', () => {
    expect([
      lacksRequiredMemo(true, false, false),
      lacksRequiredMemo(true, true, false),
      lacksRequiredMemo(true, false, true),
      lacksRequiredMemo(false, false, false),
    ]).toEqual([true, false, false, false]);
  });
});
