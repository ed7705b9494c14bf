import { OPERATOR } from '../../audit-log/audit-entry';
import { isoInstant, isoInstantOrNull } from '../../common/clock';
import { EVENT_TYPES } from '../../webhooks/event-types';
import type { WebhookEndpoint } from '../../webhooks/webhook-endpoint';
import type { Arguments } from '../command';
import {
  type CliCommand,
  instantOf,
  merchantOf,
  networkOf,
  optional,
  required,
  rowIdOf,
  type Services,
} from './cli-command';

const list: CliCommand = {
  name: 'endpoints list',
  usage: '--merchant ID',
  does: 'shows where the events of a merchant are sent, without secrets',
  options: { merchant: { type: 'string' } },
  run: async (services, given) =>
    (await services.endpoints.listAll({ merchantId: await merchantOf(given, services), network: null })).map(shown),
};

const create: CliCommand = {
  name: 'endpoints create',
  usage: '--merchant ID --url URL [--network NAME] [--events A,B] [--description TEXT]',
  does: 'sends events to an address from now on; the secret is shown this once',
  explains: [
    '--network NAME   the network whose events are sent; default: the first one enabled',
    `--events A,B     of ${EVENT_TYPES.join(', ')}; default: all, later ones too`,
  ],
  options: {
    merchant: { type: 'string' },
    url: { type: 'string' },
    network: { type: 'string' },
    events: { type: 'string' },
    description: { type: 'string' },
  },
  async run(services, given) {
    const [url, network] = [required(given, 'url'), networkOf(given, services.env)];
    const eventTypes =
      optional(given, 'events')
        ?.split(',')
        .map((name) => name.trim()) ?? null;
    const author = await authorOf(given, services);
    const { endpoint, secret } = await services.endpoints.create(author, {
      network,
      url,
      eventTypes,
      description: optional(given, 'description') ?? null,
    });
    return { ...shown(endpoint), secret };
  },
};

function switching(status: 'enabled' | 'disabled'): CliCommand {
  const verb = status === 'enabled' ? 'enable' : 'disable';
  return {
    name: `endpoints ${verb}`,
    usage: '--merchant ID ENDPOINT-ID',
    does:
      status === 'enabled'
        ? 'sends events again; what happened meanwhile is sent by "endpoints replay"'
        : 'sends nothing any more until it is enabled',
    options: { merchant: { type: 'string' } },
    async run(services, given) {
      const id = rowIdOf(given, 'endpoint');
      return shown(await services.endpoints.update(await authorOf(given, services), id, { status }));
    },
  };
}

const replay: CliCommand = {
  name: 'endpoints replay',
  usage: '--merchant ID [--since INSTANT | --after CURSOR] ENDPOINT-ID',
  does: 'sends what an endpoint has missed: events it was not told of, or did not accept',
  explains: [
    '--since          events that happened at this instant or later; default: all there are',
    '--after          events after this cursor of the event list',
    'What was accepted is not sent again. A delivery keeps its webhook-id, so a receiver that drops what it has seen is safe.',
  ],
  options: { merchant: { type: 'string' }, since: { type: 'string' }, after: { type: 'string' } },
  async run(services, given) {
    const [id, since] = [rowIdOf(given, 'endpoint'), instantOf(given, 'since')];
    const owner = await authorOf(given, services);
    let [after, queued] = [optional(given, 'after'), 0];
    for (let hasMore = true; hasMore;) {
      const report = await services.deliveries.replay(owner, id, {
        ...(since === undefined ? {} : { since }),
        ...(after === undefined ? {} : { after }),
      });
      [after, hasMore] = [report.cursor, report.hasMore];
      queued += report.queued;
    }
    return { id, queued, cursor: after };
  },
};

async function authorOf(
  given: Arguments,
  services: Services,
): Promise<typeof OPERATOR & { merchantId: string; network: null }> {
  return { ...OPERATOR, merchantId: await merchantOf(given, services), network: null };
}

function shown({
  id,
  url,
  network,
  status,
  disabledReason,
  eventTypes,
  failingSince,
  createdAt,
}: WebhookEndpoint): object {
  return {
    id,
    url,
    network,
    status: disabledReason === null ? status : `${status} (${disabledReason})`,
    events: eventTypes?.join(',') ?? 'all',
    failingSince: isoInstantOrNull(failingSince),
    created: isoInstant(createdAt),
  };
}

export const ENDPOINT_COMMANDS: readonly CliCommand[] = [
  list,
  create,
  switching('enabled'),
  switching('disabled'),
  replay,
];
