import { Keypair, StrKey } from '@stellar/stellar-sdk/base';
import fc from 'fast-check';
import {
  accountAddress,
  isAccountAddress,
  isContractAddress,
  isMuxedAddress,
  isSecretSeed,
  muxedAddress,
  parseDestination,
  parseMuxed,
  publicKeyOf,
} from './address';

const BASE = 'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ';

describe('SEP-23 muxed accounts', () => {
  it.each([
    [0n, 'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ'],
    [9223372036854775808n, 'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK'],
    [420n, 'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAABUTGI4'],
  ])('id %s both ways', (id, text) => {
    expect(muxedAddress(BASE, id)).toBe(text);
    expect(parseMuxed(text)).toEqual({ account: BASE, id });
    expect(parseDestination(text)).toEqual({ account: BASE, muxedId: id });
  });

  it('refuses ids outside uint64 and foreign accounts', () => {
    expect(() => muxedAddress(BASE, -1n)).toThrow(RangeError);
    expect(() => muxedAddress(BASE, 1n << 64n)).toThrow(RangeError);
    expect(() => muxedAddress('G', 1n)).toThrow(RangeError);
  });

  it('round-trips any key and id, as the SDK reads them', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        (key, id) => {
          const account = accountAddress(key);
          expect(account).toBe(StrKey.encodeEd25519PublicKey(key));
          const muxed = muxedAddress(account, id);
          expect(parseMuxed(muxed)).toEqual({ account, id });
          expect(StrKey.isValidMed25519PublicKey(muxed)).toBe(true);
          expect(publicKeyOf(account)).toEqual(key);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('kinds of address', () => {
  it('knows accounts, contracts and seeds from each other', () => {
    const contract = 'CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA';
    const seed = Keypair.random().secret();
    expect([isAccountAddress(BASE), isContractAddress(BASE), isSecretSeed(BASE), isMuxedAddress(BASE)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([isAccountAddress(contract), isContractAddress(contract)]).toEqual([false, true]);
    expect([isSecretSeed(seed), isAccountAddress(seed)]).toEqual([true, false]);
    expect(parseDestination(contract)).toBeUndefined();
    expect(parseDestination(seed)).toBeUndefined();
  });

  it.each([
    'GAAAAAAAACGC6',
    'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUR',
    'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZA',
    'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUACUSI',
    'G47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVP2I',
    'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLKA',
    'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAAV75I',
    'M47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ',
    'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUK===',
    'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUO',
    'PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAQACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB6IAAAAAAAAPM',
    'PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAOQCAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4Z2PQ',
    'PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAOQCAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DXFH6',
    'BAAD6DBUX6J22DMZOHIEZTEQ64CVCHEDRKWZONFEUL5Q26QD7R76RGR4TV',
    'BAAT6DBUX6J22DMZOHIEZTEQ64CVCHEDRKWZONFEUL5Q26QD7R76RGXACA',
    '',
    BASE.toLowerCase(),
    ` ${BASE}`,
    `${BASE.slice(0, -1)}Y`,
    BASE.replace('Q', 'Ｑ'),
    'G'.repeat(100_000),
  ])('%# refuses what is no address', (text) => {
    expect([
      isAccountAddress(text),
      isMuxedAddress(text),
      isContractAddress(text),
      isSecretSeed(text),
      parseDestination(text),
    ]).toEqual([false, false, false, false, undefined]);
  });

  it('refuses every single changed character', () => {
    fc.assert(
      fc.property(fc.nat(55), fc.constantFrom(...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')), (at, letter) => {
        const changed = BASE.slice(0, at) + letter + BASE.slice(at + 1);
        expect(isAccountAddress(changed)).toBe(changed === BASE);
      }),
      { numRuns: 300 },
    );
  });
});
