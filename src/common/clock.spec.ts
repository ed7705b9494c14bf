import fc from 'fast-check';
import { isoInstant, isoInstantOrNull, parseInstant, SystemClock } from './clock';

describe('parseInstant', () => {
  it.each([
    ['2026-11-21T00:00:00Z', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T00:00:00.5Z', '2026-11-21T00:00:00.500Z'],
    ['2026-11-21T00:00:00.123456789Z', '2026-11-21T00:00:00.123Z'],
    ['2026-11-21T02:30:00+02:30', '2026-11-21T00:00:00.000Z'],
    ['2026-11-20T19:00:00-05:00', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21t00:00:00z', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21t02:30:00.25+02:30', '2026-11-21T00:00:00.250Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('H22 reads %s', (text, iso) => {
    expect(parseInstant(text)?.toISOString()).toBe(iso);
  });

  it.each([
    '',
    '2026',
    '2026-11-21',
    '2026-11-21T00:00Z',
    '2026-11-21T00:00:00',
    '2026-11-21 00:00:00Z',
    '20261121T000000Z',
    '2026-11-21T00:00:00.Z',
    '2026-11-21T00:00:00,5Z',
    '2026-11-21T00:00:00.1234567890Z',
    '2026-02-29T00:00:00Z',
    '2024-02-30T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-13-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T23:60:00Z',
    '2016-12-31T23:59:60Z',
    '2026-11-21T00:00:00+24:00',
    '2026-11-21T00:00:00+02:60',
    '2026-11-21T00:00:00+2:00',
    '2026-11-21T00:00:00+0200',
    '2026-11-21T00:00:00 Z',
    '1969-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '+010000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '1763683200',
    '1763683200000',
    'now',
    'tomorrow',
    'Sat, 21 Nov 2026 00:00:00 GMT',
    '2026-W47-6T00:00:00Z',
    ' 2026-11-21T00:00:00Z',
    '2026-11-21T00:00:00Z\n',
    '\u0662026-11-21T00:00:00Z',
    `2026-11-21T00:00:00${' '.repeat(100)}Z`,
  ])('H22 refuses %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  // Fails while only the year as written is judged, before the offset moves it.
  it('H22 an offset does not carry an instant out of the years it may have', () => {
    for (const text of [
      '9999-12-31T23:59:59-01:00',
      '9999-12-31T23:30:00-00:30',
      '1970-01-01T00:00:00+01:00',
      '1970-01-01T00:29:59+00:30',
    ])
      expect([text, parseInstant(text)]).toEqual([text, undefined]);
  });

  it('gives back every instant that the service prints', () => {
    const instants = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(fc.property(instants, (instant) => parseInstant(isoInstant(instant))?.getTime() === instant.getTime()));
  });

  it('never turns a text into a day that is not in it', () => {
    const part = (min: number, max: number, width: number) =>
      fc.integer({ min, max }).map((value) => String(value).padStart(width, '0'));
    const texts = fc
      .tuple(part(1970, 9998, 4), part(0, 14, 2), part(0, 33, 2))
      .map((parts) => `${parts.join('-')}T12:00:00Z`);
    fc.assert(
      fc.property(texts, (text) =>
        [undefined, text.slice(0, 10)].includes(parseInstant(text)?.toISOString().slice(0, 10)),
      ),
      { numRuns: 2_000 },
    );
  });
});

it('isoInstantOrNull keeps the absence', () => {
  expect(isoInstantOrNull(null)).toBeNull();
  expect(isoInstantOrNull(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
});

describe('SystemClock', () => {
  const clock = new SystemClock();

  it('sleeps until told otherwise', async () => {
    const woken = new AbortController();
    const started = clock.monotonicMs();
    const sleeping = clock.sleep(60_000, woken.signal);
    woken.abort();
    await sleeping;
    await clock.sleep(60_000, woken.signal);
    await clock.sleep(15);
    expect(clock.monotonicMs() - started).toBeLessThan(5_000);
    expect(clock.monotonicMs() - started).toBeGreaterThanOrEqual(14);
  });

  it("tells the wall clock's time", () => {
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(1_000);
  });
});
