import { createHash } from 'node:crypto';
import {
  Account,
  Keypair,
  Memo,
  Operation,
  Asset,
  TransactionBuilder,
  type Transaction,
} from '@stellar/stellar-sdk/base';
import fc from 'fast-check';
import { hashesMatching } from './envelope-hash';
import { readEnvelopeHeader } from './envelope-header';
import { resultSucceeded } from './result-code';

const PUBLIC = 'Public Global Stellar Network ; September 2015';
const TEST = 'Test SDF Network ; September 2015';
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A fee bump of the public network, ledger 52419504, whose inner source is muxed. */
const REAL =
  'AAAABQAAAACoJb2VdyHGb1UTxvgHAoinkYORwa+RL/kG5uoV7PRdCAAAAAAAAASwAAAAAgAAAQAAABOCJQAnFDuXoq8FyG6th5qLx6c90ruC0oGR1/56aGqT8zWG4rBdAAABLALYrCgAAO2ZAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAEAAAAAqCW9lXchxm9VE8b4BwKIp5GDkcGvkS/5BubqFez0XQgAAAACAAAAAAAAAAACGYZ1AAAAAKglvZV3IcZvVRPG+AcCiKeRg5HBr5Ev+Qbm6hXs9F0IAAAAAAAAAAACGYZ1AAAABAAAAAFWRUxPAAAAANnIwpCFKyVAH5eIz9w5fsojH5D4l+mAMPh0EiekiCLNAAAAAUFNTQAAAAAAIw+7qXhHoY6kKXOl1sf/w4kL6vxYZH7dMuNZWefIWmAAAAABQlRDAAAAAADekC0cBlVKatzXqdspgJ+E3YExehEcR1hneTXow7O67QAAAAF5QlRDAAAAAGlYtPyNuVWd/BdY4vPRiiOVgqfBr86yspqBovpsj8n1AAAAAAAAAAKG4rBdAAAAQHWu8b4vjXqNyO5EMRDb2GKCP3FJHMbQx1fM+Nm1SbMczAZ4jqRm5ctl4fxzp593Gx9ANXjX0qg7bp08Wxy+Ugrs9F0IAAAAQHRoZHx8fB25J+0YbZA6bHgH7y8+knx6Aq9lwWRXzgXVUFyZWNHCvl4Q6HAl4VwxfoyzxiklynEXobIxjZ9MLgUAAAAAAAAAAez0XQgAAABAnSKAP3X/BBZFjesgCZp9lUYEeF70HP+C2bb68puJ/FokhE3JSjKxvN+e7Vx5zNSfgoaGIXLIXjWdfOBu48cnCQ==';
const REAL_RESULT =
  'AAAAAAAAAMgAAAABAMA1PgSU1MurMayfuj6DyCwwcfu5a9ab5A8BLMDPjz0AAAAAAAAAZAAAAAAAAAABAAAAAAAAAAIAAAAAAAAABQAAAAI/2zr6508NsmvRuMvyknQ99ofd5tA3y/R5DLo33GOhEAAAAAFWRUxPAAAAANnIwpCFKyVAH5eIz9w5fsojH5D4l+mAMPh0EiekiCLNAAAAABS3nXoAAAAAAAAAAAIZM4oAAAACyBTGbxq5eOpbnGqEr3D20oE49ZPMlhEuBpIB2wkKxasAAAABQU1NAAAAAAAjD7upeEehjqQpc6XWx//DiQvq/Fhkft0y41lZ58haYAAAAAAnu4BXAAAAAVZFTE8AAAAA2cjCkIUrJUAfl4jP3Dl+yiMfkPiX6YAw+HQSJ6SIIs0AAAAAFLedegAAAAKQQQLmx9CIQTnG5E27sjT2zlWVX/JWiUcs/2slukvvWwAAAAFCVEMAAAAAAN6QLRwGVUpq3Nep2ymAn4TdgTF6ERxHWGd5NejDs7rtAAAAAAAAADYAAAABQU1NAAAAAAAjD7upeEehjqQpc6XWx//DiQvq/Fhkft0y41lZ58haYAAAAAAnu4BXAAAAAQAAAAAq9PzELZDPscjUaIZfrK/fVXLadmCa4am9/YbHVbptyAAAAAAtDX3NAAAAAXlCVEMAAAAAaVi0/I25VZ38F1ji89GKI5WCp8GvzrKymoGi+myPyfUAAAAAAAAANgAAAAFCVEMAAAAAAN6QLRwGVUpq3Nep2ymAn4TdgTF6ERxHWGd5NejDs7rtAAAAAAAAADYAAAACc9CSsX1A2c0zW33COpv775A4IMH/wMP/75VUOVnyO5wAAAAAAAAAAAIZhnUAAAABeUJUQwAAAABpWLT8jblVnfwXWOLz0YojlYKnwa/OsrKagaL6bI/J9QAAAAAAAAA2AAAAAKglvZV3IcZvVRPG+AcCiKeRg5HBr5Ev+Qbm6hXs9F0IAAAAAAAAAAACGYZ1AAAAAAAAAAA=';
const REAL_OUTER = 'a261c12d4d400c2954d1e234103907178f4f0767b69a868bf9cf0e2d27cb41a6';
const REAL_INNER = '00c0353e0494d4cbab31ac9fba3e83c82c3071fbb96bd69be40f012cc0cf8f3d';

function builtTransaction(memo: Memo, signers: number, passphrase = TEST): Transaction {
  const source = Keypair.random();
  const transaction = new TransactionBuilder(new Account(source.publicKey(), '41'), {
    fee: '100',
    networkPassphrase: passphrase,
    timebounds: { minTime: 0, maxTime: 1_800_000_000 },
  })
    .addOperation(Operation.payment({ destination: Keypair.random().publicKey(), asset: Asset.native(), amount: '1' }))
    .addMemo(memo)
    .build();
  for (let count = 0; count < signers; count++) transaction.sign(Keypair.random());
  return transaction;
}

describe('a real fee bump', () => {
  const bytes = Buffer.from(REAL, 'base64');

  it('is found by its outer and by its inner hash', () => {
    expect(hashesMatching(bytes, PUBLIC, REAL_OUTER)).toEqual({ outer: REAL_OUTER, inner: REAL_INNER });
    expect(hashesMatching(bytes, PUBLIC, REAL_INNER)).toEqual({ outer: REAL_OUTER, inner: REAL_INNER });
  });

  it('A27: has other hashes on another network', () => {
    expect(hashesMatching(bytes, TEST, REAL_OUTER)).toBeNull();
  });

  it('tells the header of the transaction inside', () => {
    expect(readEnvelopeHeader(bytes)).toMatchObject({
      source: 'GA5ZPIVPAXEG5LMHTKF4PJZ52K5YFUUBSHL746TINKJ7GNMG4KYF3S4R',
      sequence: 205103070844087705n,
      maxTime: 0n,
      memo: { type: 'none' },
    });
  });

  it('A12: succeeded, and one changed inner code says failed', () => {
    expect(resultSucceeded(REAL_RESULT)).toBe(true);
    const failed = Buffer.from(REAL_RESULT, 'base64');
    failed.writeInt32BE(-1, 52);
    expect(resultSucceeded(failed.toString('base64'))).toBe(false);
    failed.writeInt32BE(-13, 8);
    expect(resultSucceeded(failed.toString('base64'))).toBe(false);
    expect([resultSucceeded(''), resultSucceeded('AAAA'), resultSucceeded('???')]).toEqual([null, null, null]);
  });
});

describe('hashes without decoding', () => {
  it.each([0, 1, 2, 20])('agree with the SDK with %i signatures', (signers) => {
    const transaction = builtTransaction(Memo.text('INV-0001'), signers);
    const hash = hex(transaction.hash());
    expect(hashesMatching(Buffer.from(transaction.toXdr(), 'base64'), TEST, hash)).toEqual({
      outer: hash,
      inner: null,
    });
  });

  it.each(['', 'x', 'four', 'a preimage that is no signature'])(
    'agree when a signature is the preimage %j',
    (preimage) => {
      const transaction = builtTransaction(Memo.none(), 1);
      transaction.signHashX(Buffer.from(preimage));
      transaction.sign(Keypair.random());
      const hash = hex(transaction.hash());
      expect(hashesMatching(Buffer.from(transaction.toXdr(), 'base64'), TEST, hash)?.outer).toBe(hash);
    },
  );

  it('agree for a version 0 envelope', () => {
    const bytes = Buffer.from(builtTransaction(Memo.id('5'), 1).toXdr(), 'base64');
    // Version 0 differs by its tag and by having no key type before the source.
    const older = Buffer.concat([Buffer.alloc(4), bytes.subarray(8)]);
    const hash = hex(TransactionBuilder.fromXdr(older.toString('base64'), TEST).hash());
    expect(hashesMatching(older, TEST, hash)?.outer).toBe(hash);
    expect(readEnvelopeHeader(older)?.memo).toEqual({ type: 'id', bytes: Buffer.from('5') });
  });

  it('change with every byte before the signatures', () => {
    const transaction = builtTransaction(Memo.none(), 1);
    const hash = hex(transaction.hash());
    const bytes = Buffer.from(transaction.toXdr(), 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length - 77), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ change;
        expect(hashesMatching(changed, TEST, hash)).toBeNull();
      }),
    );
  });

  it('of arbitrary bytes are none, and no error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(hashesMatching(bytes, TEST, 'ab'.repeat(32))).toBeNull();
        readEnvelopeHeader(bytes);
      }),
      { numRuns: 500 },
    );
    const zeros = Buffer.alloc(50_000);
    zeros[3] = 5;
    expect(hashesMatching(zeros, TEST, createHash('sha256').digest('hex'))).toBeNull();
  });
});

describe('the header', () => {
  const hash = Buffer.alloc(32, 9);
  it.each([
    [Memo.none(), { type: 'none' }],
    [Memo.text(Buffer.from([0xff, 0x00])), { type: 'text', bytes: Buffer.from([0xff, 0x00]) }],
    [Memo.id('18446744073709551615'), { type: 'id', bytes: Buffer.from('18446744073709551615') }],
    [Memo.hash(hash), { type: 'hash', bytes: hash }],
    [Memo.return(hash), { type: 'return', bytes: hash }],
  ])('%# reads the memo', (memo, expected) => {
    const header = readEnvelopeHeader(Buffer.from(builtTransaction(memo, 0).toXdr(), 'base64'));
    expect(header).toMatchObject({ maxTime: 1_800_000_000n, sequence: 42n });
    expect({ type: header?.memo.type, bytes: Buffer.from(header?.memo.bytes ?? []) }).toMatchObject(expected);
  });

  it('reads past all preconditions of CAP-21', () => {
    const pair = Keypair.random();
    const transaction = new TransactionBuilder(new Account(pair.publicKey(), '1'), {
      fee: '100',
      networkPassphrase: TEST,
    })
      .addOperation(Operation.bumpSequence({ bumpTo: '5' }))
      .addMemo(Memo.text('deep'))
      .setTimebounds(5, 77)
      .setLedgerbounds(1, 2)
      .setMinAccountSequence('3')
      .setMinAccountSequenceAge(4n)
      .setMinAccountSequenceLedgerGap(5)
      .setExtraSigners([
        pair.publicKey(),
        'PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAQACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB6IBZGM',
      ])
      .build();
    const header = readEnvelopeHeader(Buffer.from(transaction.toXdr(), 'base64'));
    expect(header).toMatchObject({ source: pair.publicKey(), maxTime: 77n });
    expect(Buffer.from(header?.memo.bytes ?? []).toString()).toBe('deep');
  });
});
