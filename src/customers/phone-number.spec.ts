import { isPhoneNumber } from './phone-number';

it.each([
  '+15551234567',
  '+1-555-123-4567',
  '+1-987-654-3210',
  '(555) 123-4567',
  '0049 30 123456',
  '555.123.4567',
  '1234',
  '+123456789012345',
])('%s is a telephone number', (text) => {
  expect(isPhoneNumber(text)).toBe(true);
});

it.each([
  '',
  '+',
  '123',
  '+1234567890123456',
  '1-2-3-4-5-6-7-8-9-0-1',
  '+1 555 CALL NOW',
  '++15551234567',
  '+15551234567 ',
  ' +15551234567',
  '-15551234567',
  '+1555\n1234567',
  '+١٥٥٥١٢٣٤٥٦٧',
  'tel:+15551234567',
])('%j is none', (text) => {
  expect(isPhoneNumber(text)).toBe(false);
});
