import { Asset, Memo, Operation } from '@stellar/stellar-sdk';
import { eventually, type TestApp } from './app';
import { RateSource } from './rate-source';
import type { TestShop } from './shop';
import { Subscriber } from './subscriber';
import type { TestWallet } from './wallet';

/** A period as the subscriber's page shows it. */
export interface ShownPeriod {
  readonly index: number;
  readonly state: string;
  readonly amount: string;
  readonly invoice: string | null;
  readonly link: string | null;
  readonly payable: boolean;
}

interface Asked {
  readonly memo: string;
  readonly destination: string;
  readonly total: bigint;
  readonly status: string;
  readonly received: bigint;
}

/** A shop that sells plans of 12.50 EUR, on a sandbox whose clock and whose rates are moved. */
export class FiatClub {
  /** Euro for one XLM; EURC and USDC are worth one. */
  price = '0.25';

  private constructor(
    readonly app: TestApp,
    readonly shop: TestShop,
    readonly payer: TestWallet,
    private readonly rates: RateSource,
  ) {}

  static async start(): Promise<FiatClub> {
    let club: FiatClub | undefined;
    const rates = await RateSource.start((asset) => (asset === 'XLM' ? (club?.price ?? '0.25') : '1'));
    const app = await Subscriber.app(rates.onlyEnv);
    const [shop, payer] = await Promise.all([app.shop(), app.wallet(['EURC'])]);
    club = new FiatClub(app, shop, payer, rates);
    return club;
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.rates.stop();
  }

  /** Somebody who has paid the first period. */
  async member(recurrence: object = { interval: 'month' }): Promise<Subscriber> {
    this.price = '0.25';
    const club = await Subscriber.begin(this.app, this.shop, recurrence, { currency: 'EUR' });
    await club.pay();
    expect([await club.status(), await club.outcomes()]).toEqual(['active', ['exact']]);
    return club;
  }

  /** The newest period first. */
  async shown(portal: string): Promise<readonly ShownPeriod[]> {
    const token = new URL(portal).pathname.slice('/s/'.length);
    return (await this.app.client.get(`/checkout/subscriptions/${token}`)).body.periods as ShownPeriod[];
  }

  /** Where the newest period is paid. */
  async link({ portal }: { readonly portal: string }): Promise<string> {
    const [newest] = await this.shown(portal);
    expect([newest?.payable, newest?.link]).toEqual([true, expect.stringMatching(/^[a-z2-7]{32}$/)]);
    return newest?.link as string;
  }

  /** The invoice that a choice makes. */
  async choose(link: string, asset = 'XLM'): Promise<string> {
    const { status, body, text } = await this.app.client.post(`/checkout/${link}/choice`, { asset });
    expect([status, text]).toEqual([200, text]);
    return body.publicId as string;
  }

  async asked(publicId: string): Promise<Asked> {
    const [row] = await this.app.sql<Asked>(
      'select memo, destination, total, status, received from invoices where public_id = $1',
      [publicId],
    );
    return row as Asked;
  }

  /** Pays an invoice, in whole or in part, and returns what became of the money. */
  async pay(publicId: string, part?: string, asset = Asset.native(), wallet = this.payer): Promise<string> {
    const { memo, destination, total } = await this.asked(publicId);
    const outcomes = () =>
      this.app.sql<{ outcome: string }>(
        `select p.outcome from payments p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id where i.public_id = $1 order by p.operation_id, p.change_index`,
        [publicId],
      );
    const before = (await outcomes()).length;
    const amount = part ?? (Number(total) / 1e7).toFixed(7);
    await wallet.submitTimeless([Operation.payment({ destination, amount, asset })], Memo.text(memo));
    const after = await eventually(outcomes, (rows) => rows.length > before);
    return after.at(-1)?.outcome as string;
  }
}
