import { isoInstantOrNull } from '../../common/clock';
import { formatAmount } from '../../common/money';
import { type Arguments, CommandFailure, EX_USAGE } from '../command';
import { type CliCommand, limitOf, merchantOf, networkOf, required } from './cli-command';

const show: CliCommand = {
  name: 'cursor show',
  usage: '',
  does: 'shows how far each network has been read, and which process reads it now',
  options: {},
  async run({ operations }) {
    const cursors = await operations.listCursors();
    return cursors.map(({ network, cursor, ledger, ingestedThrough, providerLedger, polledAt, reader }) => ({
      network,
      readLedger: ledger,
      networkLedger: providerLedger,
      readThrough: isoInstantOrNull(ingestedThrough),
      lastAsked: isoInstantOrNull(polledAt),
      cursor,
      reader,
    }));
  },
};

const set: CliCommand = {
  name: 'cursor set',
  usage: '--network NAME --ledger N --yes [--skip-history]',
  does: 'makes reading go on after ledger N; reading something again is harmless, it is recorded once',
  explains: [
    'Payments from before an account was watched are recorded too when they are read again; without a reference, in suspense.',
    '--yes            without it nothing is changed',
    '--skip-history   needed to move forward: payments in the ledgers between are never seen',
  ],
  options: {
    network: { type: 'string' },
    ledger: { type: 'string' },
    yes: { type: 'boolean' },
    'skip-history': { type: 'boolean' },
  },
  async run({ operations, env }, given) {
    required(given, 'network');
    const network = networkOf(given, env);
    const ledger = Number(required(given, 'ledger'));
    if (!Number.isInteger(ledger) || ledger < 0 || ledger > 2_147_483_646)
      throw new CommandFailure('--ledger must be the number of a ledger', EX_USAGE);
    const before = await operations.findCursor(network);
    if (before === null)
      throw new CommandFailure(`${network} has not been read yet: the service chooses where to begin.`);
    const from = before.cursor === null ? 0 : Number(before.cursor >> 32n);
    if (ledger > from && given.values['skip-history'] !== true)
      throw new CommandFailure(
        `${network} is read up to ledger ${from}. Going on after ${ledger} would never see the payments between; add --skip-history if that is meant.`,
      );
    if (given.values['yes'] !== true)
      throw new CommandFailure(
        `This moves the cursor of ${network} from ledger ${from} to ${ledger}. Add --yes to do it.`,
      );
    if (!(await operations.moveCursor(network, before.cursor, ledger)))
      throw new CommandFailure(
        `The service has moved the cursor of ${network} meanwhile; nothing was changed. Try again, or stop the service first.`,
      );
    return { network, fromLedger: from, readLedger: ledger };
  },
};

const list: CliCommand = {
  name: 'quarantine list',
  usage: '[--limit N]',
  does: 'shows what of the ledger could not be understood or recorded; with --json as it came',
  options: { limit: { type: 'string' }, json: { type: 'boolean' } },
  async run({ operations }, given) {
    const items = await operations.listQuarantined(limitOf(given, 100));
    return items.map(({ network, operationId, state, invoice, attempts, reason, recordedAt, raw }) => ({
      network,
      operationId,
      state,
      invoice,
      attempts,
      reason,
      recorded: recordedAt,
      ...(given.values['json'] === true ? { raw } : {}),
    }));
  },
};

const retry: CliCommand = {
  name: 'quarantine retry',
  usage: '--network NAME (OPERATION-ID | --all)',
  does: 'records payments that could not be recorded, when the cause is mended; once, however often it is asked for',
  options: { network: { type: 'string' }, all: { type: 'boolean' } },
  async run({ quarantine, env }, given) {
    required(given, 'network');
    const network = networkOf(given, env);
    if (given.values['all'] === true) {
      const { recorded, left } = await quarantine.retryAll(network);
      if (left > 0)
        throw new CommandFailure(`${recorded} recorded, ${left} cannot be recorded yet: "quarantine list" says why.`);
      return { network, recorded };
    }
    const operationId = operationOf(given);
    const retried = await quarantine.retry(network, operationId);
    if (retried === null)
      throw new CommandFailure(
        `No payment of operation ${operationId} of ${network} is in quarantine. What could not be understood is read again after "cursor set".`,
      );
    if (retried.refusals.length > 0)
      throw new CommandFailure(`It cannot be recorded yet: ${retried.refusals.join('; ')}`);
    return { network, operationId, recorded: retried.recorded };
  },
};

const clear: CliCommand = {
  name: 'quarantine clear',
  usage: '--network NAME --yes OPERATION-ID',
  does: 'forgets an item that has been dealt with; shows it once more',
  explains: [
    'A payment that is forgotten is never recorded, unless the ledger is read again from before it.',
    '--yes            without it nothing is changed',
  ],
  options: { network: { type: 'string' }, yes: { type: 'boolean' } },
  async run({ operations, env }, given) {
    required(given, 'network');
    const network = networkOf(given, env);
    const id = operationOf(given);
    if (given.values['yes'] !== true)
      throw new CommandFailure(`This forgets operation ${id} of ${network}. Add --yes to do it.`);
    const items = await operations.clearQuarantined(network, id);
    const [item] = items;
    if (item === undefined) throw new CommandFailure(`Operation ${id} of ${network} is not in quarantine.`);
    return items.length === 1 ? item : items;
  },
};

const suspense: CliCommand = {
  name: 'payments suspense',
  usage: '[--merchant ID] [--limit N]',
  does: 'shows money that arrived and belongs to no open invoice, with the reason, until somebody decides about it',
  options: { merchant: { type: 'string' }, limit: { type: 'string' } },
  async run(services, given) {
    const merchantId = given.values['merchant'] === undefined ? null : await merchantOf(given, services);
    const rows = await services.operations.listSuspended(merchantId, limitOf(given, 100));
    return rows.map((row) => ({
      closed: row.closedAt,
      network: row.network,
      outcome: row.outcome,
      amount: `${formatAmount(row.amount, 2)} ${row.assetCode}`,
      issuer: row.assetIssuer,
      from: row.from,
      to: row.account,
      memo: memoText(row.memoType, row.memo),
      invoice: row.invoice,
      merchant: row.merchantId,
      transaction: row.transactionHash,
    }));
  },
};

function operationOf({ positionals: [id = ''] }: Arguments): bigint {
  if (!/^\d{1,18}$/.test(id)) throw new CommandFailure('Name the operation, as "quarantine list" shows it.', EX_USAGE);
  return BigInt(id);
}

/** Anyone may put any bytes into a memo; a terminal only gets printable ones, and text in quotes, because blanks count. */
function memoText(type: string, memo: Buffer): string {
  if (type === 'none') return 'none';
  const text = memo.toString('latin1');
  if (type === 'hash' || type === 'return' || !/^[\x20-\x7e]*$/.test(text)) return `${type} 0x${memo.toString('hex')}`;
  return type === 'text' ? `text ${JSON.stringify(text)}` : `${type} ${text}`;
}

export const LEDGER_COMMANDS: readonly CliCommand[] = [show, set, list, retry, clear, suspense];
