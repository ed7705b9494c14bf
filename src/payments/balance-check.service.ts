import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import { assetKey, formatAmount } from '../common/money';
import type { Network } from '../common/network';
import { LedgerSources } from '../stellar/ledger-sources';
import { BalancesRepository } from './balances.repository';
import { CursorsRepository } from './cursors.repository';

/** How long reconciliation may take to read up to the ledger that was looked at. */
const CATCH_UP_MS = 15_000;
const PAUSE_MS = 250;

/**
 * The second opinion: compares what watched accounts hold with what was recorded. An owner may take money out of an
 * account at will, so only an inflow beyond the recorded credits is reported: a missed payment, or a way to be paid that
 * is not a payment (a trade, a claimed balance). It is never turned into a payment by itself.
 */
@Injectable()
export class BalanceCheckService {
  private readonly logger = new Logger('BalanceCheck');

  constructor(
    private readonly balances: BalancesRepository,
    private readonly cursors: CursorsRepository,
    private readonly sources: LedgerSources,
    private readonly clock: Clock,
  ) {}

  /** Looks at up to `limit` accounts of a network, the longest unseen first. Returns how many hold unexplained money since the last look. */
  async check(network: Network, limit: number): Promise<number> {
    let alarms = 0;
    for (const account of await this.balances.listLeastRecent(network, limit))
      alarms += await this.checkAccount(network, account);
    return alarms;
  }

  private async checkAccount(network: Network, address: string): Promise<number> {
    const source = this.sources.of(network);
    const before = await source.status();
    const account = await source.account(address);
    const after = await source.status();
    // A ledger closed in between: it is not known which of the two the balances belong to. The next look will do.
    if (
      account === null ||
      before.latestLedger !== after.latestLedger ||
      !(await this.ingested(network, after.latestLedger))
    )
      return 0;
    const seen = account.balances.map(({ asset, balance }) => ({ asset: assetKey(asset), balance }));
    const found = await this.balances.observe(network, address, after.latestLedger, seen, this.clock.now());
    for (const { asset, unexplained } of found) {
      this.logger.warn({
        msg: 'a watched account holds more than was recorded',
        network,
        account: address,
        asset,
        unexplained: formatAmount(unexplained),
        ledger: after.latestLedger,
      });
    }
    return found.length;
  }

  private async ingested(network: Network, ledger: number): Promise<boolean> {
    for (let waited = 0; waited <= CATCH_UP_MS; waited += PAUSE_MS) {
      const cursor = await this.cursors.find(network);
      if (cursor !== null && cursor.ledger >= ledger) return true;
      await this.clock.sleep(PAUSE_MS);
    }
    return false;
  }
}
