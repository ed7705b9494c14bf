import { execFile } from 'node:child_process';
import type { Server } from 'node:http';
import { Account, Asset, Keypair, Memo, Networks, Operation, TransactionBuilder } from '@stellar/stellar-sdk';
import { LedgerSources } from '../../src/stellar/ledger-sources';
import type { ApiClient, Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import type { TestMerchant } from '../support/shop';
import { TestWallet } from '../support/wallet';

/** The published examples of the wallet API, run as they stand: only address, token, wallets and ids are put in. */

type Fetch = (url: string, init?: RequestInit) => Promise<{ json(): Promise<Json> }>;

const TESTNET = 'Test SDF Network ; September 2015';
const NO_HASH = '0'.repeat(64);
const RANDOM_ID = 'abcdefghijklmnopqrstuvwxyz234567';
const LINK_KEYS = [
  'id',
  'status',
  'checkoutUrl',
  'amount',
  'asset',
  'createdAt',
  'expiresAt',
  'metadata',
  'activateNewAccounts',
  'legacyInvoiceId',
  'legacyInvoiceNumber',
  'destination',
  'memo',
  'memoType',
  'memoId',
  'muxedAddress',
];
const METADATA_KEYS = ['title', 'description', 'reference', 'payerName', 'payerEmail'];
const keys = (value: object): string[] => Object.keys(value).toSorted();

describe('the published examples', () => {
  let app: TestApp;
  let api: string;
  let merchant: TestMerchant;
  let payer: TestWallet;

  beforeAll(async () => {
    app = await TestApp.start({
      env: { SANDBOX_PASSPHRASE: TESTNET, LIMIT_LINKS_PER_HOUR: '60', LIMIT_PAY_INTENTS_PER_5_MINUTES: '40' },
    });
    api = app.url;
    [merchant, payer] = await Promise.all([app.merchant(), app.wallet(['USDC', 'EURC'])]);
  });
  afterAll(() => {
    // The reader of the ledger may be opening a connection at this moment; on one that nothing is sent on, closing would wait.
    (app.app.getHttpServer() as Server).on('connection', (socket) => socket.destroy());
    return app.stop();
  });
  afterEach(() => app.network.faults.clear());

  const link = async (members: object, by = merchant.client): Promise<Json> => {
    const { status, body } = await by.post('/api/links', { networkPassphrase: TESTNET, ...members });
    expect([status, body.error]).toEqual([201, undefined]);
    return body;
  };
  const intentFor = async (id: string, sender = payer.address): Promise<Json> =>
    (await app.client.post(`/api/payments/${id}/pay-intent`, { senderPublicKey: sender, networkPassphrase: TESTNET }))
      .body;
  const pay = async (id: string): Promise<Json> =>
    (
      await app.client.post('/api/payments/submit', {
        invoiceId: id,
        signedTransactionXdr: payer.sign((await intentFor(id)).transactionXdr),
      })
    ).body;
  const error = async (answer: ReturnType<ApiClient['get']>): Promise<[number, string]> => {
    const { status, body } = await answer;
    return [status, body.error];
  };
  const createPaymentLink = async (data: object): Promise<Json> => {
    const response = await fetch(`${api}/api/links`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${merchant.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(data),
    });
    const body: Json = await response.json();
    if (!response.ok) throw Object.assign(new Error(body.error), { status: response.status });
    return body;
  };

  describe('in TypeScript', () => {
    it('create, share and monitor a link', async () => {
      const walletAddress = merchant.wallet.address;
      const authenticate = async (wallet: string): Promise<{ token: string }> => {
        expect(wallet).toBe(walletAddress);
        return { token: await merchant.wallet.signIn(api) };
      };
      const told: unknown[][] = [];
      const console = { log: (...words: unknown[]) => told.push(words) };
      const fetch = globalThis.fetch as unknown as Fetch;
      const setInterval = (tick: () => Promise<void>, ms: number): NodeJS.Timeout =>
        globalThis.setInterval(() => void tick(), ms / 100);

      const { token } = await authenticate(walletAddress);
      const link = await fetch(`${api}/api/links`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
        },
        body: JSON.stringify({
          amount: 50,
          asset: 'USDC',
          networkPassphrase: 'Test SDF Network ; September 2015',
          metadata: {
            title: 'Freelance Work - March 2024',
            reference: 'PROJECT-123',
          },
          expiresAt: new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString(),
        }),
      }).then((r) => r.json());
      console.log('Share this link:', link.checkoutUrl);
      async function pollStatus(linkId: string) {
        const status = await fetch(`${api}/api/links/${linkId}/status`).then((r) => r.json());
        if (status.status === 'CONFIRMED') {
          console.log('Payment received!', status.transactionHash);
          return true;
        }
        if (status.status === 'EXPIRED') {
          console.log('Link expired without payment');
          return true;
        }
        return false;
      }
      const finished = new Promise<void>((resolve) => {
        const pollInterval = setInterval(async () => {
          const done = await pollStatus(link.id);
          if (done) {
            clearInterval(pollInterval);
            resolve();
          }
        }, 5000);
      });

      const { transactionHash } = await pay(link.id);
      await finished;
      expect(told[0]).toEqual(['Share this link:', `${api}/pay/${link.id}`]);
      expect(told.slice(1).every(([what, hash]) => what === 'Payment received!' && hash === transactionHash)).toBe(
        true,
      );
      expect(link).toMatchObject({
        amount: '50.00',
        metadata: { title: 'Freelance Work - March 2024', reference: 'PROJECT-123' },
      });
    });

    it('donation button, which also reaches a wallet that is not on the network yet', async () => {
      const fresh = TestWallet.unfunded(app.horizonUrl, TESTNET);
      const own = { ...merchant };
      merchant = { ...(await app.merchant(fresh)), client: own.client };
      const window = { location: { href: '' } };

      async function createDonationLink(amount: number) {
        const link = await createPaymentLink({
          amount,
          asset: 'XLM',
          activateNewAccounts: true,
          metadata: {
            title: 'Support Our Project',
            description: 'Thank you for your donation!',
          },
        });
        window.location.href = link.checkoutUrl;
      }
      await createDonationLink(5);
      merchant = own;

      const id = window.location.href.split('/').at(-1) ?? '';
      const { transactionHash } = await pay(id);
      expect((await app.client.get(`/api/links/${id}`)).body).toMatchObject({
        status: 'CONFIRMED',
        transactionHash,
        activateNewAccounts: true,
        amount: '5.00',
      });
      expect((await fresh.server.loadAccount(fresh.address)).balances).toMatchObject([{ balance: '5.0000000' }]);
    });

    it('e-commerce checkout', async () => {
      const orderId = 'A-1001';
      const customer = { name: 'Ada', email: 'ada@example.com' };
      type CartItem = { name: string; price: number };

      async function checkoutCart(cart: CartItem[]) {
        const total = cart.reduce((sum, item) => sum + item.price, 0);
        const link = await createPaymentLink({
          amount: total,
          asset: 'USDC',
          metadata: {
            title: `Order #${orderId}`,
            description: cart.map((i) => i.name).join(', '),
            reference: orderId,
            payerName: customer.name,
            payerEmail: customer.email,
          },
          expiresAt: new Date(Date.now() + 30 * 60 * 1000),
        });
        return link.checkoutUrl;
      }
      const url = await checkoutCart([
        { name: 'Beans', price: 12.5 },
        { name: 'Cup', price: 7.25 },
      ]);

      const { body } = await app.client.get(`/api/links/${url.split('/').at(-1)}`);
      expect(body).toMatchObject({
        status: 'PENDING',
        amount: '19.75',
        metadata: { title: 'Order #A-1001', description: 'Beans, Cup', payerName: 'Ada', payerEmail: null },
      });
    });

    it('subscription payment', async () => {
      type Plan = { name: string; price: number };
      const user = { email: 'user@example.com' };
      const sent: string[][] = [];
      const sendEmail = async (...mail: string[]): Promise<void> => void sent.push(mail);

      async function createSubscriptionPayment(userId: string, plan: Plan) {
        const link = await createPaymentLink({
          amount: plan.price,
          asset: 'USDC',
          metadata: {
            title: `${plan.name} Subscription`,
            description: `Monthly subscription for ${userId}`,
            reference: `SUB-${userId}-${Date.now()}`,
            payerEmail: user.email,
          },
          expiresAt: new Date(Date.now() + 7 * 24 * 60 * 60 * 1000),
        });
        await sendEmail(user.email, 'Complete Your Subscription', link.checkoutUrl);
        return link;
      }
      const link = await createSubscriptionPayment('u7', { name: 'Gold', price: 29.99 });

      expect(sent).toEqual([[user.email, 'Complete Your Subscription', link.checkoutUrl]]);
      expect(link).toMatchObject({
        amount: '29.99',
        metadata: { payerEmail: user.email, reference: expect.stringMatching(/^SUB-u7-\d+$/) },
      });
    });

    it('complete payment flow', async () => {
      const { id: invoice123 } = await link({ amount: 100, asset: 'USDC' });
      const walletAddress = payer.address;
      const signTransaction = async (xdr: string, options: { networkPassphrase: string }): Promise<string> => {
        expect(options.networkPassphrase).toBe(payer.passphrase);
        return payer.sign(xdr);
      };
      const setTimeout = (tick: (value: unknown) => void, ms: number): NodeJS.Timeout =>
        globalThis.setTimeout(() => tick(undefined), ms / 100);
      const fetch: Fetch = (url, init) => globalThis.fetch(api + url, init);

      const intent = await fetch(`/api/payments/${invoice123}/pay-intent`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          senderPublicKey: walletAddress,
          networkPassphrase: 'Test SDF Network ; September 2015',
        }),
      }).then((r) => r.json());
      const signedXdr = await signTransaction(intent.transactionXdr, {
        networkPassphrase: intent.networkPassphrase,
      });
      const processing = await fetch(`/api/payments/${invoice123}/status`).then((r) => r.json());
      const result = await fetch('/api/payments/submit', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          invoiceId: invoice123,
          signedTransactionXdr: signedXdr,
        }),
      }).then((r) => r.json());
      let status;
      do {
        await new Promise((resolve) => setTimeout(resolve, 5000));
        status = await fetch(`/api/payments/${invoice123}/status`).then((r) => r.json());
      } while (status.status === 'PROCESSING');

      expect(processing).toEqual({
        invoiceId: invoice123,
        status: 'PROCESSING',
        transactionHash: null,
        ledgerNumber: null,
        paidAt: null,
        payerWallet: null,
      });
      expect(result).toEqual({
        success: true,
        transactionHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        ledger: expect.any(Number),
      });
      expect(status).toEqual({
        invoiceId: invoice123,
        status: 'PAID',
        transactionHash: result.transactionHash,
        ledgerNumber: result.ledger,
        paidAt: expect.stringMatching(/Z$/),
        payerWallet: walletAddress,
      });
    });

    it('retry, which waits at the limit of 60 links an hour', async () => {
      const own = merchant;
      merchant = await app.merchant();
      let now = 0;
      const setTimeout = (tick: (value: unknown) => void, ms: number): void => {
        now += ms;
        tick(undefined);
      };

      async function createLinkWithRetry(data: object, maxRetries = 3) {
        for (let i = 0; i < maxRetries; i++) {
          try {
            return await createPaymentLink(data);
          } catch (error: Json) {
            if (error.status === 429) {
              await new Promise((resolve) => setTimeout(resolve, 60000));
            } else {
              throw error;
            }
          }
        }
        throw new Error('Max retries exceeded');
      }
      for (let made = 0; made < 60; made++)
        expect((await createLinkWithRetry({ amount: 1, asset: 'XLM' })).status).toBe('PENDING');
      await expect(createLinkWithRetry({ amount: 1, asset: 'XLM' })).rejects.toThrow('Max retries exceeded');
      expect(now).toBe(180_000);
      const refused = await merchant.client.post('/api/links', { amount: 1, asset: 'XLM' });
      expect([refused.status, refused.body]).toEqual([
        429,
        { error: expect.stringMatching(/^Payment link creation limit reached/) },
      ]);
      expect(refused.headers.get('ratelimit-limit')).toBe('60');
      merchant = own;
      expect((await createLinkWithRetry({ amount: 1, asset: 'XLM' })).status).toBe('PENDING');
    });
  });

  describe('in the shell', () => {
    /** Runs the line as it stands with a real curl; status and body of the answer. */
    const shell = (line: string, put: Record<string, string>): Promise<{ status: number; body: Json }> =>
      new Promise((resolve, reject) => {
        const script = `curl() { command curl -sS -w '\\n%{http_code}' "$@"; }\n${line}`;
        execFile(
          'bash',
          ['-euc', script],
          { env: { PATH: process.env['PATH'], API: api, ...put } },
          (failure, out, said) => {
            if (failure !== null) return reject(new Error(`${failure.message}\n${said}`));
            const at = out.lastIndexOf('\n');
            return resolve({ status: Number(out.slice(at + 1)), body: JSON.parse(out.slice(0, at)) });
          },
        );
      });

    it('every curl line', async () => {
      const created = await shell(
        `curl -X POST $API/api/links \\
-H "Authorization: Bearer \${TOKEN}" \\
-H "Content-Type: application/json" \\
-d '{
"amount": 100.50,
"asset": "USDC",
"networkPassphrase": "Test SDF Network ; September 2015",
"metadata": {
"title": "Premium Subscription",
"reference": "SUB-2024-001"
}
}'`,
        { TOKEN: merchant.token },
      );
      expect(created).toMatchObject({
        status: 201,
        body: {
          status: 'PENDING',
          amount: '100.50',
          asset: 'USDC',
          activateNewAccounts: false,
          legacyInvoiceId: created.body.id,
        },
      });
      expect([keys(created.body), keys(created.body.metadata)]).toEqual([
        LINK_KEYS.toSorted(),
        METADATA_KEYS.toSorted(),
      ]);
      expect(Date.parse(created.body.expiresAt) - Date.parse(created.body.createdAt)).toBe(15 * 60 * 1000);
      expect(created.body.legacyInvoiceNumber).toMatch(/^INV-\d{4}$/);
      const ID = created.body.id;

      const read = await shell('curl $API/api/links/$ID', { ID });
      expect([read.status, keys(read.body)]).toEqual([
        200,
        [...LINK_KEYS, 'transactionHash', 'confirmedAt'].toSorted(),
      ]);
      expect(read.body).toMatchObject({ transactionHash: null, confirmedAt: null, metadata: { payerEmail: null } });
      expect(await shell('curl $API/api/links/$ID/status', { ID })).toEqual({
        status: 200,
        body: {
          id: ID,
          status: 'PENDING',
          transactionHash: null,
          confirmedAt: null,
          expiresAt: created.body.expiresAt,
        },
      });

      const intent = await shell(
        `curl -X POST $API/api/payments/$ID/pay-intent \\
  -H "Content-Type: application/json" \\
  -d '{
    "senderPublicKey": "'$SENDER'",
    "networkPassphrase": "Test SDF Network ; September 2015"
  }'`,
        { ID, SENDER: payer.address },
      );
      const memo = created.body.legacyInvoiceNumber;
      expect(intent).toEqual({
        status: 200,
        body: {
          invoiceId: ID,
          transactionXdr: expect.any(String),
          sep7Uri: expect.any(String),
          amount: '100.50',
          asset: { code: 'USDC', issuer: payer.coin('USDC').getIssuer() },
          memo,
          memoType: 'text',
          memoId: expect.any(String),
          muxedAddress: expect.any(String),
          networkPassphrase: TESTNET,
          timeout: 300,
        },
      });
      const [scheme, query] = intent.body.sep7Uri.split('?');
      expect([scheme, Object.fromEntries(new URLSearchParams(query))]).toEqual([
        'web+stellar:pay',
        expect.objectContaining({ destination: merchant.wallet.address, amount: '100.5', asset_code: 'USDC', memo }),
      ]);

      const submit = `curl -X POST $API/api/payments/submit \\
  -H "Content-Type: application/json" \\
  -d '{
    "invoiceId": "'$ID'",
    "signedTransactionXdr": "'$XDR'"
  }'`;
      const XDR = payer.sign(intent.body.transactionXdr);
      const submitted = await shell(submit, { ID, XDR });
      expect(submitted).toEqual({
        status: 200,
        body: { success: true, transactionHash: expect.any(String), ledger: expect.any(Number) },
      });
      expect(await shell(submit, { ID, XDR })).toEqual({ status: 200, body: { success: true, alreadyPaid: true } });

      const HASH = submitted.body.transactionHash;
      const confirmed = await shell(
        `curl -X POST $API/api/payments/confirm \\
  -H "Content-Type: application/json" \\
  -d '{
    "invoiceId": "'$ID'",
    "transactionHash": "'$HASH'"
  }'`,
        { ID, HASH },
      );
      const status = await shell('curl $API/api/payments/$ID/status', { ID });
      expect(status).toEqual({
        status: 200,
        body: {
          invoiceId: ID,
          status: 'PAID',
          transactionHash: HASH,
          ledgerNumber: submitted.body.ledger,
          paidAt: expect.any(String),
          payerWallet: payer.address,
        },
      });
      expect(confirmed).toEqual({
        status: 200,
        body: { status: 'already_paid', transactionHash: HASH, paidAt: status.body.paidAt },
      });
      expect(await shell('curl $API/api/links/$ID/status', { ID })).toEqual({
        status: 200,
        body: {
          id: ID,
          status: 'CONFIRMED',
          transactionHash: HASH,
          confirmedAt: status.body.paidAt,
          expiresAt: created.body.expiresAt,
        },
      });

      const verified = await shell(
        `curl -X POST $API/api/payments/verify-tx \\
  -H "Content-Type: application/json" \\
  -d '{
    "transactionHash": "'$HASH'"
  }'`,
        { HASH },
      );
      expect(keys(verified.body)).toEqual([
        'createdAt',
        'hash',
        'ledger',
        'memo',
        'memoType',
        'payments',
        'sourceAccount',
        'successful',
      ]);
      expect(verified).toMatchObject({
        status: 200,
        body: { successful: true, hash: HASH, ledger: submitted.body.ledger, createdAt: status.body.paidAt },
      });
      expect(verified.body.payments).toEqual([
        {
          from: payer.address,
          to: merchant.wallet.address,
          amount: '100.50',
          assetCode: 'USDC',
          assetIssuer: payer.coin('USDC').getIssuer(),
        },
      ]);
    });
  });

  it('the whole request body, with every member', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const metadata = {
      title: 'Premium Subscription',
      description: 'Monthly premium plan',
      reference: 'SUB-2024-001',
      payerName: 'Customer Name',
      payerEmail: 'customer@example.com',
    };
    const body = await link({
      amount: 100.5,
      asset: 'USDC',
      recipientWallet: merchant.wallet.address,
      expiresAt,
      metadata,
      activateNewAccounts: false,
    });
    expect(body).toMatchObject({ expiresAt, metadata });
    const activation = await merchant.client.post(
      '/api/links',
      '{"amount": 5.0, "asset": "XLM", "activateNewAccounts": true, "metadata": {"title": "Welcome Gift", "description": "Activate your Stellar wallet"}}',
    );
    expect([activation.status, activation.body.amount, activation.body.activateNewAccounts]).toEqual([
      201,
      '5.00',
      true,
    ]);
  });

  it('mobile flow: the URI alone, paid by the wallet, confirmed by hand', async () => {
    const { id } = await link({ amount: 3, asset: 'XLM' });
    const { body: intent } = await app.client.post(`/api/payments/${id}/pay-intent`, { networkPassphrase: TESTNET });
    expect(intent).toMatchObject({ transactionXdr: null, asset: { code: 'XLM', issuer: null } });
    // Nobody but the caller tells the service: its own reader gets no answers meanwhile.
    app.network.faults.arm('service_unavailable', { match: /^\/payments/ });
    const asked = new URLSearchParams(intent.sep7Uri.split('?')[1]);
    const paid = await payer.pay(asked.get('destination') ?? '', asked.get('amount') ?? '', {
      memo: Memo.text(asked.get('memo') ?? ''),
    });
    const { body } = await app.client.post('/api/payments/confirm', {
      invoiceId: id,
      transactionHash: paid.hash.toUpperCase(),
    });
    expect(body).toEqual({
      status: 'confirmed',
      transactionHash: paid.hash,
      ledger: paid.ledger,
      paidAt: expect.stringMatching(/Z$/),
    });
    expect((await app.client.post('/api/payments/confirm', { invoiceId: id, transactionHash: NO_HASH })).body).toEqual({
      status: 'already_paid',
      transactionHash: paid.hash,
      paidAt: body.paidAt,
    });
  });

  describe('every refusal of the tables', () => {
    it.each([
      [{ expiresAt: 'tomorrow' }, 400, 'Invalid expiresAt date'],
      [{ expiresAt: 1_900_000_000_000 }, 400, 'Invalid expiresAt date'],
      [{ expiresAt: '2024-03-07T13:00:00.000Z' }, 400, 'expiresAt must be in the future'],
      [{ asset: 'USDC', activateNewAccounts: true }, 400, 'activateNewAccounts is supported only for XLM'],
      [{ amount: 0.9999999, activateNewAccounts: true }, 400, 'activateNewAccounts requires amount >= 1 XLM'],
      [{ recipientWallet: Keypair.random().publicKey() }, 403, 'Recipient wallet must match authenticated wallet'],
      [{ networkPassphrase: Networks.PUBLIC }, 400, 'Invalid network passphrase'],
      [{ amount: 0 }, 400, 'Validation failed'],
      [{ asset: 'BTC' }, 400, 'Validation failed'],
    ])('links: %j', async (members, status, text) => {
      const answer = await error(
        merchant.client.post('/api/links', { amount: 5, asset: 'XLM', networkPassphrase: TESTNET, ...members }),
      );
      expect([answer[0], answer[1].slice(0, text.length)]).toEqual([status, text]);
    });

    it('links: nobody creates without a wallet, and unknown ones are not found', async () => {
      expect((await error(app.client.post('/api/links', { amount: 5, asset: 'XLM' })))[0]).toBe(401);
      for (const id of [RANDOM_ID, 'cm123abc456def']) {
        expect(await error(app.client.get(`/api/links/${id}`))).toEqual([404, 'Link not found']);
        expect(await error(app.client.get(`/api/links/${id}/status`))).toEqual([404, 'Link not found']);
        for (const answer of [
          app.client.get(`/api/payments/${id}/status`),
          app.client.post(`/api/payments/${id}/pay-intent`, { networkPassphrase: TESTNET }),
          app.client.post('/api/payments/submit', { invoiceId: id, signedTransactionXdr: 'AAAA' }),
          app.client.post('/api/payments/confirm', { invoiceId: id, transactionHash: NO_HASH }),
        ]) {
          expect(await error(answer)).toEqual([404, 'Invoice not found']);
        }
      }
    });

    it('pay-intent', async () => {
      const { id } = await link({ amount: 1, asset: 'XLM' });
      const path = `/api/payments/${id}/pay-intent`;
      expect(
        await error(app.client.post(path, { senderPublicKey: merchant.wallet.address, networkPassphrase: TESTNET })),
      ).toEqual([400, 'Cannot pay your own invoice']);
      expect(
        (await error(app.client.post(path, { senderPublicKey: payer.address, networkPassphrase: Networks.PUBLIC })))[1],
      ).toMatch(/^Selected wallet network does not match/);
      await pay(id);
      expect(await error(app.client.post(path, { networkPassphrase: TESTNET }))).toEqual([
        400,
        'Invoice cannot be paid. Current status: PAID',
      ]);
    });

    it('pay-intent and submit: what the wallet or the recipient cannot do', async () => {
      // What the intent refuses is refused by the network as well, for a wallet that builds its own transaction.
      const submit = async (id: string, sender: TestWallet): Promise<[number, string]> => {
        const refused = await error(
          app.client.post(`/api/payments/${id}/pay-intent`, {
            senderPublicKey: sender.address,
            networkPassphrase: TESTNET,
          }),
        );
        const { amount, asset, memo } = (
          await app.client.post(`/api/payments/${id}/pay-intent`, { networkPassphrase: TESTNET })
        ).body;
        const { freelancerWallet: destination } = (await app.client.get(`/api/invoices/${id}`)).body;
        const own = await sender.build(
          [
            Operation.payment({
              destination,
              amount,
              asset: asset.issuer === null ? Asset.native() : new Asset(asset.code, asset.issuer),
            }),
          ],
          Memo.text(memo),
        );
        const answer = await error(
          app.client.post('/api/payments/submit', { invoiceId: id, signedTransactionXdr: own }),
        );
        expect([refused[0], refused[1].slice(0, 20)]).toEqual([answer[0], answer[1].slice(0, 20)]);
        return answer;
      };
      const xlm = await link({ amount: 20_000, asset: 'XLM' });
      expect(await submit(xlm.id, payer)).toEqual([400, expect.stringMatching(/^Insufficient balance/)]);
      const bare = await app.wallet();
      expect(await submit((await link({ amount: 1, asset: 'USDC' })).id, bare)).toEqual([
        400,
        expect.stringMatching(/^Your wallet does not have a trustline/),
      ]);
      const fresh = TestWallet.unfunded(app.horizonUrl, TESTNET);
      const token = await fresh.signIn(api);
      const { body: unreachable } = await app.client.post(
        '/api/links',
        { amount: 5, asset: 'XLM' },
        { authorization: `Bearer ${token}` },
      );
      expect(await submit(unreachable.id, payer)).toEqual([
        400,
        expect.stringMatching(/^Recipient wallet is not activated/),
      ]);
    });

    it('submit: another network, another payment, nonsense', async () => {
      const { id } = await link({ amount: 1, asset: 'XLM' });
      const forPublic = new TransactionBuilder(new Account(payer.address, '1'), {
        fee: '100',
        networkPassphrase: Networks.PUBLIC,
      });
      const transaction = forPublic
        .addOperation(Operation.payment({ destination: merchant.wallet.address, amount: '1', asset: Asset.native() }))
        .setTimeout(60)
        .build();
      transaction.sign(payer.keypair);
      const submit = (signedTransactionXdr: string): Promise<[number, string]> =>
        error(app.client.post('/api/payments/submit', { invoiceId: id, signedTransactionXdr }));
      expect(await submit(transaction.toXdr())).toEqual([
        400,
        `Network mismatch: Transaction signed for '${Networks.PUBLIC}' but invoice requires '${TESTNET}'`,
      ]);
      const other = await payer.build([
        Operation.payment({ destination: merchant.wallet.address, amount: '0.5', asset: Asset.native() }),
      ]);
      expect(await submit(other)).toEqual([400, expect.stringMatching(/^Transaction does not match invoice/)]);
      expect((await submit('AAAAAgAAAABk7F'))[0]).toBe(400);
    });

    it('submit: a network that is busy, away, or a service that fails; the repeat then pays once', async () => {
      const { id } = await link({ amount: 2, asset: 'XLM' });
      const signedTransactionXdr = payer.sign((await intentFor(id)).transactionXdr);
      const submit = (): ReturnType<ApiClient['post']> =>
        app.client.post('/api/payments/submit', { invoiceId: id, signedTransactionXdr });
      app.network.faults.arm('rate_limited_json', { match: /^\/transactions/, times: 1 });
      const busy = await submit();
      expect([busy.status, busy.body.error, Number(busy.headers.get('retry-after'))]).toEqual([
        429,
        'Network is busy. Please wait a moment and try again.',
        1,
      ]);
      app.network.faults.clear();
      app.network.faults.arm('submit_504_then_nothing', { times: 1 });
      expect(await error(submit())).toEqual([
        503,
        'Stellar network is temporarily unavailable. Please try again later.',
      ]);
      jest.spyOn(app.get(LedgerSources).of('sandbox'), 'submit').mockRejectedValueOnce(new TypeError('ours'));
      expect(await error(submit())).toEqual([500, 'Payment processing failed. Please try again.']);
      expect((await submit()).body).toMatchObject({ success: true });
      expect(
        (
          await app.sql(
            'select 1 from payments where transaction_hash = (select paid_transaction from invoices where public_id = $1)',
            [id],
          )
        ).length,
      ).toBe(1);
    });

    it('confirm', async () => {
      const { id, legacyInvoiceNumber } = await link({ amount: 10, asset: 'XLM' });
      const confirm = (transactionHash: string): Promise<[number, string]> =>
        error(app.client.post('/api/payments/confirm', { invoiceId: id, transactionHash }));
      expect(await confirm(NO_HASH)).toEqual([404, 'Transaction not found on network']);
      const tooMuch = Operation.payment({
        destination: merchant.wallet.address,
        amount: '900000',
        asset: Asset.native(),
      });
      const failed = TransactionBuilder.fromXdr(await payer.build([tooMuch], Memo.text(legacyInvoiceNumber)), TESTNET);
      await expect(payer.server.submitTransaction(failed)).rejects.toThrow('400');
      expect(await confirm(Buffer.from(failed.hash()).toString('hex'))).toEqual([
        400,
        'Transaction was not successful',
      ]);
      const unrelated = await payer.pay(merchant.wallet.address, '10', { memo: Memo.text('LUNCH') });
      expect(await confirm(unrelated.hash)).toEqual([
        400,
        expect.stringMatching(/^Transaction does not match invoice/),
      ]);
      const short = await payer.pay(merchant.wallet.address, '9.9999999', { memo: Memo.text(legacyInvoiceNumber) });
      expect(await confirm(short.hash)).toEqual([400, 'Underpayment: paid 9.9999999, expected 10.00']);
    });

    it('verify-tx', async () => {
      expect(await error(app.client.post('/api/payments/verify-tx', {}))).toEqual([400, 'transactionHash required']);
      expect(await error(app.client.post('/api/payments/verify-tx', { transactionHash: NO_HASH }))).toEqual([
        404,
        'Transaction not found',
      ]);
      expect(await error(app.client.post('/api/payments/verify-tx', { transactionHash: 'abc' }))).toEqual([
        404,
        'Transaction not found',
      ]);
      jest.spyOn(app.get(LedgerSources).of('sandbox'), 'transaction').mockRejectedValueOnce(new TypeError('ours'));
      expect(await error(app.client.post('/api/payments/verify-tx', { transactionHash: NO_HASH }))).toEqual([
        500,
        'Failed to verify transaction',
      ]);
    });

    it('an expired link says so, and cannot be paid', async () => {
      const { id } = await link({ amount: 1, asset: 'XLM', expiresAt: new Date(Date.now() + 1100).toISOString() });
      await eventually(
        () => app.client.get(`/api/links/${id}/status`),
        ({ body }) => body.status === 'EXPIRED',
      );
      expect(await error(app.client.post(`/api/payments/${id}/pay-intent`, { networkPassphrase: TESTNET }))).toEqual([
        400,
        'Invoice cannot be paid. Current status: EXPIRED',
      ]);
      expect((await app.client.get(`/api/payments/${id}/status`)).body).toMatchObject({
        status: 'EXPIRED',
        transactionHash: null,
      });
    });

    it('pay-intents: ten times the documented ten in five minutes, here 40', async () => {
      let answer = await app.client.post(`/api/payments/${RANDOM_ID}/pay-intent`);
      for (let at = 0; at < 40 && answer.status === 404; at++)
        answer = await app.client.post(`/api/payments/${RANDOM_ID}/pay-intent`);
      expect([answer.status, answer.body]).toEqual([429, { error: 'Too many pay intent requests' }]);
      expect([answer.headers.get('ratelimit-limit'), Number(answer.headers.get('retry-after')) > 0]).toEqual([
        '40',
        true,
      ]);
    });

    it('a price that the market does not give', async () => {
      app.network.faults.arm('service_unavailable', { match: /^\/order_book/ });
      const answer = await app.client.get('/api/prices/xlm');
      expect([answer.status, answer.body, answer.headers.get('retry-after')]).toEqual([
        503,
        { error: 'Price feed temporarily unavailable' },
        '10',
      ]);
    });

    it('the service says which of its parts failed, and nothing else', async () => {
      const { id } = await link({ amount: 1, asset: 'XLM' });
      await app.sql('alter table invoices rename to invoices_away');
      try {
        expect(await error(merchant.client.post('/api/links', { amount: 1, asset: 'XLM' }))).toEqual([
          500,
          'Failed to create payment link',
        ]);
        expect(await error(app.client.get(`/api/links/${id}`))).toEqual([500, 'Failed to fetch link']);
        expect(await error(app.client.get(`/api/links/${id}/status`))).toEqual([500, 'Failed to fetch link status']);
        expect(await error(app.client.get(`/api/payments/${id}/status`))).toEqual([
          500,
          'Failed to fetch payment status',
        ]);
        expect(
          await error(app.client.post('/api/payments/confirm', { invoiceId: id, transactionHash: NO_HASH })),
        ).toEqual([500, 'Payment processing failed. Please try again.']);
        expect(await error(merchant.client.post('/api/invoices', { currency: 'XLM', amount: 1 }))).toEqual([
          500,
          'Failed to create invoice',
        ]);
        expect(await error(merchant.client.get('/api/invoices/stats'))).toEqual([
          500,
          'Failed to fetch invoice statistics',
        ]);
      } finally {
        await app.sql('alter table invoices_away rename to invoices');
      }
      expect((await app.client.get(`/api/links/${id}`)).status).toBe(200);
    });
  });
});
