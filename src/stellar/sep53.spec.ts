import { Keypair } from '@stellar/stellar-sdk/base';
import { parseSignature, signMessage, verifySignedMessage } from './sep53';
import { SigningKey } from './signing-key';

const SEED = 'SAKICEVQLYWGSOJS4WW7HZJWAHZVEEBS527LHK5V4MLJALYKICQCJXMW';
const ADDRESS = 'GBXFXNDLV4LSWA4VB7YIL5GBD7BVNR22SGBTDKMO2SBZZHDXSKZYCP7L';
const vectors: [string, string | Buffer, string, string][] = [
  [
    'ASCII',
    'Hello, World!',
    'fO5dbYhXUhBMhe6kId/cuVq/AfEnHRHEvsP8vXh03M1uLpi5e46yO2Q8rEBzu3feXQewcQE5GArp88u6ePK6BA==',
    '7cee5d6d885752104c85eea421dfdcb95abf01f1271d11c4bec3fcbd7874dccd6e2e98b97b8eb23b643cac4073bb77de5d07b0710139180ae9f3cbba78f2ba04',
  ],
  [
    'Japanese',
    'こんにちは、世界！',
    'CDU265Xs8y3OWbB/56H9jPgUss5G9A0qFuTqH2zs2YDgTm+++dIfmAEceFqB7bhfN3am59lCtDXrCtwH2k1GBA==',
    '083536eb95ecf32dce59b07fe7a1fd8cf814b2ce46f40d2a16e4ea1f6cecd980e04e6fbef9d21f98011c785a81edb85f3776a6e7d942b435eb0adc07da4d4604',
  ],
  [
    'bytes',
    Buffer.from('2zZDP1sa1BVBfLP7TeeMk3sUbaxAkUhBhDiNdrksaFo=', 'base64'),
    'VA1+7hefNwv2NKScH6n+Sljj15kLAge+M2wE7fzFOf+L0MMbssA1mwfJZRyyrhBORQRle10X1Dxpx+UOI4EbDQ==',
    '540d7eee179f370bf634a49c1fa9fe4a58e3d7990b0207be336c04edfcc539ff8bd0c31bb2c0359b07c9651cb2ae104e4504657b5d17d43c69c7e50e23811b0d',
  ],
];

describe('SEP-53 signed messages', () => {
  const key = new SigningKey(SEED);

  it('derives the address from the seed', () => {
    expect(key.address).toBe(ADDRESS);
  });

  it.each(vectors)('vector: %s', (_name, message, base64, hex) => {
    expect(signMessage(message, key)).toBe(base64);
    expect(verifySignedMessage(message, base64, ADDRESS)).toBe(true);
    expect(verifySignedMessage(message, hex, ADDRESS)).toBe(true);
    expect(verifySignedMessage(message, hex.toUpperCase(), ADDRESS)).toBe(true);
  });

  it('D19: other message, other key, or a signature without the prefix is refused', () => {
    const [, message, base64] = vectors[0] as [string, string, string, string];
    expect(verifySignedMessage('Hello, World', base64, ADDRESS)).toBe(false);
    expect(verifySignedMessage(message, base64, Keypair.random().publicKey())).toBe(false);
    const raw = key.sign(Buffer.from(message)).toString('base64');
    expect(verifySignedMessage(message, raw, ADDRESS)).toBe(false);
  });

  it.each([
    [''],
    ['AA=='],
    ['00'.repeat(63)],
    ['00'.repeat(65)],
    ['zz'.repeat(64)],
    [Buffer.alloc(63).toString('base64')],
    [Buffer.alloc(66).toString('base64')],
    ['A'.repeat(1_000_000)],
  ])('%# a signature of the wrong form is false, not an error', (signature) => {
    expect(parseSignature(signature)).toBeUndefined();
    expect(verifySignedMessage('x', signature, ADDRESS)).toBe(false);
  });

  it('an address that is none is false', () => {
    expect(verifySignedMessage('x', Buffer.alloc(64).toString('base64'), 'GABC')).toBe(false);
  });

  it('agrees with the SDK both ways', () => {
    const pair = Keypair.fromSecret(SEED);
    expect(Buffer.from(pair.signMessage('abc')).toString('base64')).toBe(signMessage('abc', key));
  });

  it('a seed that is none is refused without being repeated', () => {
    expect(() => new SigningKey(SEED.replace('SAK', 'SAX'))).toThrow(/^not a Stellar secret seed$/);
  });
});
