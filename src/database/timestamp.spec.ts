import fc from 'fast-check';
import pg from 'pg';
import { readTimestamp, TIMESTAMPTZ } from './timestamp';

const pgs = pg.types.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => Date | number;

/** As PostgreSQL writes it: without zeros at the end of the fraction. */
function spelled(instant: Date, micros: number): string {
  const [seconds = '', fraction = ''] = instant.toISOString().replace('T', ' ').replace('Z', '').split('.');
  const digits = `${fraction}${String(micros).padStart(3, '0')}`.replace(/0+$/, '');
  return `${seconds}${digits === '' ? '' : `.${digits}`}+00`;
}

it('reads every instant as pg does, to the millisecond', () => {
  const instants = fc.date({
    min: new Date('0100-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(instants, fc.integer({ min: 0, max: 999 }), (instant, micros) => {
      expect(readTimestamp(spelled(instant, micros))).toEqual(instant);
      expect(readTimestamp(spelled(instant, 0))).toEqual(pgs(spelled(instant, 0)));
    }),
    { numRuns: 2_000 },
  );
});

it.each([
  '2026-11-21 03:14:26+00',
  '2026-11-21 03:14:26.1+00',
  '2026-11-21 03:14:26.123456+00',
  '2024-02-29 23:59:59.999+00',
  '2026-11-21 05:14:26.123+02',
  '2026-11-21 08:44:26+05:30',
  '12026-11-21 03:14:26.12+00',
  '0044-03-15 11:00:00+00',
  '0044-03-15 11:00:00+00 BC',
  '1000-01-01 00:00:00+00',
  'infinity',
  '-infinity',
])('reads %s as pg does', (text) => {
  expect(readTimestamp(text)).toEqual(pgs(text));
});
