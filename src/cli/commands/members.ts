import { OPERATOR } from '../../audit-log/audit-entry';
import { type Role, ROLES } from '../../common/principal';
import { isoInstant } from '../../common/clock';
import { oldestFirst } from '../../database/keyset';
import type { Member } from '../../merchants/member';
import { isAccountAddress } from '../../stellar/address';
import { type Arguments, CommandFailure, EX_USAGE } from '../command';
import { type CliCommand, merchantOf, required, rowIdOf } from './cli-command';

const ROLE_LINE = `--role           ${ROLES.join(', ')}`;

const list: CliCommand = {
  name: 'members list',
  usage: '--merchant ID',
  does: 'shows the wallets that act for a merchant, and in which role',
  options: { merchant: { type: 'string' } },
  run: async (services, given) =>
    (await services.members.list(await merchantOf(given, services), {}, oldestFirst(1000))).map(shown),
};

const invite: CliCommand = {
  name: 'members invite',
  usage: '--merchant ID --wallet G... --role ROLE',
  does: 'names a wallet that may act for a merchant as soon as it accepts',
  explains: ['--wallet G...    its public key', ROLE_LINE],
  options: { merchant: { type: 'string' }, wallet: { type: 'string' }, role: { type: 'string' } },
  async run(services, given) {
    const [wallet, role] = [required(given, 'wallet'), roleOf(given)];
    if (!isAccountAddress(wallet)) throw new CommandFailure('--wallet must be a Stellar address (G...)', EX_USAGE);
    const merchantId = await merchantOf(given, services);
    return shown(await services.members.invite({ ...OPERATOR, merchantId }, wallet, role));
  },
};

const role: CliCommand = {
  name: 'members role',
  usage: '--merchant ID --role ROLE MEMBER-ID',
  does: 'changes the role of a member; a merchant always keeps an owner',
  explains: [ROLE_LINE],
  options: { merchant: { type: 'string' }, role: { type: 'string' } },
  async run(services, given) {
    const [id, wanted] = [rowIdOf(given, 'member'), roleOf(given)];
    const merchantId = await merchantOf(given, services);
    return shown(await services.members.update({ ...OPERATOR, merchantId }, id, { role: wanted }));
  },
};

const remove: CliCommand = {
  name: 'members remove',
  usage: '--merchant ID MEMBER-ID',
  does: 'ends a membership or an invitation, and the sessions of the wallet',
  options: { merchant: { type: 'string' } },
  async run(services, given) {
    const id = rowIdOf(given, 'member');
    const merchantId = await merchantOf(given, services);
    await services.members.remove({ ...OPERATOR, merchantId }, id);
    return { id, removed: true };
  },
};

function shown({ id, wallet, role: theirs, status, createdAt }: Member): object {
  return { id, wallet, role: theirs, status, since: isoInstant(createdAt) };
}

function roleOf(given: Arguments): Role {
  const name = required(given, 'role');
  const known = ROLES.find((each) => each === name);
  if (known === undefined) throw new CommandFailure(`--role must be one of ${ROLES.join(', ')}`, EX_USAGE);
  return known;
}

export const MEMBER_COMMANDS: readonly CliCommand[] = [list, invite, role, remove];
