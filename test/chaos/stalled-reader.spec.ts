import { Asset, Keypair, Memo, Operation } from '@stellar/stellar-sdk';
import { Client } from 'pg';
import { InvoiceSettlementRepository } from '../../src/invoices/invoice-settlement.repository';
import { LinkLocksService, NO_RIVALS } from '../../src/links/link-locks.service';
import { ExpiryService } from '../../src/payments/expiry.service';
import { PaymentsService } from '../../src/payments/payments.service';
import { ReconciliationService } from '../../src/payments/reconciliation.service';
import { SettlingApartService } from '../../src/payments/settling-apart.service';
import type { Credit } from '../../src/stellar/ledger-source';
import { LedgerSources } from '../../src/stellar/ledger-sources';
import { type Answer, ApiClient } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { audited } from '../support/audited';
import { PartnerCaller } from '../support/partner-caller';
import type { TestWallet } from '../support/wallet';
import { HeldRows } from './held-rows';
import { buildService, ServiceProcess } from './service-process';
import { REMIND } from '../support/deadlines';

jest.setTimeout(240_000);

/** No caller's writes may keep another merchant's money waiting for longer. */
const POLLS = 2;
/** Connections of the editor; each sends the next request as soon as it has the answer to the last one. */
const CONNECTIONS = 12;
const IN_A_DAY = new Date(Date.now() + 24 * 3600 * 1000).toISOString();

interface Merchant {
  readonly wallet: TestWallet;
  readonly wallets: ApiClient;
  readonly partners: PartnerCaller;
}

/** A row that a page touches, or whose owner might hope so: where money for it goes, and how it is written again and again. */
interface Target {
  readonly invoiceId: string;
  readonly pay: { readonly amount: string; readonly memo: string };
  readonly edit: (turn: number) => Promise<{ readonly status: number; readonly text: string }>;
  /** Grows with every edit that reached the row: its version, or what hangs on it. */
  readonly writes: () => Promise<number>;
}

/** Pages are read when the test says so, by this process; the editor writes through another one, as fast as it answers. */
describe('a hostile editor', () => {
  let app: TestApp;
  let api: ServiceProcess;
  let hostile: Merchant;
  let honest: Merchant;
  let payer: TestWallet;

  beforeAll(async () => {
    await buildService();
    app = await TestApp.start({ reconcile: false });
    api = await ServiceProcess.start({
      DATABASE_URL: app.databaseUrl,
      ROLE: 'api',
      LIMIT_UNPAID_CHECKOUTS: '1000000',
      LIMIT_PARTNER_PER_MINUTE: '100000000',
      CHECKOUT_SECONDS: '86400',
    });
    const open = async (): Promise<Merchant> => {
      const { wallet, token } = await app.merchant();
      return {
        wallet,
        wallets: new ApiClient(api.url, { authorization: `Bearer ${token}` }),
        partners: PartnerCaller.bearer(api.url, token),
      };
    };
    [hostile, honest, payer] = await Promise.all([open(), open(), app.wallet()]);
    await readAll();
  });
  afterEach(async () => {
    await HeldRows.releaseAll();
    for (let waiting = true; waiting;) {
      await app.sql('update quarantined_items set retry_at = now() where retry_at is not null');
      await app.get(SettlingApartService).round('sandbox');
      waiting = (await app.sql('select from quarantined_items')).length > 0;
    }
    expect((await audited(app.databaseUrl)).breaches).toEqual([]);
  });
  afterAll(async () => {
    await ServiceProcess.killAll();
    await app.stop();
  });

  const poll = async (): Promise<boolean> => (await app.get(ReconciliationService).ingestPage('sandbox')).more;
  const readAll = async (): Promise<void> => {
    while (await poll());
  };
  const answered = async (answer: Promise<Pick<Answer, 'status' | 'body' | 'text'>>): Promise<Answer['body']> => {
    const { status, body, text } = await answer;
    expect([status < 300, text]).toEqual([true, text]);
    return body;
  };
  const statusOf = async (id: string): Promise<string | undefined> =>
    (await app.sql<{ status: string }>('select status from invoices where id = $1', [id]))[0]?.status;
  const idOf = async (publicId: string): Promise<string> =>
    (await app.sql<{ id: string }>('select id from invoices where public_id = $1', [publicId]))[0]?.id as string;
  const link = (merchant: Merchant, attributes: object, relationships: object = {}): Promise<Answer['body']> =>
    answered(
      merchant.partners.create('paymentLinks', '/payment_links', {
        attributes: { currency: 'XLM', paymentType: 'Invoice', expiresAt: IN_A_DAY, ...attributes },
        relationships: relationships as never,
      }),
    ).then(({ data }) => data);
  const honestLink = async (): Promise<{ id: string; number: string }> => {
    const body = await answered(honest.wallets.post('/api/links', { amount: '3', asset: 'XLM', expiresAt: IN_A_DAY }));
    return { id: await idOf(body.id), number: body.legacyInvoiceNumber };
  };
  /** What a link's payer is given to pay. */
  const childOf = async (linkId: string): Promise<{ id: string; memo: string }> =>
    (
      await app.sql<{ id: string; memo: string }>(
        `select i.id, i.memo from payment_link_choices c join invoices i on i.id = c.invoice_id where c.link_id = $1 order by c.created_at limit 1`,
        [linkId],
      )
    )[0] as { id: string; memo: string };

  const draft = async (): Promise<{ publicId: string; id: string; memo: string }> => {
    const { id, memo } = await answered(
      hostile.wallets.post('/api/invoices', {
        title: 'Draft',
        currency: 'XLM',
        lineItems: [{ description: 'work', quantity: 1, rate: 10 }],
      }),
    );
    return { publicId: id, id: await idOf(id), memo };
  };
  const reusable = async (
    relationships: object,
  ): Promise<{ link: { id: string; attributes: { publicId: string } }; child: { id: string; memo: string } }> => {
    const made = await link(hostile, { kind: 'product', amount: null }, relationships);
    await answered(new ApiClient(api.url).post(`/checkout/${made.attributes.publicId}/choice`, { asset: 'XLM' }));
    return { link: made, child: await childOf(made.id) };
  };
  const product = (): Promise<{ id: string }> =>
    answered(
      hostile.partners.create('products', '/products', { attributes: { name: 'Tee', price: '2', currency: 'XLM' } }),
    ).then(({ data }) => data);
  const sells = (id: string): object => ({ products: { data: [{ type: 'products', id }] } });

  /** `select ... as n`, of one id. */
  const counted = (text: string, id: string) => async (): Promise<number> =>
    Number((await app.sql<{ n: bigint | number }>(text, [id]))[0]?.n);

  const TARGETS: Readonly<Record<string, () => Promise<Target>>> = {
    'the invoice that is paid': async () => {
      const { publicId, id, memo } = await draft();
      return {
        invoiceId: id,
        pay: { amount: '0.0000001', memo },
        edit: (turn) => hostile.wallets.patch(`/api/invoices/${publicId}`, { notes: `${turn}` }),
        writes: counted('select version as n from invoices where id = $1', id),
      };
    },
    'payments of it that are prepared': async () => {
      const { publicId, id, memo } = await draft();
      return {
        invoiceId: id,
        pay: { amount: '0.0000001', memo },
        edit: () => new ApiClient(api.url).post(`/api/payments/${publicId}/pay-intent`),
        writes: counted('select count(*) as n from payment_intents where invoice_id = $1', id),
      };
    },
    'its link': async () => {
      const { child, link: made } = await reusable(sells((await product()).id));
      return {
        invoiceId: child.id,
        pay: { amount: '2', memo: child.memo },
        edit: (turn) =>
          hostile.partners.update('paymentLinks', `/payment_links/${made.id}`, {
            attributes: { metadata: { turn: `${turn}` } },
          }),
        writes: counted('select version as n from payment_links where id = $1', made.id),
      };
    },
    'the slots of its link': async () => {
      const { child, link: made } = await reusable(sells((await product()).id));
      return {
        invoiceId: child.id,
        pay: { amount: '2', memo: child.memo },
        edit: () => new ApiClient(api.url).post(`/checkout/${made.attributes.publicId}/choice`, { asset: 'XLM' }),
        writes: counted('select slots_used as n from payment_links where id = $1', made.id),
      };
    },
    'the product of its link': async () => {
      const { id } = await product();
      const { child } = await reusable(sells(id));
      return {
        invoiceId: child.id,
        pay: { amount: '2', memo: child.memo },
        edit: (turn) =>
          hostile.partners.update('products', `/products/${id}`, { attributes: { description: `${turn}` } }),
        writes: counted('select version as n from products where id = $1', id),
      };
    },
    'its customer': async () => {
      const { id, memo } = await draft();
      const { data } = await answered(
        hostile.partners.create('customers', '/customers', {
          attributes: { name: 'Grace', email: `${id}@example.com` },
        }),
      );
      return {
        invoiceId: id,
        pay: { amount: '0.0000001', memo },
        edit: (turn) =>
          hostile.partners.update('customers', `/customers/${data.id}`, { attributes: { name: `Grace ${turn}` } }),
        writes: counted('select version as n from customers where id = $1', data.id),
      };
    },
    'its merchant and members': async () => {
      const { id, memo } = await draft();
      const { data } = await answered(
        hostile.partners.create('members', '/members', {
          attributes: { wallet: Keypair.random().publicKey(), role: 'viewer' },
        }),
      );
      const [{ id: merchantId }] = (await app.sql<{ id: string }>(
        'select merchant_id as id from wallets where address = $1',
        [hostile.wallet.address],
      )) as [{ id: string }];
      const edits = [
        (turn: number) =>
          hostile.partners.update('members', `/members/${data.id}`, {
            attributes: { role: turn % 4 < 2 ? 'admin' : 'viewer' },
          }),
        (turn: number) =>
          hostile.partners.update('merchants', `/merchants/${merchantId}`, { attributes: { name: `Shop ${turn}` } }),
      ];
      return {
        invoiceId: id,
        pay: { amount: '0.0000001', memo },
        edit: (turn) => (edits[turn % 2] as (typeof edits)[number])(turn),
        writes: counted(
          'select sum(version) as n from (select version from merchants where id = $1 union all select version from members where merchant_id = $1) v',
          merchantId,
        ),
      };
    },
  };

  /** A timer of the application does the same, and may be about to when the test looks. */
  const expires = async (id: string): Promise<void> => {
    await app.get(ExpiryService).runDue();
    await eventually(
      () => statusOf(id),
      (status) => status === 'EXPIRED',
    );
  };

  /** Writes on all connections until it is stopped, and is never refused for writing too much. */
  function editor(edit: Target['edit']): { stop(): Promise<void> } {
    let writing = true;
    const refusals = new Set<string>();
    const connection = async (first: number): Promise<void> => {
      for (let turn = first; writing; turn += CONNECTIONS) {
        const { status, text } = await edit(turn);
        if (status === 429) refusals.add(text);
      }
    };
    const connections = Array.from({ length: CONNECTIONS }, (_, first) => connection(first));
    return {
      async stop() {
        writing = false;
        await Promise.all(connections);
        expect([...refusals]).toEqual([]);
      },
    };
  }

  /** Until it was written again, from now on. */
  const written = async ({ writes }: Target): Promise<void> => {
    const before = await writes();
    await eventually(writes, (now) => now > before);
  };

  const payBoth = async (target: Target, good: { readonly number: string }): Promise<void> => {
    await payer.pay(hostile.wallet.address, target.pay.amount, { memo: Memo.text(target.pay.memo) });
    await payer.pay(honest.wallet.address, '3', { memo: Memo.text(good.number) });
  };

  it.each(Object.keys(TARGETS))(
    "who writes %s again and again keeps no other merchant's money waiting, and nobody's deadline",
    async (kind) => {
      const seen: number[] = [];
      for (let round = 0; round < 3; round++) {
        const target = await (TARGETS[kind] as (typeof TARGETS)[string])();
        const editing = editor(target.edit);
        const good = await honestLink();
        const due = await honestLink();
        await app.sql(`update invoices set expires_at = now() - interval '1 hour' where id = $1`, [due.id]);
        await app.sql(REMIND);
        await written(target);
        await payBoth(target, good);
        // Still at it, when the page is there to be read.
        await written(target);
        let polls = 0;
        while ((await statusOf(good.id)) !== 'PAID' && polls < 10) {
          polls += 1;
          await poll();
        }
        seen.push(polls);
        await expires(due.id);
        await readAll();
        // His own money is not lost by it either, and comes while he goes on.
        await eventually(
          async () => {
            await app.get(SettlingApartService).round('sandbox');
            return (
              await app.sql<{ received: bigint }>('select received from invoices where id = $1', [target.invoiceId])
            )[0]?.received;
          },
          (received) => received !== undefined && received > 0n,
        );
        await editing.stop();
      }
      expect(Math.max(...seen)).toBeLessThanOrEqual(POLLS);
    },
  );

  it.each([
    { row: 'an invoice', rows: (id: string) => ['select from invoices where id = $1 for update', id] },
    {
      row: 'a link',
      rows: (id: string) => [
        'select from payment_links where id = (select link_id from payment_link_choices where invoice_id = $1) for update',
        id,
      ],
    },
    {
      row: 'a choice, and its invoice',
      rows: (id: string) => [
        'select from payment_link_choices c join invoices i on i.id = c.invoice_id where i.id = $1 for update',
        id,
      ],
    },
  ] as const)(
    'a process that freezes while it holds $row of one merchant keeps nobody else waiting: that money is settled apart',
    async ({ rows }) => {
      const { child } = await reusable(sells((await product()).id));
      const good = await honestLink();
      const [text, id] = rows(child.id);
      const held = await HeldRows.hold(app.databaseUrl, text as string, [id]);
      await payBoth(
        {
          invoiceId: child.id,
          pay: { amount: '2', memo: child.memo },
          edit: () => Promise.reject(new Error('none')),
          writes: () => Promise.resolve(0),
        },
        good,
      );
      let polls = 0;
      for (; polls < POLLS && (await statusOf(good.id)) !== 'PAID'; polls++) await poll();
      expect(await statusOf(good.id)).toBe('PAID');
      await readAll();
      const aside = await app.sql<{ invoice: string; waits: boolean }>(
        'select invoice_id as invoice, retry_at is not null as waits from quarantined_items',
      );
      expect(aside).toEqual([{ invoice: child.id, waits: true }]);
      // Its own time does not run out while its money waits (nor is its row waited for), and nobody else's waits for it.
      const due = await honestLink();
      await app.sql(`update invoices set expires_at = now() - interval '1 hour' where id = $1`, [due.id]);
      await app.sql(REMIND);
      await expires(due.id);
      await held.release();
      await app.sql(`update invoices set expires_at = now() - interval '1 hour' where id = $1`, [child.id]);
      await app.sql(REMIND);
      await app.get(ExpiryService).runDue();
      expect(await statusOf(child.id)).not.toBe('EXPIRED');
      expect(await app.get(SettlingApartService).round('sandbox')).toBe(1);
      expect(await statusOf(child.id)).toBe('PAID');
      expect(await app.sql('select from quarantined_items')).toEqual([]);
    },
  );

  describe('the editor who is always as fast as he must be', () => {
    let credits: readonly Credit[];
    let writes = 0;
    let outsider: Client;
    let read: InvoiceSettlementRepository['holdReferenced'];
    beforeAll(async () => {
      const { id, memo } = await draft();
      const sent = await payer.submit(
        [Operation.payment({ destination: hostile.wallet.address, asset: Asset.native(), amount: '0.0000001' })],
        Memo.text(memo),
      );
      credits = (await app.get(LedgerSources).of('sandbox').transaction(sent.hash))?.credits ?? [];
      outsider = new Client({ connectionString: app.databaseUrl });
      await outsider.connect();
      // Between reading an invoice and writing it, its owner has changed it: whoever holds it makes him wait instead.
      const repository = app.get(InvoiceSettlementRepository);
      read = repository.holdReferenced.bind(repository);
      jest.spyOn(repository, 'holdReferenced').mockImplementation(async (...asked) => {
        const found = await read(...asked);
        await outsider.query(`set statement_timeout = '200ms'`);
        await outsider.query('update invoices set version = version + 1 where id = $1', [id]).then(
          () => (writes += 1),
          () => undefined,
        );
        return found;
      });
    });
    afterAll(async () => {
      jest.restoreAllMocks();
      await outsider.end();
    });

    it('starves a reader that does not hold what it judges', async () => {
      const holding = read;
      const repository = app.get(InvoiceSettlementRepository);
      read = (network, accounts, kinds, values) => repository.findReferenced(network, accounts, kinds, values);
      const links = jest
        .spyOn(app.get(LinkLocksService), 'hold')
        .mockResolvedValue({ busy: new Set(), rivalryOf: () => NO_RIVALS });
      for (let polls = 0; polls < 2 * POLLS; polls++)
        await expect(app.get(PaymentsService).record('sandbox', credits, [], 'page')).rejects.toMatchObject({
          code: 'database_busy',
        });
      read = holding;
      links.mockRestore();
      expect(writes).toBe(2 * POLLS * 5);
    });

    it('waits for this one', async () => {
      writes = 0;
      expect(await app.get(PaymentsService).record('sandbox', credits, [], 'page')).toBe(1);
      expect(writes).toBe(0);
    });
  });
});
