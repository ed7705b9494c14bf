import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isPublicId } from '../common/ids';
import { digest } from '../common/secrets';
import { inBatches } from '../database/batches';
import { Settings } from '../env';
import { PortalTokensRepository, type TokenOwner } from './portal-tokens.repository';

const BATCH = 1_000;

/** Keys by which subscribers reach their own subscription, without an account. Told once, kept as digests. */
@Injectable()
export class PortalTokensService {
  constructor(
    private readonly repository: PortalTokensRepository,
    private readonly settings: Settings,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The address of the portal with a new key, in the caller's transaction. */
  async issue(owner: TokenOwner): Promise<string> {
    const [url] = await this.issueAll(owner.merchantId, [{ subscriptionId: owner.subscriptionId, expiresAt: null }]);
    if (url === undefined) throw new Error('a key was not issued');
    return url;
  }

  /** One for each subscription, in one statement. */
  async issueAll(
    merchantId: string,
    owners: readonly { readonly subscriptionId: string; readonly expiresAt: Date | null }[],
  ): Promise<string[]> {
    if (owners.length === 0) return [];
    const tokens = owners.map((owner) => ({ ...owner, token: this.ids.publicId() }));
    await this.repository.insert(
      merchantId,
      tokens.map(({ token, ...owner }) => ({ ...owner, digest: digest(token) })),
      this.clock.now(),
    );
    return tokens.map(({ token }) => `${this.settings.publicUrl}/s/${token}`);
  }

  /** Another key for who has enrolled, by the key of the enrolment. Throws `portal_token_invalid` where the merchant has ended those that were issued. */
  async issueAgain(owner: TokenOwner): Promise<string> {
    if (await this.repository.isRevoked(owner))
      throw new DomainError('portal_token_invalid', {
        status: 409,
        detail: 'The merchant has issued another address of the portal; this enrolment leads to it no more',
      });
    return this.issue(owner);
  }

  /** Deletes keys that have lapsed or were revoked, in short statements. Returns how many went. */
  sweep(): Promise<number> {
    const now = this.clock.now();
    return inBatches(BATCH, (size) => this.repository.deleteEnded(now, size));
  }

  /** Every key that was issued before works no more. In the caller's transaction. */
  async reissue(owner: TokenOwner): Promise<string> {
    await this.repository.revokeAll(owner, this.clock.now());
    return this.issue(owner);
  }

  /** Throws `portal_token_invalid`, the same for one that never was, has lapsed or was revoked. */
  async ownerOf(token: string): Promise<TokenOwner> {
    const owner = isPublicId(token) ? await this.repository.find(digest(token), this.clock.now()) : null;
    if (owner === null) throw new DomainError('portal_token_invalid');
    return owner;
  }
}
