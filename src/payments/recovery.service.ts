import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { countIn } from '../invoices/invoice-number';
import { InvoiceNumbersService, type NumberSeen } from '../invoices/invoice-numbers.service';
import { type Life, LivesService } from '../lives/lives.service';
import type { Credit } from '../stellar/ledger-source';

/**
 * A database that was put back meets on the ledger what was paid in the stretch it has lost. Only heeded while nothing is given
 * out: before the reader has caught up at its start, and while a life recovers. At other times a stranger would name any number.
 */
@Injectable()
export class RecoveryService {
  constructor(
    private readonly numbers: InvoiceNumbersService,
    private readonly lives: LivesService,
  ) {}

  /** To be asked before the ledger is: what is read afterwards counts for this life. */
  life(): Promise<Life> {
    return this.lives.current();
  }

  /** A network was read up to what had closed, since `life` was asked for. */
  caughtUp(life: Life, enabled: readonly Network[]): Promise<void> {
    return this.lives.caughtUp(life, enabled);
  }

  /** Inside the transaction that records the credits. */
  async heed(network: Network, credits: readonly Credit[], { recovering }: Life): Promise<void> {
    const seen = numbersIn(credits);
    if (seen.length === 0) return;
    // Data that look like the newest, and are not: a folder that was put back.
    if (!recovering && (await this.numbers.anyBeyond(network, seen))) await this.lives.begin('traces');
    await this.numbers.passBy(network, seen);
  }
}

function numbersIn(credits: readonly Credit[]): NumberSeen[] {
  return credits.flatMap(({ account, memo }) => {
    const text = memo.type === 'text' ? Buffer.from(memo.bytes).toString('latin1') : '';
    const count = countIn(text);
    return count === null ? [] : { account, text, count };
  });
}
