import { type AddressInfo, createServer } from 'node:net';
import { Keypair, TransactionBuilder, WebAuth } from '@stellar/stellar-sdk';
import { SigningKeypair, StellarConfiguration, Wallet } from '@stellar/typescript-wallet-sdk';
import { TestApp } from '../support/app';

/** The stock client takes plain http on this network only. */
const PASSPHRASE = 'Test SDF Network ; September 2015';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { SANDBOX_PASSPHRASE: PASSPHRASE } });
});
afterAll(() => app.stop());

function signIn(keypair: Keypair, clientDomain?: string) {
  // Its Horizon is not asked for anything here.
  const wallet = new Wallet({
    stellarConfiguration: new StellarConfiguration({
      network: PASSPHRASE as never,
      baseFee: 100,
      horizonUrl: 'https://127.0.0.1:9',
    }),
  });
  const anchor = wallet.anchor({ homeDomain: new URL(app.url).host, allowHttp: true });
  const signed = anchor.sep10().then((auth) =>
    auth.authenticate({
      accountKp: SigningKeypair.fromSecret(keypair.secret()),
      ...(clientDomain === undefined ? {} : { clientDomain }),
    }),
  );
  // The client's errors hold sockets, which a test cannot print.
  return signed.catch((error: unknown) => {
    throw new Error(error instanceof Error ? error.message : String(error));
  });
}

const me = (token: string) => app.client.get('/api/auth/me', { authorization: `Bearer ${token}` });

describe('the stock wallet SDK, on a service with a port of its own', () => {
  it('finds the endpoint, checks the challenge, signs in, and reads the token', async () => {
    const keypair = Keypair.random();
    const token = await signIn(keypair);
    const now = Math.floor(Date.now() / 1000);
    expect(token).toMatchObject({ account: keypair.publicKey(), memo: null, issuer: `${app.url}/api/auth/sep10` });
    expect([Number(token.expiresAt) - Number(token.issuedAt), Number(token.expiresAt) > now]).toEqual([1800, true]);
    expect((await me(token.token)).body).toMatchObject({ kind: 'session', walletAddress: keypair.publicKey() });
    const [, payload = ''] = token.token.split('.');
    expect(Object.keys(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object)).toEqual([
      'iss',
      'sub',
      'iat',
      'exp',
      'jti',
      'sid',
      'home_domain',
    ]);
    // What it can do, another way of signing in can do too, and signing out ends it.
    expect((await app.client.post('/api/auth/logout', {}, { authorization: `Bearer ${token.token}` })).status).toBe(
      204,
    );
    expect((await me(token.token)).status).toBe(401);
  });

  it('that names a client domain is let in without it, and nobody calls there', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const token = await signIn(Keypair.random(), `127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(token.clientDomain).toBeUndefined();
    expect((await me(token.token)).status).toBe(200);
    expect(connections).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });
});

it('the SDK reads the same challenge with the host as web_auth_domain', async () => {
  const { hostname, host } = new URL(app.url);
  const keypair = Keypair.random();
  const toml = await (await fetch(`${app.url}/.well-known/stellar.toml`)).text();
  const server = /SIGNING_KEY = "(G\w+)"/.exec(toml)?.[1] ?? '';
  const { transaction } = (await app.client.get(`/api/auth/sep10?account=${keypair.publicKey()}`)).body as {
    transaction: string;
  };
  expect(WebAuth.readChallengeTx(transaction, server, PASSPHRASE, host, hostname)).toMatchObject({
    clientAccountID: keypair.publicKey(),
    matchedHomeDomain: host,
  });
  const signed = TransactionBuilder.fromXdr(transaction, PASSPHRASE);
  signed.sign(keypair);
  expect((await app.client.post('/api/auth/sep10', { transaction: signed.toXdr() })).status).toBe(200);
});
