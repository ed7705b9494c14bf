import fc from 'fast-check';
import { INTERVALS } from '../links/terms/recurrence';
import type { Subscription } from './subscription';
import { comingOf, datesOf, deadlineOf, nextStep, openingOf } from './subscription-plan';

const DAY_MS = 86_400_000;
const at = (text: string): Date => new Date(`2027-${text}Z`);

/** Paid through 11 January, nothing open. */
const DAILY = {
  id: '00000000-0000-7000-8000-000000000000',
  status: 'active',
  anchorAt: at('01-10T10:00:00.000'),
  nextIndex: 1,
  paidThrough: at('01-11T10:00:00.000'),
  dueAt: at('01-11T10:00:00.000'),
  interval: 'day',
  intervalCount: 1,
  billingCycles: null,
  openDays: 0,
  graceDays: 1,
  reactivationDays: 30,
  cancelAtPeriodEnd: false,
  pausedUntil: null,
} as unknown as Subscription;

describe('what is due while the ledger is read late', () => {
  it.each([
    ['in time', '01-11T10:00:00.000', '01-11T10:00:01.000', { does: 'open', index: 1 }],
    ['twelve hours late', '01-11T10:00:00.000', '01-11T22:00:00.000', { does: 'open', index: 1 }],
    [
      'when less than half of the grace is left',
      '01-11T10:00:00.000',
      '01-11T22:00:00.001',
      { does: 'skip', through: 2 },
    ],
    ['three days late', '01-11T10:00:00.000', '01-14T12:00:00.000', { does: 'skip', through: 4 }],
  ])('%s', (_what, read, now, step) => {
    expect(nextStep(DAILY, null, at(read), at(now))).toEqual(step);
  });

  it('is skipped and not asked for later than it can be paid: half of the grace is left for whatever is opened', () => {
    fc.assert(
      fc.property(
        fc.record({
          interval: fc.constantFrom(...INTERVALS),
          graceDays: fc.integer({ min: 1, max: 28 }),
          openDays: fc.integer({ min: 0, max: 3 }),
          readDays: fc.double({ min: 0, max: 800, noNaN: true }),
          lateDays: fc.double({ min: 0, max: 800, noNaN: true }),
        }),
        ({ interval, graceDays, openDays, readDays, lateDays }) => {
          const [shortest, lead] = interval === 'day' ? [1, 0] : interval === 'week' ? [7, openDays] : [28, openDays];
          const grace = Math.min(graceDays, shortest);
          const of = { ...DAILY, interval, graceDays: grace, openDays: lead };
          const read = new Date(DAILY.anchorAt!.getTime() + Math.floor(readDays * DAY_MS));
          const now = new Date(read.getTime() + Math.floor(lateDays * DAY_MS));
          const step = nextStep(of, null, read, now);
          if (step?.does === 'open')
            expect(deadlineOf(of, step.index, now).getTime() - now.getTime()).toBeGreaterThanOrEqual(
              (grace * DAY_MS) / 2,
            );
          if (step?.does === 'skip') {
            // What is left is the first that can be asked for, now or later.
            const rest = nextStep({ ...of, nextIndex: step.through }, null, read, now);
            expect(rest?.does).not.toBe('skip');
            expect(datesOf(of).start(step.through - 1) < now).toBe(true);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('the period that comes next', () => {
  it.each([
    ['is the next one', {}, 1],
    ['is none of one that is to end', { cancelAtPeriodEnd: true }, null],
    ['is none after the last', { billingCycles: 1 }, null],
    ['is none of one that has ended', { status: 'cancelled' }, null],
    ['begins with the end of a pause', { pausedUntil: at('01-15T10:00:00.000') }, 5],
    ['begins after the end of a pause', { pausedUntil: at('01-15T10:00:00.001') }, 6],
    [
      'is none where the pause is longer than the rest',
      { pausedUntil: at('01-15T10:00:00.000'), billingCycles: 5 },
      null,
    ],
    ['is told at once, however long the pause', { pausedUntil: new Date('9999-12-31T00:00:00.000Z') }, 2_912_068],
  ])('%s', (_what, members, index) => {
    const of = { ...DAILY, ...members } as Subscription;
    expect(comingOf(of)).toBe(index);
    if (index !== null) expect(openingOf(of, index)).toEqual(datesOf(of).start(index));
  });
});
