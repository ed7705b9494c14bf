import { Injectable } from '@nestjs/common';
import type { Principal } from '../common/principal';
import { DomainError } from '../common/errors';
import type { Network } from '../common/network';
import { Settings } from '../env';
import { Networks } from '../stellar/networks';
import { verifySignedMessage } from '../stellar/sep53';
import { accountProofText } from './account-proof';

/** Keeps a merchant from claiming another's account, and with it what arrives there without a reference. */
@Injectable()
export class AccountProofsService {
  constructor(
    private readonly settings: Settings,
    private readonly networks: Networks,
  ) {}

  /** Throws `network_unknown`. */
  assertReached(author: Principal, network: Network): void {
    this.networks.of(network);
    if (author.network !== null && author.network !== network) throw new DomainError('network_unknown');
  }

  /** Throws `network_unknown`, also for a network that the caller's key does not reach, and `account_proof_required`. */
  assertProven(
    author: Principal,
    account: { readonly network: Network; readonly address: string; readonly signature?: string | undefined },
  ): void {
    const { network, address, signature } = account;
    this.assertReached(author, network);
    if (author.wallet === address) return;
    const text = accountProofText(new URL(this.settings.publicUrl).host, author.merchantId, network, address);
    if (signature !== undefined && verifySignedMessage(text, signature, address)) return;
    throw new DomainError('account_proof_required', {
      detail: `must be the account's signature (SEP-53, base64 or hex) of exactly this text: ${JSON.stringify(text)}`,
    });
  }
}
