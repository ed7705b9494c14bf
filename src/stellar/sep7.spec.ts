import fc from 'fast-check';
import { amountOf, NATIVE } from '../common/money';
import { hashMemo, idMemo, textMemo, type Memo } from './memo';
import { payUri, signUri, verifyUri } from './sep7';
import { SigningKey } from './signing-key';

const SECRET = 'SBPOVRVKTTV7W3IOX2FJPSMPCJ5L2WU2YKTP3HCLYPXNI5MDIGREVNYC';
const ADDRESS = 'GD7ACHBPHSC5OJMJZZBXA7Z5IAUFTH6E6XVLNBPASDQYJ7LO5UIYBDQW';
const DESTINATION = 'GCALNQQBXAPZ2WIRSDDBMSTAKCUH5SG6U76YBFLQLIXJTF7FE5AX7AOO';
const ISSUER = 'GCRCUE2C5TBNIPYHMEP7NK5RWTT2WBSZ75CMARH7GDOHDDCQH3XANFOB';
const key = new SigningKey(SECRET);

describe('SEP-7 vector', () => {
  const uri = `web+stellar:pay?destination=${DESTINATION}&amount=120.1234567&memo=skdjfasf&memo_type=MEMO_TEXT&msg=pay%20me%20with%20lumens&origin_domain=someDomain.com`;
  const signature =
    'tbsLtlK%2FfouvRWk2UWFP47yHYeI1g1NEC%2FfEQvuXG6V8P%2BbeLxplYbOVtTk1g94Wp97cHZ3pVJy%2FtZNYobl3Cw%3D%3D';

  it('builds and signs the published URI', () => {
    const built = payUri({
      destination: DESTINATION,
      amount: amountOf('120.1234567'),
      asset: NATIVE,
      memo: textMemo('skdjfasf') as Memo,
      message: 'pay me with lumens',
      networkPassphrase: null,
      origin: { domain: 'someDomain.com', key },
    });
    expect(built).toBe(`${uri}&signature=${signature}`);
    expect(signUri(uri, key)).toBe(built);
    expect(verifyUri(built, ADDRESS)).toBe(true);
  });

  it.each([
    ['amount changed', (text: string) => text.replace('120.1', '920.1')],
    ['something behind the signature', (text: string) => `${text}&callback=url%3Ahttps%3A%2F%2Fevil.example`],
    ['no signature', () => uri],
    ['not our scheme', (text: string) => text.replace('web+stellar', 'web+other')],
    ['empty signature', () => `${uri}&signature=`],
  ])('does not verify: %s', (_name, change) => {
    expect(verifyUri(change(`${uri}&signature=${signature}`), ADDRESS)).toBe(false);
  });

  it('does not verify under another key', () => {
    expect(verifyUri(`${uri}&signature=${signature}`, DESTINATION)).toBe(false);
  });
});

describe('members', () => {
  it('writes the order of the specification for an issued asset', () => {
    expect(
      payUri({
        destination: DESTINATION,
        amount: amountOf('120.123'),
        asset: { code: 'USD', issuer: ISSUER },
        memo: textMemo('hasysda987fs') as Memo,
        networkPassphrase: null,
      }),
    ).toBe(
      `web+stellar:pay?destination=${DESTINATION}&amount=120.123&asset_code=USD&asset_issuer=${ISSUER}&memo=hasysda987fs&memo_type=MEMO_TEXT`,
    );
  });

  it('writes ids as numbers, hashes as base64, the passphrase off the public network', () => {
    const id = new URL(
      payUri({
        destination: DESTINATION,
        asset: NATIVE,
        memo: idMemo(7n) as Memo,
        networkPassphrase: 'Test SDF Network ; September 2015',
      }),
    ).searchParams;
    expect([id.get('memo'), id.get('memo_type'), id.get('network_passphrase'), id.get('amount')]).toEqual([
      '7',
      'MEMO_ID',
      'Test SDF Network ; September 2015',
      null,
    ]);
    const bytes = Buffer.alloc(32, 0xfb);
    const uri = payUri({
      destination: DESTINATION,
      asset: NATIVE,
      memo: hashMemo('return', bytes) as Memo,
      networkPassphrase: null,
    });
    expect(uri).not.toContain('+/');
    expect(new URL(uri).searchParams.get('memo')).toBe(bytes.toString('base64'));
  });

  it('cuts the message to 300 without breaking a character', () => {
    const uri = payUri({
      destination: DESTINATION,
      asset: NATIVE,
      message: `${'x'.repeat(299)}😀😀`,
      networkPassphrase: null,
    });
    expect(new URL(uri).searchParams.get('msg')).toHaveLength(300);
  });

  it('refuses a destination that is no address', () => {
    expect(() => payUri({ destination: `${DESTINATION}&callback=x`, asset: NATIVE, networkPassphrase: null })).toThrow(
      RangeError,
    );
  });
});

it('A36: no title or memo can add or change a parameter', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constant(`x&destination=${ISSUER}&callback=url:https://evil.example`),
    fc.constant('#&amount=1%26signature=%00'),
  );
  fc.assert(
    fc.property(hostile, hostile, (message, title) => {
      const memo = textMemo(title.slice(0, 7));
      const uri = payUri({
        destination: DESTINATION,
        amount: 5n,
        asset: NATIVE,
        ...(memo && { memo }),
        message,
        networkPassphrase: null,
        origin: { domain: 'pay.example.com', key },
      });
      const query = new URL(uri).searchParams;
      expect(query.getAll('destination')).toEqual([DESTINATION]);
      expect(query.getAll('amount')).toEqual(['0.0000005']);
      expect(query.has('callback')).toBe(false);
      const names = [...query.keys()];
      expect(new Set(names).size).toBe(names.length);
      expect(verifyUri(uri, ADDRESS)).toBe(true);
    }),
    { numRuns: 100 },
  );
});
