import { Asset, Keypair, Operation } from '@stellar/stellar-sdk';
import { ReceivabilityService } from '../../src/merchants/receivability.service';
import { sandboxIssuers } from '../../src/sandbox/sandbox-keys';
import type { Answer, Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { ManualClock } from '../support/manual-clock';
import type { TestShop } from '../support/shop';
import { TestWallet } from '../support/wallet';

let app: TestApp;
let rich: TestWallet;
const clock = new ManualClock();

beforeAll(async () => {
  app = await TestApp.start({ ports: { clock } });
  rich = await app.wallet(['USDC', 'EURC']);
});
afterAll(() => app.stop());
afterEach(() => app.network.faults.clear());

const shopOf = (wallet: TestWallet): Promise<TestShop> => app.shop({}, wallet);
const newcomer = (): TestWallet => TestWallet.unfunded(app.horizonUrl, app.network.passphrase);
const bill = async ({ client }: TestShop, body: object): Promise<Json> => {
  const { status, body: link, text } = await client.post('/api/links', body);
  expect([status, text]).toEqual([201, text]);
  return link;
};
const intend = (link: Json, sender: string | null, sendAsset?: string): Promise<Answer> =>
  app.client.post(`/api/payments/${link.id}/pay-intent`, {
    ...(sender === null ? {} : { senderPublicKey: sender }),
    ...(sendAsset === undefined ? {} : { sendAsset }),
  });
const refused = async (link: Json, sender: string, sendAsset?: string): Promise<unknown> => {
  const { status, body } = await intend(link, sender, sendAsset);
  expect([status, Object.keys(body)]).toEqual([400, ['error']]);
  return body.error;
};
/** An account of exactly so many lumens, and lines to these coins. */
const account = async (lumens: string, coins: readonly ('USDC' | 'EURC')[] = []): Promise<TestWallet> => {
  const wallet = newcomer();
  await rich.submit([Operation.createAccount({ destination: wallet.address, startingBalance: lumens })]);
  if (coins.length > 0) await wallet.submit(coins.map((code) => Operation.changeTrust({ asset: wallet.coin(code) })));
  return wallet;
};

describe('a pay intent with a sender', () => {
  it('is refused when the merchant cannot receive, with what helps', async () => {
    const nobody = await shopOf(newcomer());
    expect(await refused(await bill(nobody, { amount: '5', asset: 'XLM' }), rich.address)).toBe(
      'Recipient wallet is not activated on this network. It must be funded first.',
    );
    const bare = await shopOf(await account('5'));
    const eurc = await bill(bare, { amount: '5', asset: 'EURC' });
    expect(await refused(eurc, rich.address)).toBe(
      'The recipient wallet does not have a trustline for EURC yet. Ask the merchant to add it.',
    );
    expect(await refused(eurc, rich.address, 'XLM')).toMatch(/trustline for EURC yet/);
    await bare.wallet.submit([Operation.changeTrust({ asset: bare.wallet.coin('EURC'), limit: '4.9999999' })]);
    expect(await refused(eurc, rich.address)).toBe(
      'The recipient wallet cannot receive more EURC (limit reached). Ask the merchant.',
    );
    await bare.wallet.submit([Operation.changeTrust({ asset: bare.wallet.coin('EURC'), limit: '5' })]);
    expect((await intend(eurc, rich.address)).status).toBe(200);
  });

  it('is given for an account that the payment opens, as long as it is enough to do so', async () => {
    const shop = await shopOf(newcomer());
    const link = await bill(shop, { amount: '5', asset: 'XLM', activateNewAccounts: true });
    const intent = await intend(link, rich.address);
    expect([intent.status, typeof intent.body.transactionXdr]).toEqual([200, 'string']);
    const submitted = await app.client.post('/api/payments/submit', {
      invoiceId: link.id,
      signedTransactionXdr: rich.sign(intent.body.transactionXdr),
    });
    expect([submitted.status, submitted.body.success]).toEqual([200, true]);
  });

  it('is refused when the payer cannot pay, with what helps, and given for all that the network takes', async () => {
    const shop = await shopOf(await app.wallet(['USDC']));
    const lumens = await bill(shop, { amount: '5', asset: 'XLM' });
    const coins = await bill(shop, { amount: '5', asset: 'USDC' });
    expect(await refused(lumens, newcomer().address)).toBe(
      'Sender wallet is not activated on this network. It must be funded first.',
    );
    // Two base reserves stay, and the fee: one stroop is missing, and none.
    expect(await refused(lumens, (await account('6.0000099')).address)).toBe(
      'Insufficient balance. This payment costs about 5.00 XLM now, and the wallet can spend 4.9999999 after its reserve and the fee.',
    );
    const exact = await account('6.00001');
    const intent = await intend(lumens, exact.address);
    expect(intent.status).toBe(200);
    expect(
      (
        await app.client.post('/api/payments/submit', {
          invoiceId: lumens.id,
          signedTransactionXdr: exact.sign(intent.body.transactionXdr),
        })
      ).body,
    ).toMatchObject({ success: true });
    expect(await refused(coins, (await account('50')).address)).toMatch(
      /^Your wallet does not have a trustline for USDC\. Please add a trustline in your wallet/,
    );
    const holder = await account('1.6', ['USDC']);
    expect(await refused(coins, holder.address)).toMatch(
      /^Insufficient balance\. This payment costs about 5\.00 USDC now, and the wallet can spend 0\.00\.$/,
    );
    await rich.pay(holder.address, '5', { asset: rich.coin('USDC') });
    expect((await intend(coins, holder.address)).status).toBe(200);
    // Nothing above the reserve for the fee.
    const poor = await account('1.50001', ['USDC']);
    await rich.pay(poor.address, '5', { asset: rich.coin('USDC') });
    expect(await refused(coins, poor.address)).toMatch(
      /^Insufficient balance\. The wallet needs 0\.001 XLM above its reserve for the network's fee/,
    );
  });

  it('knows what offers hold back, and that an issuer needs neither line nor balance', async () => {
    const shop = await shopOf(await app.wallet(['USDC']));
    const coins = await bill(shop, { amount: '5', asset: 'USDC' });
    const holder = await account('10', ['USDC']);
    await rich.pay(holder.address, '6', { asset: rich.coin('USDC') });
    await holder.submit([
      Operation.manageSellOffer({ selling: holder.coin('USDC'), buying: Asset.native(), amount: '2', price: '100' }),
    ]);
    expect(await refused(coins, holder.address)).toMatch(/can spend 4\.00\.$/);
    const { USDC } = sandboxIssuers(app.network.passphrase);
    expect((await intend(coins, USDC)).status).toBe(200);
  });

  it('is given without an envelope while the ledger is away, and to somebody unknown whatever the accounts are', async () => {
    const nobody = await shopOf(newcomer());
    const link = await bill(nobody, { amount: '5', asset: 'XLM' });
    const unknown = await intend(link, null);
    expect([unknown.status, unknown.body.transactionXdr]).toEqual([200, null]);
    app.network.faults.arm('service_unavailable', { match: /^\/accounts/ });
    const away = await intend(link, Keypair.random().publicKey());
    expect([away.status, away.body.transactionXdr, away.body.sep7Uri]).toEqual([
      200,
      null,
      expect.stringContaining('web+stellar:pay'),
    ]);
    const [row] = await app.sql<{ status: string }>('select status from invoices where public_id = $1', [link.id]);
    expect(row?.status).toBe('PROCESSING');
  });
});

describe('a merchant whose account cannot receive', () => {
  const events = async ({ wallet }: TestShop): Promise<Json[]> =>
    app.sql<Json>(
      `select e.type, e.data from events e join receiving_accounts r on r.merchant_id = e.merchant_id and r.id = e.subject_id where r.address = $1 and e.type like '%receive' order by e.created_at, e.id`,
      [wallet.address],
    );
  const look = async (): Promise<void> => {
    while ((await app.get(ReceivabilityService).check('sandbox', 100)) > 0);
  };
  const told = (shop: TestShop, count: number): Promise<Json[]> =>
    eventually(
      async () => {
        await look();
        return events(shop);
      },
      ({ length }) => length === count,
    );
  const pageOf = async (link: Json): Promise<string> => (await fetch(`${app.url}/pay/${link.id}`)).text();

  it('is warned in the answers, told once by an event, and again when it can; payers are warned on the page', async () => {
    const shop = await shopOf(await account('50', ['USDC']));
    const first = await bill(shop, { amount: '5', asset: 'EURC' });
    const fine = await bill(shop, { amount: '5', asset: 'USDC' });
    expect([first.warnings, fine.warnings]).toEqual([undefined, undefined]);
    // The job of this process looks as well: whoever was first.
    const warned = await eventually(
      async () => {
        await look();
        return bill(shop, { amount: '5', asset: 'EURC' });
      },
      ({ warnings }) => warnings !== undefined,
    );
    expect(warned.warnings).toEqual([
      {
        code: 'receiving_account_cannot_receive',
        reason: 'no_trustline',
        account: shop.wallet.address,
        asset: { code: 'EURC', issuer: expect.stringMatching(/^G/) },
        detail: `The receiving account ${shop.wallet.address} has no trustline for EURC. Add it with the wallet of that account.`,
      },
    ]);
    const expiresAt = new Date(clock.now().getTime() + 3_600_000).toISOString();
    const [link, invoice, lumens] = [
      await shop.partner.create('payment_links', { amount: '5', currency: 'EURC', paymentType: 'Invoice', expiresAt }),
      await shop.partner.create('invoices', {
        currency: 'EURC',
        expiresAt,
        lines: [{ description: 'Work', rate: '5' }],
      }),
      await shop.partner.create('payment_links', { amount: '5', currency: 'XLM', paymentType: 'Invoice', expiresAt }),
    ];
    expect([
      link.status,
      link.body.meta.warnings,
      invoice.status,
      invoice.body.meta?.warnings,
      lumens.body.meta,
    ]).toEqual([201, warned.warnings, 201, warned.warnings, {}]);
    expect(
      (
        await shop.client.post('/api/invoices', {
          title: 'Work',
          currency: 'EURC',
          clientName: 'Ada',
          clientEmail: 'ada@example.com',
          lineItems: [{ description: 'x', quantity: 1, rate: 5 }],
        })
      ).body.warnings,
    ).toEqual(warned.warnings);
    await look();
    expect((await events(shop)).map(({ type, data }) => [type, data.asset.code, data.reason, data.address])).toEqual([
      ['receiving_account.cannot_receive', 'EURC', 'no_trustline', shop.wallet.address],
    ]);
    expect(await pageOf(first)).toContain("The merchant's wallet cannot take EURC at this moment");
    expect(await pageOf(fine)).not.toContain('pay-blocked');

    await shop.wallet.submit([Operation.changeTrust({ asset: shop.wallet.coin('EURC') })]);
    clock.advance(61_000);
    expect((await told(shop, 2)).map(({ type }) => type)).toEqual([
      'receiving_account.cannot_receive',
      'receiving_account.can_receive',
    ]);
    await eventually(
      async () => bill(shop, { amount: '5', asset: 'EURC' }),
      (each) => each.warnings === undefined,
    );
    await eventually(
      () => pageOf(first),
      (page) => !page.includes('pay-blocked'),
    );
  });

  it('is told by the first intent that notices, too', async () => {
    const shop = await shopOf(await account('50'));
    const link = await bill(shop, { amount: '5', asset: 'USDC' });
    await told(shop, 1);
    await shop.wallet.submit([Operation.changeTrust({ asset: shop.wallet.coin('USDC') })]);
    expect((await intend(link, rich.address)).status).toBe(200);
    expect((await events(shop)).map(({ type }) => type)).toEqual([
      'receiving_account.cannot_receive',
      'receiving_account.can_receive',
    ]);
  });

  it('is not warned of an account that the first payment opens', async () => {
    const shop = await shopOf(newcomer());
    await bill(shop, { amount: '5', asset: 'XLM', activateNewAccounts: true });
    await look();
    expect([
      await events(shop),
      (await bill(shop, { amount: '5', asset: 'XLM', activateNewAccounts: true })).warnings,
    ]).toEqual([[], undefined]);
  });

  it('can make links while the ledger is away, and hears of it when it is back', async () => {
    const shop = await shopOf(newcomer());
    app.network.faults.arm('service_unavailable', { match: /^\/accounts/ });
    expect((await bill(shop, { amount: '5', asset: 'XLM' })).warnings).toBeUndefined();
    app.network.faults.clear();
    clock.advance(61_000);
    await told(shop, 1);
  });
});
