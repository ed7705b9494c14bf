import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isPublicId } from '../common/ids';
import { base32, digest } from '../common/secrets';
import { inBatches } from '../database/batches';
import { Settings } from '../env';
import { PAYER } from '../links/visitor';
import { PortalTokensRepository, type TokenOwner } from './portal-tokens.repository';
import type { Subscription } from './subscription';

const BATCH = 1_000;
/** Of 160 bits, as those of chance. */
const TOKEN_BYTES = 20;
/** Who did not pay in time can still read that, for so long. */
const DEAD_DAYS = 40;
const DAY_MS = 86_400_000;

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
    return this.keep(owner, this.ids.publicId(), null);
  }

  /** One for each subscription, in one statement. */
  async issueAll(
    merchantId: string,
    owners: readonly { readonly subscriptionId: string; readonly expiresAt: Date | null }[],
  ): Promise<string[]> {
    if (owners.length === 0) return [];
    return this.keepAll(
      merchantId,
      owners.map((owner) => ({ ...owner, token: this.ids.publicId() })),
    );
  }

  /** Another key for who has enrolled: one and the same for the key of the enrolment, however often it is sent. Throws `portal_token_invalid` where the merchant has ended those that were issued. */
  async issueAgain(owner: TokenOwner, key: string, subscription: Subscription): Promise<string> {
    if (await this.repository.isRevoked(owner))
      throw new DomainError('portal_token_invalid', {
        status: 409,
        detail: 'The merchant has issued another address of the portal; this enrolment leads to it no more',
      });
    const named = digest(JSON.stringify(['portal', owner.subscriptionId, key])).subarray(0, TOKEN_BYTES);
    return this.keep(owner, base32(named), isDead(subscription) ? this.afterwards() : null);
  }

  /** Those of enrolments that came to nothing get an end, and none when they come back to life. In the caller's transaction. */
  async follow(changes: readonly { readonly before: Subscription; readonly after: Subscription }[]): Promise<void> {
    const died = changes.filter(({ before, after }) => !isDead(before) && isDead(after));
    const risen = changes.filter(({ before, after }) => isDead(before) && !isDead(after) && before.createdBy === PAYER);
    if (died.length > 0) await this.repository.end(died.map(ownerOf), this.afterwards());
    if (risen.length > 0) await this.repository.keep(risen.map(ownerOf), this.clock.now());
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

  private async keep(
    { merchantId, subscriptionId }: TokenOwner,
    token: string,
    expiresAt: Date | null,
  ): Promise<string> {
    const [url] = await this.keepAll(merchantId, [{ subscriptionId, token, expiresAt }]);
    if (url === undefined) throw new Error('a key was not issued');
    return url;
  }

  private async keepAll(
    merchantId: string,
    tokens: readonly { readonly subscriptionId: string; readonly token: string; readonly expiresAt: Date | null }[],
  ): Promise<string[]> {
    await this.repository.insert(
      merchantId,
      tokens.map(({ token, ...owner }) => ({ ...owner, digest: digest(token) })),
      this.clock.now(),
    );
    return tokens.map(({ token }) => `${this.settings.publicUrl}/s/${token}`);
  }

  private afterwards(): Date {
    return new Date(this.clock.now().getTime() + DEAD_DAYS * DAY_MS);
  }
}

/** Nothing was ever paid, and nothing is asked for. */
function isDead({ status, anchorAt }: Subscription): boolean {
  return anchorAt === null && status !== 'incomplete';
}

function ownerOf({ after }: { readonly after: Subscription }): TokenOwner {
  return { merchantId: after.merchantId, subscriptionId: after.id };
}
