import { retryAfterSeconds } from './retry-after';

const now = new Date('2026-11-21T10:00:00Z');

it.each([
  ['7', 7],
  ['0', 1],
  ['999999', 3600],
  ['Sat, 21 Nov 2026 10:00:30 GMT', 30],
  ['Sat, 21 Nov 2026 09:00:00 GMT', 1],
  ['Tue, 21 Nov 2028 09:00:00 GMT', 3600],
  ['-5', undefined],
  ['soon', undefined],
  ['1.5', undefined],
  ['', undefined],
  [null, undefined],
])('Retry-After %j is %j', (header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds);
});
