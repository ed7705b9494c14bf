import fc from 'fast-check';
import { pointedAt } from './mini-client';
import { miniServer } from './mini-server';

const INCLUDES = [
  'customer',
  'labels',
  'refunds',
  'payout',
  'customer.payments',
  'customer.lastPayment',
  'refunds.payment',
  'payout.payment',
];
const FIELDS = ['amount', 'status', 'note', 'createdAt', 'customer', 'refunds', 'labels'];

const legalQuery = fc
  .record(
    {
      include: fc.subarray(INCLUDES, { maxLength: 5 }).map((paths) => paths.join(',')),
      'fields[payments]': fc.subarray(FIELDS).map((names) => names.join(',')),
      'fields[customers]': fc.subarray(['name', 'payments']).map((names) => names.join(',')),
      sort: fc.constantFrom('createdAt', '-createdAt', 'amount', '-amount', '-createdAt,amount'),
      'page[size]': fc.integer({ min: 4, max: 50 }).map(String),
      'filter[status]': fc
        .subarray(['pending', 'completed', 'expired'], { minLength: 1 })
        .map((values) => values.join(',')),
    },
    { requiredKeys: [] },
  )
  .map((record) => new URLSearchParams(Object.entries(record)).toString());

/** Names and values that are nearly right, and some that never are. */
const anyQuery = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom(
          'include',
          'sort',
          'page[size]',
          'page[after]',
          'page[before]',
          'fields[payments]',
          'filter[status]',
          'filter[createdAt][from]',
          'filter[]',
          'page',
        ),
        fc.string({ maxLength: 12 }),
      ),
      fc.oneof(
        fc.constantFrom('customer', '1', 'amount', 'pending', '2026-01-01T00:00:00Z', ''),
        fc.string({ unit: 'binary', maxLength: 20 }),
      ),
    ),
    { maxLength: 4 },
  )
  .map((pairs) => new URLSearchParams(pairs).toString());

describe('any query', () => {
  const { app, client } = miniServer();

  // The client validates the shape of every answer.
  it('that is legal gives a valid document, whose pages together are the whole list', async () => {
    await fc.assert(
      fc.asyncProperty(legalQuery, async (query) => {
        const seen: string[] = [];
        for (let url: string | null = `/payments?${query}`; url !== null;) {
          const { status, body } = await client.get(url);
          expect(status).toBe(200);
          seen.push(...body.data.map(({ id }: { id: string }) => id));
          expect('included' in body).toBe(query.includes('include='));
          url = body.links.next;
        }
        const filter = new URLSearchParams(query).get('filter[status]');
        const expected = [...app.store.payments.values()]
          .filter(({ status }) => filter === null || filter.split(',').includes(status))
          .map(({ id }) => id);
        expect(seen.toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 40 },
    );
  });

  it('is either answered or refused, with the parameter named that was sent', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuery, async (query) => {
        const { status, body } = await client.get(`/payments?${query}`);
        expect([200, 400]).toContain(status);
        const names = [...new URLSearchParams(query).keys()];
        for (const { source } of status === 400 ? body.errors : []) expect(names).toContain(source.parameter);
      }),
      { numRuns: 200 },
    );
  });

  it('and any body is created or refused, pointing into what was sent', async () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    const member = fc.record(
      {
        type: fc.oneof(fc.constantFrom('payments', 'refunds'), value),
        attributes: fc.oneof(fc.record({ amount: value, reference: value, parts: value }, { requiredKeys: [] }), value),
        relationships: fc.oneof(
          fc.record({ customer: value, labels: fc.record({ data: value }), refunds: value }, { requiredKeys: [] }),
          value,
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.record({ data: member }), fc.record({ data: value }), value), async (body) => {
        const reply = await client.post('/payments', body);
        expect([201, 400, 403, 404, 409, 422]).toContain(reply.status);
        for (const { source } of reply.status === 201 ? [] : reply.body.errors)
          if (source?.pointer !== undefined) pointedAt(body, source.pointer);
      }),
      { numRuns: 200 },
    );
  });
});
