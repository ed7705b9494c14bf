import { detailsOf, NO_DETAILS } from './payer-details';
import { MAX_ANSWERS, type SentDetails } from './sent-details';

const LINK = { slug: 'tee', collectsAddress: false, customFields: null, customerId: null };
const ADDRESS = { street: '1 Sea Road', city: 'Harbour', postalCode: '12345', country: 'DE' };
const judged = (link: object, sent: SentDetails): unknown => {
  const result = detailsOf({ ...LINK, ...link }, sent);
  return 'details' in result ? result.details : result.faults.map(({ path, message }) => `${path} ${message}`);
};
const NOT_ASKED = 'is not asked for by this payment link';

describe('what a payer says of himself', () => {
  it.each<[string, object, SentDetails, unknown]>([
    ['nothing', {}, {}, NO_DETAILS],
    [
      'a name and an address for letters of the net',
      {},
      { name: ' Ada ', email: 'ada@example.com' },
      { ...NO_DETAILS, name: 'Ada', email: 'ada@example.com' },
    ],
    ['blanks', {}, { name: '  ', email: '' }, NO_DETAILS],
    ['what hides something', {}, { name: 'A\u202eda' }, { ...NO_DETAILS, name: 'Ada' }],
    ['no e-mail address', {}, { email: 'ada at home' }, ['email must be an e-mail address such as ada@example.com']],
    [
      'a header of a mail',
      {},
      { email: 'ada@example.com\r\nBcc: all@example.com' },
      ['email must be an e-mail address such as ada@example.com'],
    ],
    ['a name that is too long', {}, { name: 'a'.repeat(201) }, ['name must have at most 200 characters']],
    [
      'who it is, to a link that is billed to a customer',
      { customerId: 'c' },
      { name: 'Eve', email: 'eve@example.com' },
      [`name ${NOT_ASKED}`, `email ${NOT_ASKED}`],
    ],
    ['who it is, to a link of no shop', { slug: null }, { name: 'Eve' }, [`name ${NOT_ASKED}`]],
    ['where to send it', { collectsAddress: true }, { address: ADDRESS }, { ...NO_DETAILS, address: ADDRESS }],
    [
      'half of where to send it',
      { collectsAddress: true },
      { address: { city: 'Harbour' } },
      ['address.street is required', 'address.postalCode is required', 'address.country is required'],
    ],
    [
      'nowhere to send it',
      { collectsAddress: true },
      {},
      [
        'address.street is required',
        'address.city is required',
        'address.postalCode is required',
        'address.country is required',
      ],
    ],
    ['where to send what is not sent', {}, { address: ADDRESS }, [`address ${NOT_ASKED}`]],
    [
      'answers in the order of the questions',
      { customFields: { size: 'Size', colour: 'Colour' } },
      { customFields: { colour: 'red', size: 'M' } },
      { ...NO_DETAILS, customFields: { size: 'M', colour: 'red' } },
    ],
    [
      'one of two answers',
      { customFields: { size: 'Size', colour: 'Colour' } },
      { customFields: { colour: 'red', size: ' ' } },
      { ...NO_DETAILS, customFields: { colour: 'red' } },
    ],
    [
      'an answer to no question',
      { customFields: { size: 'Size' } },
      { customFields: { price: '0' } },
      [`customFields.price ${NOT_ASKED}`],
    ],
    [
      'an answer by the name of every object',
      { customFields: { size: 'Size' } },
      { customFields: { toString: 'x' } },
      [`customFields.toString ${NOT_ASKED}`],
    ],
    [
      'too much',
      { customFields: { size: 'Size' } },
      { customFields: { size: 'a'.repeat(MAX_ANSWERS + 1) } },
      [`customFields must have at most ${MAX_ANSWERS} characters together`],
    ],
    [
      'as much as may be',
      { customFields: { size: 'Size' } },
      { customFields: { size: 'a'.repeat(MAX_ANSWERS) } },
      { ...NO_DETAILS, customFields: { size: 'a'.repeat(MAX_ANSWERS) } },
    ],
  ])('can be %s', (_what, link, sent, expected) => {
    expect(judged(link, sent)).toEqual(expected);
  });

  it('is kept in the order of the questions', () => {
    const result = detailsOf({ ...LINK, customFields: { b: 'B', a: 'A' } }, { customFields: { a: '1', b: '2' } });
    expect('details' in result && Object.keys(result.details.customFields ?? {})).toEqual(['b', 'a']);
  });
});
