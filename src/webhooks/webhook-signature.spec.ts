import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { secretText, signatureHeader } from './webhook-signature';

const NOW = 1_795_000_000;
const SECRET = Buffer.alloc(32, 7);
const BODY = '{"type":"invoice.paid","data":{"title":"B\u00fccher \ud83d\udcda"}}';
const ID = 'msg_01930000-0000-8000-8000-000000000001';

function accepts(
  change: Partial<{ id: string; timestamp: number; body: string; secret: Buffer; signature: string }> = {},
): boolean {
  const { id, timestamp, body, secret, signature } = {
    id: ID,
    timestamp: NOW,
    body: BODY,
    secret: SECRET,
    signature: signatureHeader([SECRET], ID, NOW, Buffer.from(BODY)),
    ...change,
  };
  try {
    new Webhook(secretText(secret)).verify(body, {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    });
    return true;
  } catch {
    return false;
  }
}

describe('a signature, judged by the official library', () => {
  beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(NOW * 1000));
  afterEach(() => jest.restoreAllMocks());

  it('holds for any body', () => {
    fc.assert(
      fc.property(fc.json(), (body) =>
        expect(accepts({ body, signature: signatureHeader([SECRET], ID, NOW, Buffer.from(body)) })).toBe(true),
      ),
    );
  });

  it('fails for another body, id, time or secret (W8, F13)', () => {
    expect(accepts()).toBe(true);
    expect(accepts({ body: BODY.replace('paid', 'pbid') })).toBe(false);
    expect(accepts({ id: `${ID}0` })).toBe(false);
    expect(accepts({ timestamp: NOW + 1 })).toBe(false);
    expect(accepts({ secret: Buffer.alloc(32, 8) })).toBe(false);
  });

  it.each([
    [299, true],
    [301, false],
  ])('of %d s ago or ahead: %p (W8, F14)', (age, fresh) => {
    for (const timestamp of [NOW - age, NOW + age])
      expect(accepts({ timestamp, signature: signatureHeader([SECRET], ID, timestamp, Buffer.from(BODY)) })).toBe(
        fresh,
      );
  });

  it('by both secrets of a rotation is accepted with either (W7)', () => {
    const signature = signatureHeader([Buffer.alloc(32, 8), SECRET], ID, NOW, Buffer.from(BODY));
    expect([
      accepts({ signature }),
      accepts({ signature, secret: Buffer.alloc(32, 8) }),
      accepts({ signature, secret: Buffer.alloc(32, 9) }),
    ]).toEqual([true, true, false]);
  });
});
