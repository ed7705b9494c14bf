import { SystemClock } from '../common/clock';
import type { AuthSettings } from './auth-settings';
import { AnonymousLimiter } from './anonymous-limiter';

class StillClock extends SystemClock {
  private at = new Date('2026-11-21T10:00:00.000Z');
  override now(): Date {
    return this.at;
  }
  advance(seconds: number): void {
    this.at = new Date(this.at.getTime() + seconds * 1000);
  }
}

function settings(anonymousPerMinute: number): AuthSettings {
  return {
    publicUrl: 'https://pay.example.com',
    sep10Secret: null,
    limits: { anonymousPerMinute } as AuthSettings['limits'],
  };
}

describe('the limit of everybody without credentials', () => {
  test('one address is refused after its share of the minute, another is not', () => {
    const clock = new StillClock();
    const anonymous = new AnonymousLimiter(settings(3), clock);
    expect(Array.from({ length: 4 }, () => anonymous.take('a').allowed)).toEqual([true, true, true, false]);
    expect(anonymous.take('b').allowed).toBe(true);
    clock.advance(60);
    expect(anonymous.take('a')).toMatchObject({ allowed: true, remaining: 2, resetSeconds: 60 });
  });

  test('a flood from more addresses than it remembers shares one counter', () => {
    const anonymous = new AnonymousLimiter(settings(2), new StillClock());
    for (let index = 0; index < 100_000; index++) anonymous.take(`address-${index}`);
    expect([anonymous.take('x').allowed, anonymous.take('y').allowed, anonymous.take('z').allowed]).toEqual([
      true,
      true,
      false,
    ]);
    expect(anonymous.take('address-1').allowed).toBe(true);
  });
});
