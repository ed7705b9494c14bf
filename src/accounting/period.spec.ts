import { periodEnd, periodStart } from './period';

describe('a period', () => {
  it.each([
    ['2026-06-01', 'UTC', '2026-06-01T00:00:00.000Z', '2026-06-02T00:00:00.000Z'],
    ['2026-06-01', 'Europe/Berlin', '2026-05-31T22:00:00.000Z', '2026-06-01T22:00:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['2026-06-01T10:00:00Z', 'Europe/Berlin', '2026-06-01T10:00:00.000Z', '2026-06-01T10:00:00.000Z'],
  ])('%s in %s is read as where it begins and where it ends', (text, zone, from, to) => {
    expect([periodStart(text, zone)?.toISOString(), periodEnd(text, zone)?.toISOString()]).toEqual([from, to]);
  });

  it.each(['', 'june', '2026-02-30', '2026-6-1', '0000-01-01', '2026-06-01T10:00:00', '2026-06-01 ', '20260601'])(
    '%j is none',
    (text) => {
      expect([periodStart(text, 'UTC'), periodEnd(text, 'UTC')]).toEqual([undefined, undefined]);
    },
  );
});
