import fc from 'fast-check';
import { judgeAttempt } from './attempt-verdict';
import { DEFAULT_WEBHOOK_SETTINGS as SETTINGS } from './webhook-settings';

const NOW = new Date('2026-11-21T10:00:00.000Z');
const answer = (status: number, retryAfter: string | null = null) => ({ status, retryAfter, excerpt: Buffer.alloc(0) });
const seconds = (at: Date | null): number => ((at?.getTime() ?? Number.NaN) - NOW.getTime()) / 1000;

describe('an attempt', () => {
  it('is accepted with 2xx and with nothing else (W9)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), (status) => {
        expect(judgeAttempt(answer(status), 1, NOW, () => 0, SETTINGS).status === 'delivered').toBe(
          status >= 200 && status < 300,
        );
      }),
    );
  });

  it('is followed by the next after the pause of the schedule, ten in all (W11)', () => {
    const pauses = Array.from({ length: 9 }, (_unused, index) =>
      seconds(judgeAttempt('timeout', index + 1, NOW, () => 0, SETTINGS).nextAttemptAt),
    );
    expect(pauses).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(judgeAttempt('timeout', 10, NOW, () => 0, SETTINGS)).toEqual({
      status: 'failed',
      failure: 'timeout',
      nextAttemptAt: null,
      pausedUntil: null,
      gone: false,
    });
  });

  it('waits at least the pause and at most a tenth more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const pause = SETTINGS.scheduleSeconds[attempt] as number;
          const waited = seconds(judgeAttempt('reset', attempt, NOW, () => random, SETTINGS).nextAttemptAt);
          expect(waited).toBeGreaterThanOrEqual(pause);
          expect(waited).toBeLessThanOrEqual(pause * 1.1);
        },
      ),
    );
  });

  it('is the last with 410', () => {
    expect(judgeAttempt(answer(410), 1, NOW, () => 0, SETTINGS)).toMatchObject({
      status: 'failed',
      gone: true,
      nextAttemptAt: null,
    });
  });

  it.each([429, 502, 503, 504])(
    'is not repeated before Retry-After of %d, and neither is any other to the endpoint',
    (status) => {
      const verdict = judgeAttempt(answer(status, '120'), 1, NOW, () => 0, SETTINGS);
      expect([verdict.status, seconds(verdict.nextAttemptAt), seconds(verdict.pausedUntil)]).toEqual([
        'pending',
        120,
        120,
      ]);
      const later = judgeAttempt(answer(status, '120'), 2, NOW, () => 0, SETTINGS);
      expect([seconds(later.nextAttemptAt), seconds(later.pausedUntil)]).toEqual([300, 120]);
      expect(seconds(judgeAttempt(answer(status, '999999'), 1, NOW, () => 0, SETTINGS).pausedUntil)).toBe(3600);
      expect(
        seconds(judgeAttempt(answer(status, 'Sat, 21 Nov 2026 10:01:00 GMT'), 1, NOW, () => 0, SETTINGS).pausedUntil),
      ).toBe(60);
      expect(judgeAttempt(answer(status, 'soon'), 1, NOW, () => 0, SETTINGS).pausedUntil).toBeNull();
    },
  );

  it('takes Retry-After from nobody else', () => {
    expect(judgeAttempt(answer(500, '120'), 1, NOW, () => 0, SETTINGS)).toMatchObject({
      pausedUntil: null,
      nextAttemptAt: new Date(NOW.getTime() + 5000),
    });
  });
});
