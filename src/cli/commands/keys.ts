import { OPERATOR } from '../../audit-log/audit-entry';
import { ASKED_SCOPES, DEFAULT_KEY_SCOPES, type Scope, SCOPES } from '../../common/principal';
import { isoInstant, isoInstantOrNull } from '../../common/clock';
import { isDomainError } from '../../common/errors';
import { type Arguments, CommandFailure, EX_USAGE } from '../command';
import { type CliCommand, instantOf, merchantOf, networkOf, optional, rowIdOf } from './cli-command';

const issue: CliCommand = {
  name: 'keys issue',
  usage: '--merchant ID [--kind api|client] [--network NAME] [--label TEXT] [--scopes A,B] [--expires INSTANT]',
  does: 'issues credentials; the secret is shown this once and kept nowhere',
  explains: [
    '--kind           api (a bearer key, the default) or client (a key and a secret, sent as two headers)',
    '--network NAME   the one network the key works on; default: the first one enabled',
    '--label TEXT     1 to 100 characters, to tell keys apart',
    `--scopes A,B     of ${SCOPES.join(', ')}; default: all but ${ASKED_SCOPES.join(', ')}`,
    '--expires        an instant such as 2027-01-31T00:00:00Z; default: never',
  ],
  options: {
    merchant: { type: 'string' },
    kind: { type: 'string' },
    network: { type: 'string' },
    label: { type: 'string' },
    scopes: { type: 'string' },
    expires: { type: 'string' },
  },
  async run(services, given) {
    const kind = optional(given, 'kind') ?? 'api';
    if (kind !== 'api' && kind !== 'client') throw new CommandFailure('--kind must be api or client', EX_USAGE);
    const expiresAt = instantOf(given, 'expires');
    const merchantId = await merchantOf(given, services);
    const draft = {
      network: networkOf(given, services.env),
      label: optional(given, 'label') ?? 'Issued by an operator',
      scopes: scopesOf(given),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
    const { key, secret } = await services.keys.issueBy(
      OPERATOR,
      merchantId,
      kind === 'api' ? 'api_key' : 'client_key',
      draft,
    );
    return kind === 'api'
      ? { id: key.id, apiKey: secret }
      : { id: key.id, clientKey: key.publicPart, clientSecret: secret };
  },
};

const list: CliCommand = {
  name: 'keys list',
  usage: '--merchant ID',
  does: "shows a merchant's credentials, revoked ones too, without their secrets",
  options: { merchant: { type: 'string' } },
  async run(services, given) {
    const credentials = await services.credentials.list(await merchantOf(given, services));
    return credentials.map(
      ({ id, kind, publicPart, label, network, scopes, createdAt, expiresAt, revokedAt, lastUsedAt }) => ({
        id,
        kind,
        shown: publicPart,
        label,
        network,
        scopes: scopes.length === SCOPES.length ? 'all' : scopes.join(','),
        created: isoInstant(createdAt),
        expires: isoInstantOrNull(expiresAt),
        revoked: isoInstantOrNull(revokedAt),
        lastUsed: isoInstantOrNull(lastUsedAt),
      }),
    );
  },
};

const revoke: CliCommand = {
  name: 'keys revoke',
  usage: '--merchant ID KEY-ID',
  does: 'makes credentials worthless from the next request on',
  options: { merchant: { type: 'string' } },
  async run(services, given) {
    const merchantId = await merchantOf(given, services);
    const id = rowIdOf(given, 'key');
    const revoked = await services.keys.revoke(OPERATOR, merchantId, { kind: null, reach: null }, id).catch(notThere);
    if (!revoked) throw new CommandFailure(`Merchant ${merchantId} has no live key ${id}.`);
    return { id, revoked: true };
  },
};

function notThere(error: unknown): false {
  if (isDomainError(error, 'resource_not_found')) return false;
  throw error;
}

function scopesOf(given: Arguments): Scope[] {
  const text = optional(given, 'scopes');
  if (text === undefined) return [...DEFAULT_KEY_SCOPES];
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !isScope(name));
  if (unknown.length > 0)
    throw new CommandFailure(`--scopes does not know ${unknown.join(', ')}; there are ${SCOPES.join(', ')}`, EX_USAGE);
  return names.filter((name) => isScope(name));
}

export const KEY_COMMANDS: readonly CliCommand[] = [issue, list, revoke];

function isScope(name: string): name is Scope {
  return (SCOPES as readonly string[]).includes(name);
}
