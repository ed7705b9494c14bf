import { CommandFailure, EX_USAGE } from '../command';
import { leavesMark } from '../../common/plain-text';
import { isAccountAddress } from '../../stellar/address';
import { type CliCommand, limitOf, merchantOf, required } from './cli-command';

const MAX_NAME = 200;

const create: CliCommand = {
  name: 'merchants create',
  usage: '--name NAME --wallet G...',
  does: 'opens a merchant; the wallet owns it and receives its money on every enabled network',
  explains: [
    '--name NAME      1 to 200 characters, shown to payers',
    '--wallet G...    its public key; a wallet that has a merchant keeps it',
  ],
  options: { name: { type: 'string' }, wallet: { type: 'string' } },
  async run({ merchants }, given) {
    const [name, wallet] = [required(given, 'name').trim(), required(given, 'wallet')];
    if (!leavesMark(name) || name.length > MAX_NAME)
      throw new CommandFailure(`--name must have 1 to ${MAX_NAME} characters`, EX_USAGE);
    if (!isAccountAddress(wallet)) throw new CommandFailure('--wallet must be a Stellar address (G...)', EX_USAGE);
    const { merchantId, created } = await merchants.create({ name, wallet });
    return { merchantId, created };
  },
};

const list: CliCommand = {
  name: 'merchants list',
  usage: '[--limit N]',
  does: 'shows merchants, newest first, with how many invoices each has made',
  options: { limit: { type: 'string' } },
  run: ({ operations }, given) => operations.listMerchants(limitOf(given, 100)),
};

const wallets: CliCommand = {
  name: 'merchants wallets',
  usage: '--merchant ID',
  does: 'shows who signs in for a merchant and where its money arrives',
  options: { merchant: { type: 'string' } },
  run: async (services, given) => services.operations.listWallets(await merchantOf(given, services)),
};

export const MERCHANT_COMMANDS: readonly CliCommand[] = [create, list, wallets];
