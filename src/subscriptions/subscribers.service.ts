import { Injectable } from '@nestjs/common';
import { CustomersService } from '../customers/customers.service';
import { PAYER } from '../links/visitor';
import type { CausedMove } from './subscription-store.service';

/** Who has paid is a customer: the one with the address that he gave, or a new one. Nobody has proved the address, so nothing of a known customer is copied. */
@Injectable()
export class SubscribersService {
  constructor(private readonly customers: CustomersService) {}

  /** The same moves, with the customers of those that begin by them. Inside the caller's transaction, which holds the subscriptions. */
  async known(moves: CausedMove[]): Promise<CausedMove[]> {
    const named = moves.flatMap((each) => addressOf(each) ?? []);
    if (named.length === 0) return moves;
    const ids = await this.customers.knownAs({ actor: PAYER, requestId: null }, named);
    return moves.map((each) => {
      const address = addressOf(each);
      const customerId = address === null ? undefined : ids.get(address.merchantId)?.get(address.email);
      if (customerId === undefined) return each;
      const { subscription } = each.move;
      return { ...each, move: { ...each.move, subscription: { ...subscription, customerId } } };
    });
  }
}

/** Null for one that does not begin, has a customer or gave no address. */
function addressOf({ held, move }: CausedMove): { readonly merchantId: string; readonly email: string } | null {
  const { merchantId, email, customerId, anchorAt } = move.subscription;
  const begins = held.subscription.anchorAt === null && anchorAt !== null;
  return begins && customerId === null && email !== null ? { merchantId, email } : null;
}
