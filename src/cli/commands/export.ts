import { isDomainError } from '../../common/errors';
import { CommandFailure, EX_USAGE } from '../command';
import { type CliCommand, merchantOf, required } from './cli-command';

const accounting: CliCommand = {
  name: 'export accounting',
  usage: '--merchant ID --from DAY --to DAY',
  does: 'prints the payments of a period that count towards invoices, as CSV',
  explains: [
    '--from DAY       the first day, such as 2026-06-01, or an instant',
    '--to DAY         the last day, or the instant after',
  ],
  options: { merchant: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
  async run(services, given) {
    const [from, to] = [required(given, 'from'), required(given, 'to')];
    const merchantId = await merchantOf(given, services);
    try {
      let table = '';
      for await (const lines of await services.accounting.export({ merchantId, network: null }, { from, to }))
        table += lines;
      return table;
    } catch (error) {
      if (!isDomainError(error, 'parameter_invalid')) throw error;
      const faults = error.faults.map(({ path, message }) => `--${path} ${message}`);
      throw new CommandFailure(faults.join('\n'), EX_USAGE);
    }
  },
};

export const EXPORT_COMMANDS: readonly CliCommand[] = [accounting];
