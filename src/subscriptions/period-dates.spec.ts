import fc from 'fast-check';
import { INTERVALS, type Rhythm, shortestDays } from '../links/terms/recurrence';
import { periodAt, periodEnd, periodStart } from './period-dates';

const DAY = 86_400_000;
const day = (date: Date): string => date.toISOString().slice(0, 10);
const days = (anchor: string, rhythm: Rhythm, count: number): string[] =>
  Array.from({ length: count }, (_unused, index) => day(periodStart(new Date(anchor), rhythm, index)));
const MONTHLY: Rhythm = { interval: 'month', count: 1 };
const YEARLY: Rhythm = { interval: 'year', count: 1 };

describe('the days on which periods begin', () => {
  it('(S1) of a month from 31 January are the last of shorter months and the 31st again', () => {
    expect(days('2027-01-31T10:30:00Z', MONTHLY, 13)).toEqual([
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
      '2027-06-30',
      '2027-07-31',
      '2027-08-31',
      '2027-09-30',
      '2027-10-31',
      '2027-11-30',
      '2027-12-31',
      '2028-01-31',
    ]);
  });

  it('(S1) of a month from 30 January spare the end of February alone', () => {
    expect(days('2028-01-30T00:00:00Z', MONTHLY, 4)).toEqual(['2028-01-30', '2028-02-29', '2028-03-30', '2028-04-30']);
  });

  it('(S2) of a year from 29 February are the 28th in common years and the 29th in leap years', () => {
    expect(days('2028-02-29T23:59:59Z', YEARLY, 11)).toEqual([
      '2028-02-29',
      '2029-02-28',
      '2030-02-28',
      '2031-02-28',
      '2032-02-29',
      '2033-02-28',
      '2034-02-28',
      '2035-02-28',
      '2036-02-29',
      '2037-02-28',
      '2038-02-28',
    ]);
    expect(days('2096-02-29T00:00:00Z', YEARLY, 9).at(4)).toBe('2100-02-28');
  });

  it('of days and weeks are as many times 24 hours', () => {
    expect(days('2027-02-27T12:00:00Z', { interval: 'day', count: 3 }, 3)).toEqual([
      '2027-02-27',
      '2027-03-02',
      '2027-03-05',
    ]);
    expect(days('2027-12-29T12:00:00Z', { interval: 'week', count: 2 }, 2)).toEqual(['2027-12-29', '2028-01-12']);
  });
});

describe('(S3) properties of periods over 100,000 anchors', () => {
  const anchors = fc.date({ min: new Date('1970-01-01'), max: new Date('2400-12-31'), noInvalidDate: true });
  const cases = fc.record({ anchor: anchors, index: fc.integer({ min: 0, max: 600 }) });

  it('months are 28 to 31 days long, years 365 or 366, at the same time of day', () => {
    fc.assert(
      fc.property(cases, ({ anchor, index }) => {
        const gaps = ([MONTHLY, YEARLY] as const).map(
          (rhythm) => (periodEnd(anchor, rhythm, index).getTime() - periodStart(anchor, rhythm, index).getTime()) / DAY,
        );
        const [month = 0, year = 0] = gaps;
        return Number.isInteger(month) && month >= 28 && month <= 31 && (year === 365 || year === 366);
      }),
      { numRuns: 100_000 },
    );
  });

  it('twelve months are a year, and the first period begins at the anchor', () => {
    fc.assert(
      fc.property(cases, ({ anchor, index }) => {
        const same =
          periodStart(anchor, MONTHLY, 12 * index).getTime() === periodStart(anchor, YEARLY, index).getTime();
        return same && periodStart(anchor, MONTHLY, 0).getTime() === anchor.getTime();
      }),
      { numRuns: 100_000 },
    );
  });

  it('each instant lies in exactly the period that is found for it, and none is shorter than said', () => {
    const rhythms = fc.record({ interval: fc.constantFrom(...INTERVALS), count: fc.integer({ min: 1, max: 24 }) });
    fc.assert(
      fc.property(cases, rhythms, fc.integer({ min: 0, max: 40_000 * DAY }), ({ anchor, index }, rhythm, later) => {
        const instant = new Date(anchor.getTime() + later);
        const at = periodAt(anchor, rhythm, instant);
        const [start, end] = [periodStart(anchor, rhythm, index), periodEnd(anchor, rhythm, index)];
        return (
          periodStart(anchor, rhythm, at) <= instant &&
          periodEnd(anchor, rhythm, at) > instant &&
          end.getTime() - start.getTime() >= shortestDays(rhythm) * DAY
        );
      }),
      { numRuns: 100_000 },
    );
    expect(periodAt(new Date('2027-01-31'), MONTHLY, new Date('2020-01-01'))).toBe(0);
  });
});
