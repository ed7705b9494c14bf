import type { SigningKey } from './signing-key';
import { parseDestination } from './address';
import { stellarSdk } from './sdk';

/** SEP-10 limits: the server's nonce is 48 random bytes, sent as 64 characters of base64. */
export const NONCE_BYTES = 48;
export const CHALLENGE_SECONDS = 900;
const FEE = '100';

export interface ChallengeRequest {
  readonly passphrase: string;
  readonly serverKey: SigningKey;
  /** G... or M... of the wallet that wants to log in. */
  readonly account: string;
  /** Identity within a shared account; only with G (uint64). */
  readonly memo: bigint | null;
  readonly homeDomain: string;
  /** Host of the endpoint that issues the challenge. */
  readonly webAuthDomain: string;
  /** 48 bytes, from the randomness port. */
  readonly nonce: Uint8Array;
  readonly now: Date;
}

export interface Challenge {
  readonly envelopeXdr: string;
  /** Lower-case hex: what the replay guard keeps. */
  readonly transactionHash: string;
  /** The 64 characters inside the transaction. */
  readonly nonce: string;
  readonly expiresAt: Date;
}

/**
 * A challenge of SEP-10: a transaction with sequence 0, which no network can accept, signed by the server. Throws
 * RangeError for an invalid account, a memo with M, a nonce of another length or a home domain too long.
 */
export function buildChallenge(request: ChallengeRequest): Challenge {
  const parsed = parseDestination(request.account);
  if (parsed === undefined || (parsed.muxedId !== null && request.memo !== null))
    throw new RangeError('SEP-10 needs a G account, or an M account without a memo');
  if (request.nonce.length !== NONCE_BYTES) throw new RangeError(`a challenge needs ${NONCE_BYTES} random bytes`);
  const nonce = Buffer.from(request.nonce).toString('base64');
  const minTime = Math.floor(request.now.getTime() / 1000);
  const maxTime = minTime + CHALLENGE_SECONDS;
  const server = request.serverKey.address;
  const { Account, Memo, Operation, TransactionBuilder } = stellarSdk();
  // The builder adds one to the sequence it is given.
  const builder = new TransactionBuilder(new Account(server, '-1'), {
    fee: FEE,
    networkPassphrase: request.passphrase,
    timebounds: { minTime, maxTime },
  })
    .addOperation(Operation.manageData({ name: `${request.homeDomain} auth`, value: nonce, source: request.account }))
    .addOperation(Operation.manageData({ name: 'web_auth_domain', value: request.webAuthDomain, source: server }));
  if (request.memo !== null) builder.addMemo(Memo.id(request.memo.toString()));
  const transaction = builder.build();
  const hash = Buffer.from(transaction.hash());
  transaction.addSignature(server, request.serverKey.sign(hash).toString('base64'));
  return {
    envelopeXdr: transaction.toXdr(),
    transactionHash: hash.toString('hex'),
    nonce,
    expiresAt: new Date(maxTime * 1000),
  };
}

export {
  readChallenge,
  verifyChallenge,
  ChallengeRefused,
  type ChallengeFacts,
  type ChallengeRules,
} from './sep10-verify';
