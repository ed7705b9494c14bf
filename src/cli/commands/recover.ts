import { isoInstantOrNull } from '../../common/clock';
import type { Life } from '../../lives/lives.service';
import type { CliCommand, Output, Services } from './cli-command';

const begin: CliCommand = {
  name: 'recover begin',
  usage: '',
  does: 'after a restore: begins a new life, so that no reference is given out twice',
  explains: [
    'A step of every restore. A copy of the data folder that is put back looks like the newest data; only this tells.',
    'Payment references are refused (503) until the service has read the ledger up to now; numbers then jump ahead.',
    'Harmless when it was not needed: numbers jump, and that is all.',
  ],
  options: {},
  async run(services) {
    await services.lives.begin('operator');
    return status(services);
  },
};

const show: CliCommand = {
  name: 'recover status',
  usage: '',
  does: 'shows in which life the database is, and whether payment references are given out',
  options: {},
  run: status,
};

async function status({ lives, operations, env }: Services): Promise<Output> {
  const life = await lives.current();
  const cursors = new Map((await operations.listCursors()).map((cursor) => [cursor.network, cursor]));
  return env.networks.map(({ network }) => {
    const { ledger = 0, providerLedger = 0, caughtUp = false } = cursors.get(network) ?? {};
    return { ...told(life), network, readLedger: ledger, networkLedger: providerLedger, readSinceThen: caughtUp };
  });
}

function told({ id, ordinal, cause, beganAt, recoveredAt, recovering }: Life): Record<string, unknown> {
  return {
    life: id,
    ordinal: ordinal.toString(),
    cause,
    began: beganAt,
    recovered: isoInstantOrNull(recoveredAt),
    recovering,
  };
}

export const RECOVER_COMMANDS: readonly CliCommand[] = [begin, show];
