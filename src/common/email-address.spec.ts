import { emailAddress } from './email-address';
import { referenceText } from './reference-text';

it.each([
  ['ada@example.com', 'ada@example.com'],
  ['Ada@Example.com', 'Ada@Example.com'],
  ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
  ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
  ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
  ['jose\u0301@example.com', 'jos\u00e9@example.com'],
  ['ada@例え。テスト', 'ada@xn--r8jz45g.xn--zckzah'],
  ['"a@b"@bücher.example', '"a@b"@xn--bcher-kva.example'],
  ['ada@bücher .example', 'ada@bücher .example'],
  ['nobody', 'nobody'],
  ['', ''],
])('emailAddress of %s is %s', (text, spelled) => {
  expect(emailAddress(text)).toBe(spelled);
  expect(emailAddress(emailAddress(text))).toBe(spelled);
});

it.each(['\u202e', '\u2066', '\u200b', '\u00ad', '\u200d', '\u0007', '\ufeff'])(
  'emailAddress leaves an address with U+%s to be refused',
  (hidden) => {
    for (const text of [`a${hidden}@bücher.example`, `a@bü${hidden}cher.example`])
      expect(emailAddress(text)).toBe(text);
  },
);

it.each([
  ['r', 'r'],
  [' r\t', 'r'],
  ['e\u0301', '\u00e9'],
  ['\u00a0r\u3000', 'r'],
  ['a  b', 'a  b'],
  [' ', ''],
])('referenceText of %j is %j', (text, spelled) => {
  expect(referenceText(text)).toBe(spelled);
});
