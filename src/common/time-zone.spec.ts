import fc from 'fast-check';
import { endOfDay, isTimeZone } from './time-zone';

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'Asia/Kathmandu'])('is %s', (name) =>
    expect(isTimeZone(name)).toBe(true),
  );
  it.each(['', 'Mars/Olympus', '+02:00', 'Europe/Berlin\n', '../etc/passwd', 'x'.repeat(70), 'constructor'])(
    'is not %j',
    (name) => expect(isTimeZone(name)).toBe(false),
  );
});

describe('the end of a day', () => {
  it.each([
    ['2030-01-31', 'UTC', '2030-01-31T23:59:59.999Z'],
    ['2030-01-31', 'Europe/Berlin', '2030-01-31T22:59:59.999Z'],
    ['2030-07-31', 'Europe/Berlin', '2030-07-31T21:59:59.999Z'],
    ['2030-01-31', 'Asia/Kathmandu', '2030-01-31T18:14:59.999Z'],
    ['2030-01-31', 'Pacific/Kiritimati', '2030-01-31T09:59:59.999Z'],
    ['2030-01-31', 'Pacific/Pago_Pago', '2030-02-01T10:59:59.999Z'],
    // The day has 23 hours, or 25.
    ['2026-03-29', 'Europe/Berlin', '2026-03-29T21:59:59.999Z'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-25T22:59:59.999Z'],
    // Midnight does not exist: clocks go from 24:00 to 01:00.
    ['2018-11-03', 'America/Sao_Paulo', '2018-11-04T02:59:59.999Z'],
    // Midnight comes twice: clocks go from 24:00 back to 23:00.
    ['2018-02-17', 'America/Sao_Paulo', '2018-02-18T02:59:59.999Z'],
    ['9999-12-31', 'UTC', '9999-12-31T23:59:59.999Z'],
  ])('%s in %s', (date, zone, instant) => expect(endOfDay(date, zone)?.toISOString()).toBe(instant));

  it.each([
    ['2030-02-30', 'UTC'],
    ['2030-2-3', 'UTC'],
    ['', 'UTC'],
    ['tomorrow', 'Europe/Berlin'],
    ['2011-12-30', 'Pacific/Apia'],
  ])('is not there for %j in %s', (date, zone) => expect(endOfDay(date, zone)).toBeUndefined());

  it('is the last instant that the zone calls by this date', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/London',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'America/Havana',
      'Asia/Beirut',
      'Pacific/Chatham',
    );
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 40_000 }), (zone, day) => {
        const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
        const end = endOfDay(date, zone);
        if (end === undefined) return;
        const told = (at: number): string => new Date(at).toLocaleDateString('sv-SE', { timeZone: zone });
        expect([told(end.getTime()), told(end.getTime() + 1) > date]).toEqual([date, true]);
      }),
    );
  });
});
