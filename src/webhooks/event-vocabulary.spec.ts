import { EVENT_TYPES } from './event-types';
import { MERCHANT_EVENTS, MERCHANT_EVENT_NAMES, namesOf, spokenType, typesNamed, wantsSql } from './event-vocabulary';

describe('the words of the merchant API', () => {
  it('are these', () => {
    expect(MERCHANT_EVENTS).toEqual([
      'payment.created',
      'payment.pending',
      'payment.completed',
      'payment.failed',
      'payment.refunded',
      'payment_link.created',
      'payment_link.paid',
      'payment_link.expired',
      'payment_link.cancelled',
    ]);
  });

  it.each([
    ['invoice.paid', 'payment.completed'],
    ['link.paid', 'payment_link.paid'],
    ['invoice.expired', 'payment.failed'],
    ['webhook_endpoint.test', 'webhook_endpoint.test'],
  ] as const)('%s is %s there, and stays itself elsewhere', (type, name) => {
    expect([spokenType('merchant', type), spokenType('own', type)]).toEqual([name, type]);
  });

  it('names and types lead to each other', () => {
    for (const name of MERCHANT_EVENTS) expect(namesOf(typesNamed([name]))).toEqual([name]);
    expect(typesNamed(MERCHANT_EVENTS)).toEqual(Object.keys(MERCHANT_EVENT_NAMES));
    expect(typesNamed(['payment.failed'])).toEqual(['invoice.expired', 'invoice.cancelled']);
    expect(namesOf(['member.joined', 'link.created'])).toEqual(['payment_link.created']);
  });

  it('only what has a name is sent unasked', () => {
    const named = EVENT_TYPES.filter((type) => Object.hasOwn(MERCHANT_EVENT_NAMES, type));
    expect(EVENT_TYPES.filter((type) => wantsSql('w', 'b.type').includes(`'${type}'`))).toEqual(named);
    expect(named).toHaveLength(11);
  });
});
