import { Memo } from '@stellar/stellar-sdk';
import { SCOPES } from '../../src/common/principal';
import type { Answer } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { PartnerCaller, type Sent } from '../support/partner-caller';
import { RateSource } from '../support/rate-source';
import type { TestWallet } from '../support/wallet';

/** A deployment in which every operation of the partner API has something to work on. */
export class OpenApiShop {
  private constructor(
    readonly app: TestApp,
    private readonly rates: RateSource,
    private readonly owner: PartnerCaller,
    private readonly wallet: TestWallet,
    private readonly payer: TestWallet,
    readonly key: string,
    private readonly merchantId: string,
  ) {}

  static async open(): Promise<OpenApiShop> {
    const rates = await RateSource.start(() => '0.0926');
    const app = await TestApp.start({ env: rates.env });
    const [{ merchantId, wallet, token }, payer] = await Promise.all([app.merchant(), app.wallet()]);
    const owner = PartnerCaller.bearer(app.url, token);
    const issued = await owner.create('apiKeys', '/api_keys', { attributes: { label: 'all', scopes: SCOPES } });
    return new OpenApiShop(app, rates, owner, wallet, payer, issued.body.meta.secret as string, merchantId);
  }

  async close(): Promise<void> {
    await this.app.stop();
    await this.rates.stop();
  }

  /** Values of the shell variables that an example names, fresh where it changes or takes away something. */
  async variables(operationId: string, names: readonly string[]): Promise<Record<string, string>> {
    const values: Record<string, string> = {
      URL: this.app.url,
      KEY: this.key,
      IN_A_DAY: new Date(Date.now() + 86_400_000).toISOString(),
    };
    if (names.includes('SESSION')) Object.assign(values, await this.invitation(operationId));
    if (operationId === 'readInvoiceReceipt') values['INVOICE_ID'] = await this.paidInvoice();
    if (names.includes('WALLET')) Object.assign(values, await this.account());
    // A link of another kind than the others, so that everything a link can have is told once.
    if (/^(update|read((Products|TaxRate|Invoices).*Of)?)PaymentLink$/.test(operationId))
      values['PAYMENT_LINK_ID'] = await this.donation();
    if (operationId === 'resumeSubscription') {
      const id = await this.subscription();
      await this.owner.create('subscriptions', `/subscriptions/${id}/cancellation`, {
        attributes: { atPeriodEnd: true },
      });
      values['SUBSCRIPTION_ID'] = id;
    }
    for (const name of names) if (values[name] === undefined && name !== 'RANDOM') values[name] = await this.idOf(name);
    return values;
  }

  private async idOf(variable: string): Promise<string> {
    const make = this.makers[variable];
    if (make === undefined) throw new Error(`no example has ever named ${variable}`);
    return make();
  }

  private readonly makers: Readonly<Record<string, () => Promise<string>>> = {
    PAYMENT_LINK_STATISTICS_ID: () => this.idOf('PAYMENT_LINK_ID'),
    PAYMENT_LINK_ID: () =>
      this.made('paymentLinks', '/payment_links', {
        attributes: {
          amount: '5',
          currency: 'USDC',
          paymentType: 'Invoice',
          expiresAt: inADay(),
          metadata: { order: '7' },
        },
      }),
    INVOICE_ID: () =>
      this.made('invoices', '/invoices', {
        attributes: { currency: 'XLM', lines: [{ description: 'Beans', rate: '4' }], clientName: 'Grace' },
      }),
    PAYMENT_ID: () => this.heldPayment(),
    PAYMENT_RESOLUTION_ID: async () =>
      this.made('paymentResolutions', '/payment_resolutions', {
        attributes: { action: 'dismiss', reason: 'a gift' },
        relationships: { payment: { data: { type: 'payments', id: await this.heldPayment() } } },
      }),
    SUBSCRIPTION_LINK_ID: () =>
      this.made('paymentLinks', '/payment_links', {
        attributes: {
          kind: 'subscription',
          amount: '5',
          currency: 'XLM',
          paymentType: 'Invoice',
          expiresAt: inADay(),
          recurrence: { interval: 'month' },
        },
      }),
    SUBSCRIPTION_ID: () => this.subscription(),
    SUBSCRIPTION_PERIOD_ID: async () => this.first(`/subscriptions/${await this.subscription()}/periods`),
    PRODUCT_ID: async () =>
      this.made('products', '/products', {
        attributes: { name: 'Tee', price: '1', currency: 'EUR', metadata: { size: 'M' } },
        relationships: { taxRate: { data: { type: 'taxRates', id: await this.idOf('TAX_RATE_ID') } } },
      }),
    TAX_RATE_ID: () => this.made('taxRates', '/tax_rates', { attributes: { name: 'VAT', percentage: '19' } }),
    CUSTOMER_ID: () =>
      this.made('customers', '/customers', {
        attributes: { name: 'Grace', email: `grace-${Math.random()}@example.com`, company: 'Beans' },
      }),
    CURRENCY_ID: () => Promise.resolve('EUR'),
    EXCHANGE_RATE_ID: () => this.first('/exchange_rates'),
    QUOTE_ID: () =>
      this.made('quotes', '/quotes', { attributes: { amount: '10', currency: 'EUR', payCurrency: 'XLM' } }),
    MERCHANT_ID: () => Promise.resolve(this.merchantId),
    MEMBER_ID: async () => (await this.invitation('')).MEMBER_ID,
    RECEIVING_ACCOUNT_ID: () => this.first('/receiving_accounts'),
    API_KEY_ID: () => this.made('apiKeys', '/api_keys', { attributes: { label: 'one' } }),
    CLIENT_ID: () => this.made('clients', '/clients', { attributes: { label: 'one' } }),
    EVENT_ID: () => this.first('/events'),
    WEBHOOK_ENDPOINT_ID: () =>
      this.made('webhookEndpoints', '/webhook_endpoints', { attributes: { url: 'https://shop.example/hooks' } }),
    WEBHOOK_DELIVERY_ID: () => this.delivery(),
    AUDIT_ENTRY_ID: () => this.first('/audit_log'),
  };

  /** One whose first period is paid. */
  private async subscription(): Promise<string> {
    const id = await this.made('subscriptions', '/subscriptions', {
      attributes: { metadata: { plan: 'silver' } },
      relationships: {
        link: { data: { type: 'paymentLinks', id: await this.idOf('SUBSCRIPTION_LINK_ID') } },
        customer: { data: { type: 'customers', id: await this.idOf('CUSTOMER_ID') } },
      },
    });
    const { body } = await this.owner.get(`/subscriptions/${id}/currentInvoice`);
    await this.app.client.post(`/checkout/${body.data.attributes.publicId}/test-payment`);
    await eventually(
      () => this.owner.get(`/subscriptions/${id}`),
      (answer) => answer.body.data.attributes.status === 'active',
    );
    return id;
  }

  private async made(type: string, path: string, sent: Sent): Promise<string> {
    const answer: Answer = await this.owner.create(type, path, sent);
    expect([path, answer.status, answer.text]).toEqual([path, 201, answer.text]);
    return answer.body.data.id;
  }

  private async donation(): Promise<string> {
    const attributes = {
      kind: 'donation',
      amount: null,
      openAmount: { presets: ['5'] },
      currency: 'USDC',
      paymentType: 'Invoice',
      expiresAt: inADay(),
      maxPayments: 5,
    };
    return this.made('paymentLinks', '/payment_links', {
      attributes,
      relationships: { taxRate: { data: { type: 'taxRates', id: await this.idOf('TAX_RATE_ID') } } },
    });
  }

  private async first(path: string): Promise<string> {
    return (await this.owner.get(path)).body.data[0].id;
  }

  private async delivery(): Promise<string> {
    const endpoint = await this.made('webhookEndpoints', '/webhook_endpoints', {
      attributes: { url: 'https://shop.example/hooks' },
    });
    const { deliveryId } = (await this.owner.command(`/webhook_endpoints/${endpoint}/test`)).body.meta as {
      deliveryId: string;
    };
    return eventually(
      () => this.owner.get(`/webhook_deliveries/${deliveryId}`),
      ({ status }) => status === 200,
    ).then(() => deliveryId);
  }

  private async paidInvoice(): Promise<string> {
    const id = await this.idOf('INVOICE_ID');
    const { amount, memo, destination } = (await this.owner.get(`/invoices/${id}`)).body.data.attributes as Record<
      'amount' | 'memo' | 'destination',
      string
    >;
    await this.payer.pay(destination, amount, { memo: Memo.text(memo) });
    await eventually(
      () => this.owner.get(`/invoices/${id}`),
      ({ body }) => body.data.attributes.status === 'PAID',
    );
    return id;
  }

  private async heldPayment(): Promise<string> {
    const { hash } = await this.payer.pay(this.wallet.address, '2', { memo: Memo.text('Order 7') });
    return (
      await eventually(
        () => this.owner.get(`/payments?filter[transactionHash]=${hash}`),
        ({ body }) => body.data.length > 0,
      )
    ).body.data[0].id;
  }

  /** An invited wallet with its session; for leaving, one that has joined. */
  private async invitation(operationId: string): Promise<{ MEMBER_ID: string; SESSION: string }> {
    const wallet = await this.app.wallet();
    const id = await this.made('members', '/members', { attributes: { wallet: wallet.address, role: 'viewer' } });
    const session = await wallet.signIn(this.app.url);
    if (operationId !== 'leaveMerchant') return { MEMBER_ID: id, SESSION: session };
    await PartnerCaller.bearer(this.app.url, session).command(`/members/${id}/acceptance`);
    return { MEMBER_ID: id, SESSION: await wallet.signIn(this.app.url) };
  }

  private async account(): Promise<{ WALLET: string; SIGNATURE: string }> {
    const wallet = await this.app.wallet();
    const text = [
      `${new URL(this.app.url).host} receives payments at this account.`,
      '',
      `Merchant: ${this.merchantId}`,
      'Network: sandbox',
      `Account: ${wallet.address}`,
    ].join('\n');
    return { WALLET: wallet.address, SIGNATURE: wallet.signMessage(text) };
  }
}

function inADay(): string {
  return new Date(Date.now() + 86_400_000).toISOString();
}
