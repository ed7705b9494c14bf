import { Account, Asset, Keypair, Memo, Operation, Transaction, TransactionBuilder } from '@stellar/stellar-sdk/base';
import { WebAuth } from '@stellar/stellar-sdk';
import { muxedAddress } from './address';
import { signaturesBy } from './envelope';
import { buildChallenge, type ChallengeRequest } from './sep10';
import {
  ChallengeRefused,
  readChallenge,
  verifyChallenge,
  type AccountSigners,
  type ChallengeRules,
} from './sep10-verify';
import { SigningKey } from './signing-key';

const TEST = 'Test SDF Network ; September 2015';
const PUBLIC = 'Public Global Stellar Network ; September 2015';
const seed = (byte: number): Keypair => Keypair.fromRawEd25519Seed(Buffer.alloc(32, byte));
const server = seed(1);
const client = seed(2);
const second = seed(3);
const now = new Date('2026-11-21T10:00:00Z');
const seconds = now.getTime() / 1000;
const home = 'pay.example.com';
const nonce = Buffer.alloc(48, 5).toString('base64');

const request: ChallengeRequest = {
  passphrase: TEST,
  serverKey: new SigningKey(server.secret()),
  account: client.publicKey(),
  memo: null,
  homeDomain: home,
  webAuthDomain: home,
  nonce: Buffer.alloc(48, 5),
  now,
};
const rules: ChallengeRules = {
  passphrase: TEST,
  serverAddress: server.publicKey(),
  homeDomain: home,
  webAuthDomain: home,
  now,
};
const unfunded: AccountSigners = null;

function sign(envelopeXdr: string, ...keys: Keypair[]): string {
  const transaction = new Transaction(envelopeXdr, TEST);
  transaction.sign(...keys);
  return transaction.toXdr();
}

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ChallengeRefused) return error.reason;
    throw error;
  }
  return 'accepted';
}

type Operations = ReturnType<typeof Operation.manageData>[];
const first = (change: Partial<Parameters<typeof Operation.manageData>[0]> = {}): Operations[number] =>
  Operation.manageData({ name: `${home} auth`, value: nonce, source: client.publicKey(), ...change });
const domain = (change: Partial<Parameters<typeof Operation.manageData>[0]> = {}): Operations[number] =>
  Operation.manageData({ name: 'web_auth_domain', value: home, source: server.publicKey(), ...change });

interface Forgery {
  sequence?: string;
  operations?: Operations;
  minTime?: number;
  maxTime?: number;
  memo?: Memo;
  source?: Keypair;
  passphrase?: string;
  signers?: Keypair[];
}

function forge(forgery: Forgery): string {
  const builder = new TransactionBuilder(
    new Account((forgery.source ?? server).publicKey(), forgery.sequence ?? '-1'),
    {
      fee: '100',
      networkPassphrase: forgery.passphrase ?? TEST,
      timebounds: { minTime: forgery.minTime ?? seconds, maxTime: forgery.maxTime ?? seconds + 900 },
    },
  );
  for (const operation of forgery.operations ?? [first(), domain()]) builder.addOperation(operation);
  if (forgery.memo !== undefined) builder.addMemo(forgery.memo);
  const transaction = builder.build();
  transaction.sign(...(forgery.signers ?? [server, client]));
  return transaction.toXdr();
}

describe('a challenge of ours', () => {
  it('is accepted once the client signed it, and tells who', () => {
    const challenge = buildChallenge(request);
    const facts = verifyChallenge(sign(challenge.envelopeXdr, client), rules, unfunded);
    expect(facts).toEqual({
      account: client.publicKey(),
      muxedId: null,
      memo: null,
      transactionHash: challenge.transactionHash,
      nonce: challenge.nonce,
    });
    expect(challenge.expiresAt.toISOString()).toBe('2026-11-21T10:15:00.000Z');
  });

  it('is read the same by the stock SDK', () => {
    jest.useFakeTimers({ now });
    const { envelopeXdr } = buildChallenge({ ...request, memo: 18446744073709551615n });
    const read = WebAuth.readChallengeTx(envelopeXdr, server.publicKey(), TEST, home, home);
    expect([read.clientAccountID, read.memo, read.matchedHomeDomain]).toEqual([
      client.publicKey(),
      '18446744073709551615',
      home,
    ]);
    expect(
      WebAuth.verifyChallengeTxSigners(
        sign(envelopeXdr, client),
        server.publicKey(),
        TEST,
        [client.publicKey()],
        home,
        home,
      ),
    ).toEqual([client.publicKey()]);
    jest.useRealTimers();
  });

  it('D17: memo and muxed id are part of who', () => {
    const muxed = buildChallenge({ ...request, account: muxedAddress(client.publicKey(), 7n) });
    expect(verifyChallenge(sign(muxed.envelopeXdr, client), rules, unfunded)).toMatchObject({
      account: client.publicKey(),
      muxedId: 7n,
      memo: null,
    });
    const memo = buildChallenge({ ...request, memo: 7n });
    expect(verifyChallenge(sign(memo.envelopeXdr, client), rules, unfunded)).toMatchObject({
      account: client.publicKey(),
      muxedId: null,
      memo: 7n,
    });
  });

  it('is not built for nonsense', () => {
    expect(() =>
      buildChallenge({ ...request, account: 'CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA' }),
    ).toThrow(RangeError);
    expect(() => buildChallenge({ ...request, account: muxedAddress(client.publicKey(), 7n), memo: 1n })).toThrow(
      RangeError,
    );
    expect(() => buildChallenge({ ...request, nonce: Buffer.alloc(47) })).toThrow(RangeError);
  });
});

it('the published vector verifies on the test network, at its time', () => {
  const xdr =
    'AAAAAgAAAADIiRu2BrqqeOcP28PWCkD4D5Rjjsqh71HwvqFX+F4VXAAAAGQAAAAAAAAAAAAAAAEAAAAAXzrUcQAAAABfOtf1AAAAAAAAAAEAAAABAAAAAEEB8rhqNa70RYjaNnF1ARE2CbL50iR9HPXST/fImJN1AAAACgAAADB0aGlzaXNhdGVzdC5zYW5kYm94LmFuY2hvci5hbmNob3Jkb21haW4uY29tIGF1dGgAAAABAAAAQGdGOFlIQm1zaGpEWEY0L0VJUFZucGVlRkxVTDY2V0tKMVBPYXZuUVVBNjBoL09XaC91M2Vvdk54WFJtSTAvQ2UAAAAAAAAAAvheFVwAAABAheKE1HjGnUCNwPbX8mz7CqotShKbA+xM2Hbjl6X0TBpEprVOUVjA6lqMJ1j62vrxn1mF3eJzsLa9s9hRofG3AsiYk3UAAABArIrkvqmA0V9lIZcVyCUdja6CiwkPwsV8BfI4CZOyR1Oq7ysvNJWwY0G42dpxN9OP1qz4dum8apG2hqvxVWjkDQ==';
  const vectorRules = {
    passphrase: TEST,
    serverAddress: 'GDEISG5WA25KU6HHB7N4HVQKID4A7FDDR3FKD32R6C7KCV7YLYKVY7S7',
    homeDomain: 'thisisatest.sandbox.anchor.anchordomain.com',
    webAuthDomain: 'x',
    now: new Date(1597691000_000),
  };
  // It is older than web_auth_domain, which we insist on, and that is the only thing wrong with it.
  expect(reasonOf(() => readChallenge(xdr, vectorRules))).toBe('wrong_web_auth_domain');
  const transaction = new Transaction(xdr, TEST);
  expect(Buffer.from(transaction.hash()).toString('hex')).toBe(
    '0a5ce87bdf83b9754045f32c41db19d5f266423c9963f6009cabacab4002b475',
  );
  expect(signaturesBy(vectorRules.serverAddress, transaction.hash(), transaction)).toEqual([0]);
  expect(
    signaturesBy('GBAQD4VYNI2255CFRDNDM4LVAEITMCNS7HJCI7I46XJE756ITCJXLV7E', transaction.hash(), transaction),
  ).toEqual([1]);
  expect(signaturesBy(vectorRules.serverAddress, new Transaction(xdr, PUBLIC).hash(), transaction)).toEqual([]);
});

describe('refused', () => {
  const refused = (forgery: Forgery, account: AccountSigners = unfunded): string =>
    reasonOf(() => verifyChallenge(forge(forgery), rules, account));

  it('the forger itself makes acceptable challenges', () => {
    expect(refused({})).toBe('accepted');
    expect(refused({ operations: [first(), domain(), domain({ name: 'something else', value: 'x' })] })).toBe(
      'accepted',
    );
  });

  it.each<[string, Forgery, string]>([
    ['D09: not signed by the server', { signers: [client] }, 'unsigned_by_server'],
    ['D09: signed by another server', { signers: [second, client] }, 'unsigned_by_server'],
    ['D10: not signed by the client', { signers: [server] }, 'unsigned_by_client'],
    [
      'D12: home domain of another service',
      { operations: [first({ name: 'evil.example auth' }), domain()] },
      'wrong_home_domain',
    ],
    [
      'D12: web_auth_domain of another service',
      { operations: [first(), domain({ value: 'evil.example' })] },
      'wrong_web_auth_domain',
    ],
    ['D12: no web_auth_domain', { operations: [first()] }, 'wrong_web_auth_domain'],
    [
      'D12: one right and one wrong web_auth_domain',
      { operations: [first(), domain(), domain({ value: 'evil.example' })] },
      'wrong_web_auth_domain',
    ],
    ['D13: a real sequence', { sequence: '41' }, 'sequence_not_zero'],
    ['D13: sequence 1', { sequence: '0' }, 'sequence_not_zero'],
    ['D14: infinite time bounds', { maxTime: 0, minTime: 0 }, 'infinite_time_bounds'],
    ['D14: expired a second ago, no grace', { minTime: seconds - 900, maxTime: seconds - 1 }, 'expired'],
    ['D14: from the future', { minTime: seconds + 1 }, 'expired'],
    ['D14: signed for another network', { passphrase: PUBLIC }, 'unsigned_by_server'],
    [
      'D14: a payment first',
      {
        operations: [
          Operation.payment({
            destination: server.publicKey(),
            asset: Asset.native(),
            amount: '1',
            source: client.publicKey(),
          }),
          domain(),
        ],
      },
      'not_manage_data',
    ],
    [
      'D14: a payment behind',
      {
        operations: [
          first(),
          domain(),
          Operation.payment({
            destination: server.publicKey(),
            asset: Asset.native(),
            amount: '1',
            source: server.publicKey(),
          }),
        ],
      },
      'not_manage_data',
    ],
    [
      'an operation of the client behind',
      { operations: [first(), domain(), domain({ name: 'x', source: client.publicKey() })] },
      'foreign_operation',
    ],
    [
      'an operation without source behind',
      { operations: [first(), domain(), Operation.manageData({ name: 'x', value: 'y' })] },
      'foreign_operation',
    ],
    [
      'D18: client_domain',
      { operations: [first(), domain(), domain({ name: 'client_domain', value: '169.254.169.254' })] },
      'client_domain_unsupported',
    ],
    [
      'the first operation has no source',
      { operations: [Operation.manageData({ name: `${home} auth`, value: nonce }), domain()] },
      'no_client_account',
    ],
    [
      'a nonce that is too short',
      { operations: [first({ value: Buffer.alloc(47).toString('base64') }), domain()] },
      'wrong_nonce',
    ],
    ['a nonce that is no base64', { operations: [first({ value: '!'.repeat(64) }), domain()] }, 'wrong_nonce'],
    ['no nonce', { operations: [first({ value: null }), domain()] }, 'wrong_nonce'],
    ['another source', { source: second, signers: [second, server, client] }, 'wrong_source'],
    ['a text memo', { memo: Memo.text('7') }, 'wrong_memo'],
    [
      'a memo and a muxed account',
      { memo: Memo.id('7'), operations: [first({ source: muxedAddress(client.publicKey(), 1n) }), domain()] },
      'wrong_memo',
    ],
    ['a signature nobody needs', { signers: [server, client, second] }, 'unused_signature'],
    ['the same signature twice is used', { signers: [server, client, client] }, 'accepted'],
  ])('%s', (_name, forgery, reason) => {
    expect(refused(forgery)).toBe(reason);
  });

  it('D14: fee bump, no time bounds, too large, garbage', () => {
    const inner = new Transaction(forge({}), TEST);
    const bump = TransactionBuilder.buildFeeBumpTransaction(server, '500', inner, TEST);
    bump.sign(server, client);
    expect(reasonOf(() => verifyChallenge(bump.toXdr(), rules, unfunded))).toBe('fee_bump');
    expect(reasonOf(() => readChallenge(withoutTimeBounds(), rules))).toBe('no_time_bounds');
    expect(reasonOf(() => readChallenge('A'.repeat(70_000), rules))).toBe('too_large');
    expect(reasonOf(() => readChallenge('nonsense', rules))).toBe('malformed');
  });

  it('D15: a removed master key, too little weight, thresholds', () => {
    const signer = (key: Keypair, weight: number): { key: string; weight: number; type: string } => ({
      key: key.publicKey(),
      weight,
      type: 'ed25519_public_key',
    });
    expect(refused({}, { signers: [signer(client, 0), signer(second, 1)], threshold: 1 })).toBe('unsigned_by_client');
    expect(refused({}, { signers: [signer(client, 1), signer(second, 1)], threshold: 2 })).toBe('weight_too_low');
    expect(
      refused({ signers: [server, client, second] }, { signers: [signer(client, 1), signer(second, 1)], threshold: 2 }),
    ).toBe('accepted');
    expect(
      refused({ signers: [server, second] }, { signers: [signer(client, 0), signer(second, 1)], threshold: 0 }),
    ).toBe('accepted');
    expect(refused({}, { signers: [signer(client, 1), signer(client, 1)], threshold: 2 })).toBe('weight_too_low');
    expect(refused({ signers: [server] }, { signers: [signer(server, 255), signer(client, 1)], threshold: 1 })).toBe(
      'unsigned_by_client',
    );
    expect(refused({}, { signers: [{ key: 'XABC', weight: 255, type: 'sha256_hash' }], threshold: 1 })).toBe(
      'unsigned_by_client',
    );
  });

  it('D16: an account that does not exist is exactly its master key', () => {
    expect(refused({})).toBe('accepted');
    expect(refused({ signers: [server, second] })).toBe('unsigned_by_client');
  });
});

function withoutTimeBounds(): string {
  const bytes = Buffer.from(forge({ signers: [] }), 'base64');
  // After tag, source, fee and sequence stands the kind of preconditions; 1 is followed by 16 bytes of time bounds.
  const at = 4 + 36 + 4 + 8;
  const bare = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(4), bytes.subarray(at + 20)]);
  return sign(bare.toString('base64'), server, client);
}
