import { SilenceWatchdog } from './silence-watchdog';

describe('SilenceWatchdog', () => {
  it('is content while ledgers close and stalls after the limit, until the next ledger', () => {
    const dog = new SilenceWatchdog(30_000);
    expect(dog.observe({ latestLedger: 10, monotonicMs: 0 }).kind).toBe('advancing');
    expect(dog.observe({ latestLedger: 10, monotonicMs: 29_999 }).kind).toBe('advancing');
    expect(dog.observe({ latestLedger: 10, monotonicMs: 30_000 })).toEqual({ kind: 'stalled', silentMs: 30_000 });
    expect(dog.observe({ latestLedger: 11, monotonicMs: 31_000 }).kind).toBe('advancing');
    expect(dog.observe({ latestLedger: 11, monotonicMs: 60_999 }).kind).toBe('advancing');
  });

  it('takes an older replica for what it is, and it does not hide a stall', () => {
    const dog = new SilenceWatchdog(30_000);
    dog.observe({ latestLedger: 50_000_000, monotonicMs: 0 });
    expect(dog.observe({ latestLedger: 49_999_990, monotonicMs: 1_000 }).kind).toBe('advancing');
    expect(dog.observe({ latestLedger: 49_999_999, monotonicMs: 30_001 }).kind).toBe('stalled');
  });

  it.each([
    [50_000_000, 3],
    [50_000_000, 49_999_000],
    [40, 2],
  ])('sees a reset from %i to %i and does not forget it', (from, to) => {
    const dog = new SilenceWatchdog(30_000);
    dog.observe({ latestLedger: from, monotonicMs: 0 });
    expect(dog.observe({ latestLedger: to, monotonicMs: 1 })).toEqual({ kind: 'reset', from, to });
    expect(dog.observe({ latestLedger: from + 1, monotonicMs: 2 }).kind).toBe('reset');
  });
});
