import type { AuditVerdict } from '../../audit-log/audit-log.service';
import { CommandFailure } from '../command';
import { type CliCommand, merchantOf, optional } from './cli-command';

const verify: CliCommand = {
  name: 'audit-log verify',
  usage: '[--merchant ID]',
  does: 'recomputes the chain of the audit log, of one merchant or of all, and names the first entry that was changed',
  explains: [
    'The head it prints is the hash of the newest entry: kept elsewhere, it proves later that nothing up to it was rewritten.',
  ],
  options: { merchant: { type: 'string' } },
  async run(services, given) {
    const { audit } = services;
    const verdicts =
      optional(given, 'merchant') === undefined
        ? await audit.verifyAll()
        : [await audit.verify(await merchantOf(given, services))];
    const broken = verdicts.filter(({ fault }) => fault !== null);
    if (broken.length > 0) throw new CommandFailure(broken.map(told).join('\n'));
    return verdicts.map(({ merchantId, entries, head }) => ({ merchant: merchantId, entries, head }));
  },
};

function told({ merchantId, fault }: AuditVerdict): string {
  return `The audit log of merchant ${merchantId} has been tampered with: entry ${fault?.sequence}: ${fault?.message}.`;
}

export const AUDIT_LOG_COMMANDS: readonly CliCommand[] = [verify];
