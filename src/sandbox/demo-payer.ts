import { Asset, Horizon, Keypair, Memo, Operation, TransactionBuilder, type xdr } from '@stellar/stellar-sdk';
import { sandboxAsset } from './sandbox-keys';
import { sdkAsset } from './seed';

export type DemoCoin = 'XLM' | 'USDC' | 'EURC';

export interface DemoPayment {
  readonly to: string;
  readonly amount: string;
  readonly asset?: Asset;
  /** MEMO_TEXT; absent means none. */
  readonly memo?: string;
}

const FEE = '1000';
const TIMEOUT_SECONDS = 60;

/** A wallet as people have them: a key pair and the SDK's own `Horizon.Server`, knowing nothing of the service. */
export class DemoPayer {
  private readonly server: Horizon.Server;

  private constructor(
    private readonly keypair: Keypair,
    private readonly horizonUrl: string,
    private readonly passphrase: string,
  ) {
    this.server = new Horizon.Server(horizonUrl, { allowHttp: true });
  }

  /** A key pair without an account on the ledger. `seed` is 32 random bytes. */
  static unfunded(horizonUrl: string, passphrase: string, seed: Uint8Array): DemoPayer {
    return new DemoPayer(Keypair.fromRawEd25519Seed(Buffer.from(seed)), horizonUrl, passphrase);
  }

  /** 10,000 XLM and 1,000 of both coins from the faucet. */
  static async funded(horizonUrl: string, passphrase: string, seed: Uint8Array): Promise<DemoPayer> {
    const payer = DemoPayer.unfunded(horizonUrl, passphrase, seed);
    await payer.faucet();
    await payer.trust([payer.asset('USDC'), payer.asset('EURC')]);
    await Promise.all([payer.faucet('USDC'), payer.faucet('EURC')]);
    return payer;
  }

  get address(): string {
    return this.keypair.publicKey();
  }

  /** The sandbox's own lumen or coin. */
  asset(code: DemoCoin): Asset {
    return code === 'XLM' ? Asset.native() : sdkAsset(sandboxAsset(code, this.passphrase));
  }

  /** The same four letters from another issuer: this wallet. */
  fake(code: DemoCoin): Asset {
    return new Asset(code, this.address);
  }

  /** SEP-53, base64. */
  signMessage(message: string): string {
    return Buffer.from(this.keypair.signMessage(message)).toString('base64');
  }

  /** Adds the signature to an envelope that another party has built. */
  sign(transactionXdr: string): string {
    const transaction = TransactionBuilder.fromXdr(transactionXdr, this.passphrase);
    transaction.sign(this.keypair);
    return transaction.toXdr();
  }

  trust(assets: readonly Asset[]): Promise<string> {
    return this.submit(assets.map((asset) => Operation.changeTrust({ asset })));
  }

  pay({ to, amount, asset = Asset.native(), memo }: DemoPayment): Promise<string> {
    return this.submit([Operation.payment({ destination: to, amount, asset })], memo);
  }

  /** Delivers `amount` of `asset`, giving EURC for it, along the path that Horizon proposes. */
  async payFromEurc({ to, amount, asset = Asset.native(), memo }: DemoPayment): Promise<string> {
    const { records } = await this.server.strictReceivePaths([this.asset('EURC')], asset, amount).call();
    const [best] = records;
    if (best === undefined) throw new Error('the order book offers no path');
    const path = best.path.map((step) =>
      step.asset_type === 'native' ? Asset.native() : new Asset(step.asset_code, step.asset_issuer),
    );
    const give = { sendAsset: this.asset('EURC'), sendMax: best.source_amount };
    return this.submit(
      [Operation.pathPaymentStrictReceive({ ...give, destination: to, destAsset: asset, destAmount: amount, path })],
      memo,
    );
  }

  /** Creates the receiver's account with `amount` XLM. */
  activate({ to, amount, memo }: DemoPayment): Promise<string> {
    return this.submit([Operation.createAccount({ destination: to, startingBalance: amount })], memo);
  }

  private async faucet(asset?: string): Promise<void> {
    const response = await fetch(
      `${this.horizonUrl}/friendbot?addr=${this.address}${asset === undefined ? '' : `&asset=${asset}`}`,
    );
    if (!response.ok)
      throw new Error(`the faucet answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
  }

  /** Resolves to the hash once a ledger holds the transaction. */
  private async submit(operations: readonly xdr.Operation[], memo?: string): Promise<string> {
    const account = await this.server.loadAccount(this.address);
    const builder = new TransactionBuilder(account, {
      fee: FEE,
      networkPassphrase: this.passphrase,
      memo: memo === undefined ? Memo.none() : Memo.text(memo),
    }).setTimeout(TIMEOUT_SECONDS);
    for (const operation of operations) builder.addOperation(operation);
    const transaction = builder.build();
    transaction.sign(this.keypair);
    return (await this.server.submitTransaction(transaction)).hash;
  }
}
