import { CursorCodec } from '../../../src/jsonapi/cursor';
import { CURSOR_PROFILE } from '../../../src/jsonapi/media-type';
import type { Json } from '../../support/api-client';
import { miniServer } from './mini-server';

describe('cursor pagination', () => {
  const { app, client } = miniServer({ each: true });

  const ids = (body: Json): string[] => body.data.map(({ id }: { id: string }) => id);
  const cursorIn = (link: string, name: string) => new URL(link).searchParams.get(`page[${name}]`) as string;
  /** Every page from a URL on, following one link. */
  const walk = async (from: string, link: 'next' | 'prev') => {
    const pages: string[][] = [];
    for (let url: string | null = from; url !== null && pages.length < 100;) {
      const { status, body } = await client.get(url);
      expect(status).toBe(200);
      pages.push(ids(body));
      url = body.links[link];
    }
    return pages;
  };

  it.each(['0', '-1', 'x', '', '1.5', '1e1', ' 2', '+2', '٣', '00'])('R125: the size "%s" is 400', async (size) => {
    const { status, body } = await client.get(`/payments?page[size]=${encodeURIComponent(size)}`);
    expect([status, body.errors[0].source]).toEqual([400, { parameter: 'page[size]' }]);
  });

  it.each(['51', '1000000000', '9'.repeat(400)])('R126: the size %s is refused and not cut', async (size) => {
    const { status, body } = await client.get(`/payments?page[size]=${size}`);
    expect([status, body.errors[0]]).toMatchObject([
      400,
      {
        code: 'page_size_exceeded',
        meta: { page: { maxSize: 50 } },
        source: { parameter: 'page[size]' },
        links: { type: `${CURSOR_PROFILE}/max-size-exceeded` },
      },
    ]);
  });

  it('R127: the default size is used, exactly', async () => {
    expect((await client.get('/payments')).body.data).toHaveLength(10);
    expect((await client.get('/payments?page[size]=50')).body.data).toHaveLength(25);
  });

  it('R128: a cursor that is not from here is 400', async () => {
    const { links } = (await client.get('/payments?page[size]=5')).body;
    const cursor = cursorIn(links.next, 'after');
    const flipped = `${cursor.slice(0, 30)}${cursor[30] === 'A' ? 'B' : 'A'}${cursor.slice(31)}`;
    const refused = async (path: string, headers: Record<string, string> = {}) => {
      const { status, body } = await client.get(path, headers);
      expect([path, status, body.errors[0].code, body.errors[0].source.parameter]).toEqual([
        path,
        400,
        'cursor_invalid',
        path.includes('before') ? 'page[before]' : 'page[after]',
      ]);
    };
    for (const bad of ['', 'x', flipped, `${cursor}=`, `${cursor}A`, cursor.slice(1), 'A'.repeat(3000).slice(0, 1999)])
      await refused(`/payments?page[after]=${bad}`);
    await refused(`/payments?page[before]=${flipped}`);
    await refused(`/payments?sort=createdAt&page[after]=${cursor}`);
    await refused(`/payments?filter[status]=pending&page[after]=${cursor}`);
    await refused(`/payments?page[after]=${cursor}`, { 'x-tenant': 't2' });
    expect((await client.get(`/payments?page[size]=7&page[after]=${cursor}`)).status).toBe(200);
  });

  it('R129: after starts behind the cursor, before ends ahead of it', async () => {
    const all = ids((await client.get('/payments?page[size]=50')).body);
    const { links } = (await client.get('/payments?page[size]=10')).body;
    const after = await client.get(links.next);
    expect(ids(after.body)).toEqual(all.slice(10, 20));
    const before = await client.get(`/payments?page[size]=4&page[before]=${cursorIn(after.body.links.prev, 'before')}`);
    expect(ids(before.body)).toEqual(all.slice(6, 10));
    const end = (await client.get('/payments?page[size]=25')).body;
    expect(end.links.next).toBeNull();
  });

  it('R129: nothing behind the last or ahead of the first', async () => {
    const { links } = (await client.get('/payments?page[size]=24')).body;
    app.store.payments.delete('p01');
    const behind = (await client.get(links.next)).body;
    expect([behind.data, behind.links.next, behind.links.prev]).toEqual([[], null, null]);
  });

  it('R130: a range is refused with the type of the profile', async () => {
    const cursor = cursorIn((await client.get('/payments')).body.links.next, 'after');
    const { status, body } = await client.get(`/payments?page[after]=${cursor}&page[before]=${cursor}`);
    expect([status, body.errors[0].links.type]).toEqual([400, `${CURSOR_PROFILE}/range-pagination-not-supported`]);
  });

  it('R131: without a cursor the first item comes first', async () => {
    expect(ids((await client.get('/payments?sort=createdAt&page[size]=2')).body)).toEqual(['p01', 'p02']);
  });

  it.each([1, 2, 3, 7, 25, 26])('R132: equal keys lose and repeat nothing, at size %i', async (size) => {
    for (const row of app.store.payments.values()) row.createdAt = new Date(0);
    const all = ids((await client.get('/payments?page[size]=50')).body);
    expect((await walk(`/payments?page[size]=${size}`, 'next')).flat()).toEqual(all);
  });

  it('R133: prev and next are always there, and exact at the ends', async () => {
    const pages = await walk('/payments?sort=amount&page[size]=8', 'next');
    expect(pages.map((page) => page.length)).toEqual([8, 8, 8, 1]);
    let { body } = await client.get('/payments?sort=amount&page[size]=8');
    expect(body.links.prev).toBeNull();
    while (body.links.next !== null) ({ body } = await client.get(body.links.next));
    const back = await walk(body.links.prev, 'prev');
    expect(back.toReversed()).toEqual(pages.slice(0, 3));
    expect((await client.get('/payments?filter[reference]=none')).body.links).toMatchObject({ prev: null, next: null });
    expect((await client.get('/payments?page[size]=25')).body.links).toMatchObject({ prev: null, next: null });
  });

  it('R134: no totals are told', async () => {
    expect((await client.get('/payments')).body.meta).toBeUndefined();
  });

  it('R135: an unsupported sort has the type of the profile', async () => {
    const { status, body } = await client.get('/payments?sort=colour&page[size]=2');
    expect([status, body.errors[0]]).toMatchObject([
      400,
      {
        code: 'sort_unsupported',
        source: { parameter: 'sort' },
        links: { type: `${CURSOR_PROFILE}/unsupported-sort` },
      },
    ]);
  });

  it('R136: rows inserted meanwhile make none repeat or vanish', async () => {
    const before = [...app.store.payments.keys()];
    const seen: string[] = [];
    for (let url: string | null = '/payments?sort=-createdAt&page[size]=4'; url !== null;) {
      const { body } = await client.get(url);
      seen.push(...ids(body));
      app.store.addPayment({ createdAt: new Date(Date.UTC(2025, 0, 1) + seen.length) });
      app.store.addPayment({ createdAt: new Date(Date.UTC(2027, 0, 1)) });
      if (seen.length > 200) break;
      url = app.store.payments.size > 60 ? null : body.links.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(before.filter((id) => !seen.includes(id))).toEqual([]);
  });

  it('demands a key that cannot be guessed', () => {
    expect(() => new CursorCodec(Buffer.alloc(16))).toThrow('at least 32 bytes');
    const [one, other] = [new CursorCodec(Buffer.alloc(32, 1)), new CursorCodec(Buffer.alloc(32, 2))];
    expect(() => other.decode('s', one.encode('s', ['a']), 'page[after]')).toThrow(
      'does not belong to this collection',
    );
    expect(one.decode('s', one.encode('s', ['a', 'é']), 'page[after]')).toEqual(['a', 'é']);
  });
});
