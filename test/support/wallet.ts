import { Asset, Horizon, Keypair, Memo, Operation, TransactionBuilder, type xdr } from '@stellar/stellar-sdk';
import { sandboxIssuers } from '../../src/sandbox/sandbox-keys';

interface PaymentOptions {
  readonly asset?: Asset;
  readonly memo?: Memo;
}

/** A payer or merchant as they are in life: the unmodified SDK against Horizon. */
export class TestWallet {
  readonly server: Horizon.Server;

  private constructor(
    readonly keypair: Keypair,
    readonly horizonUrl: string,
    readonly passphrase: string,
  ) {
    this.server = new Horizon.Server(horizonUrl, { allowHttp: true });
  }

  static unfunded(horizonUrl: string, passphrase: string, keypair = Keypair.random()): TestWallet {
    return new TestWallet(keypair, horizonUrl, passphrase);
  }

  static async funded(
    horizonUrl: string,
    passphrase: string,
    coins: readonly ('USDC' | 'EURC')[],
  ): Promise<TestWallet> {
    const wallet = TestWallet.unfunded(horizonUrl, passphrase);
    await wallet.friendbot();
    if (coins.length === 0) return wallet;
    await wallet.submit(coins.map((code) => Operation.changeTrust({ asset: wallet.coin(code) })));
    await Promise.all(coins.map((code) => wallet.friendbot(code)));
    return wallet;
  }

  get address(): string {
    return this.keypair.publicKey();
  }

  coin(code: 'USDC' | 'EURC'): Asset {
    return new Asset(code, sandboxIssuers(this.passphrase)[code]);
  }

  async friendbot(asset?: string): Promise<void> {
    const response = await fetch(
      `${this.horizonUrl}/friendbot?addr=${this.address}${asset === undefined ? '' : `&asset=${asset}`}`,
    );
    if (!response.ok) throw new Error(`friendbot: ${response.status} ${await response.text()}`);
  }

  async build(
    operations: readonly xdr.Operation[],
    memo: Memo = Memo.none(),
    signers: readonly Keypair[] = [this.keypair],
    seconds = 300,
  ): Promise<string> {
    const account = await this.server.loadAccount(this.address);
    const builder = new TransactionBuilder(account, {
      fee: '1000',
      networkPassphrase: this.passphrase,
      memo,
    }).setTimeout(seconds);
    for (const operation of operations) builder.addOperation(operation);
    const transaction = builder.build();
    transaction.sign(...signers);
    return transaction.toXdr();
  }

  /** Good for ever: where the clock of a test runs ahead of the wallet's. */
  async submitTimeless(operations: readonly xdr.Operation[], memo?: Memo): Promise<{ hash: string; ledger: number }> {
    return this.handIn(await this.build(operations, memo, undefined, 0));
  }

  async submit(operations: readonly xdr.Operation[], memo?: Memo): Promise<{ hash: string; ledger: number }> {
    return this.handIn(await this.build(operations, memo));
  }

  pay(destination: string, amount: string, options: PaymentOptions = {}): Promise<{ hash: string; ledger: number }> {
    return this.submit(
      [Operation.payment({ destination, amount, asset: options.asset ?? Asset.native() })],
      options.memo,
    );
  }

  /** Signs what a pay intent returned. */
  sign(transactionXdr: string): string {
    const transaction = TransactionBuilder.fromXdr(transactionXdr, this.passphrase);
    transaction.sign(this.keypair);
    return transaction.toXdr();
  }

  private async handIn(envelope: string): Promise<{ hash: string; ledger: number }> {
    const transaction = TransactionBuilder.fromXdr(envelope, this.passphrase);
    const { hash, ledger } = await this.server.submitTransaction(transaction);
    return { hash, ledger };
  }

  signMessage(message: string): string {
    return Buffer.from(this.keypair.signMessage(message)).toString('base64');
  }

  /** Nonce, signature, session: the bearer token. */
  async signIn(url: string): Promise<string> {
    const post = async (path: string, body: unknown): Promise<Record<string, string>> => {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, string>;
    };
    const { nonce, message } = await post('/api/auth/nonce', { walletAddress: this.address });
    const { token } = await post('/api/auth/session', {
      walletAddress: this.address,
      nonce,
      signature: this.signMessage(message ?? ''),
    });
    return token ?? '';
  }
}
