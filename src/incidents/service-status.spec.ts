import { observationsOf, type Reading, statusOf } from './service-status';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const well: Reading = {
  ledgers: [{ network: 'sandbox', through: ago(2) }],
  untoldSeconds: 0,
  dueSince: null,
  incidents: [],
};

describe('the status of the service', () => {
  it.each<[string, Partial<Reading>, string]>([
    ['all is well', {}, 'operational'],
    [
      'the ledger is read up to two minutes ago',
      { ledgers: [{ network: 'sandbox', through: ago(120) }] },
      'operational',
    ],
    ['the ledger is further behind', { ledgers: [{ network: 'sandbox', through: ago(121) }] }, 'degraded'],
    ['a network was never read', { ledgers: [{ network: 'testnet', through: null }] }, 'operational'],
    ['webhooks wait for five minutes', { dueSince: ago(300) }, 'operational'],
    ['webhooks wait longer', { dueSince: ago(301) }, 'degraded'],
    ['events wait', { untoldSeconds: 301 }, 'degraded'],
    ['a webhook is due later', { dueSince: ago(-60) }, 'operational'],
    [
      'something is open',
      { incidents: [{ kind: 'webhooks_late', subject: '', openedAt: ago(9), closedAt: null }] },
      'degraded',
    ],
    [
      'something is over',
      { incidents: [{ kind: 'webhooks_late', subject: '', openedAt: ago(9), closedAt: ago(1) }] },
      'operational',
    ],
  ])('when %s', (_when, more, service) => {
    expect(statusOf({ ...well, ...more }, NOW).service).toBe(service);
  });

  it('observes what can be known', () => {
    const ledgers = [
      { network: 'testnet', through: null },
      { network: 'public', through: ago(500) },
    ] as const;
    expect(observationsOf(statusOf({ ...well, ledgers, untoldSeconds: 400 }, NOW))).toEqual([
      { kind: 'ledger_behind', subject: 'public', wrong: true },
      { kind: 'webhooks_late', subject: '', wrong: true },
    ]);
  });
});
