import { Clock } from '../../common/clock';
import type { DemoPayer } from '../../sandbox/demo-payer';
import { CommandFailure } from '../command';

export interface DemoLink {
  readonly id: string;
  readonly memo: string;
  readonly to: string;
}

/** What the service knows of a link and its money. */
export interface Standing {
  /** As the public status route says it. */
  readonly status: string;
  readonly received: string;
  /** Outcome of each payment, oldest first. */
  readonly outcomes: readonly string[];
}

const WAIT_MS = 30_000;
const POLL_MS = 250;

/** A merchant of the wallet API, over HTTP alone. */
export class Shop {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    readonly account: string,
    private readonly clock: Clock,
  ) {}

  /** Nonce, signature, session: an unknown wallet opens a merchant. */
  static async signIn(url: string, wallet: DemoPayer, clock: Clock): Promise<Shop> {
    const { nonce, message } = await ask(url, 'POST', '/api/auth/nonce', { walletAddress: wallet.address });
    const { token } = await ask(url, 'POST', '/api/auth/session', {
      walletAddress: wallet.address,
      nonce,
      signature: wallet.signMessage(String(message)),
    });
    return new Shop(url, String(token), wallet.address, clock);
  }

  async link(amount: string, asset: string, more: Readonly<Record<string, unknown>> = {}): Promise<DemoLink> {
    const created = await ask(
      this.url,
      'POST',
      '/api/links',
      { amount, asset, metadata: { title: 'Demo' }, ...more },
      this.token,
    );
    return { id: String(created['id']), memo: String(created['legacyInvoiceNumber']), to: this.account };
  }

  /** Lets the service build the payment, the wallet sign it, and the service hand it in. */
  async payThroughService(link: DemoLink, wallet: DemoPayer): Promise<void> {
    const intent = await ask(this.url, 'POST', `/api/payments/${link.id}/pay-intent`, {
      senderPublicKey: wallet.address,
    });
    await ask(this.url, 'POST', '/api/payments/submit', {
      invoiceId: link.id,
      signedTransactionXdr: wallet.sign(String(intent['transactionXdr'])),
    });
  }

  async standing(link: DemoLink): Promise<Standing> {
    const [{ status }, owner] = await Promise.all([
      ask(this.url, 'GET', `/api/links/${link.id}/status`),
      ask(this.url, 'GET', `/api/invoices/${link.id}/owner`, undefined, this.token),
    ]);
    const payments = (owner['payments'] as readonly { outcome: string; operationId: string }[]).toSorted((a, b) =>
      BigInt(a.operationId) < BigInt(b.operationId) ? -1 : 1,
    );
    return {
      status: String(status),
      received: String(owner['amountReceived']),
      outcomes: payments.map((payment) => payment.outcome),
    };
  }

  /** Asks until the standing satisfies; after half a minute the last one is returned as it is. */
  async settled(link: DemoLink, satisfied: (standing: Standing) => boolean): Promise<Standing> {
    const end = this.clock.monotonicMs() + WAIT_MS;
    for (;;) {
      const standing = await this.standing(link);
      if (satisfied(standing) || this.clock.monotonicMs() > end) return standing;
      await this.clock.sleep(POLL_MS);
    }
  }
}

async function ask(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<Record<string, unknown>> {
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new CommandFailure(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as Record<string, unknown>;
}
