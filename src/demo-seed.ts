import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';
import { CredentialsService } from './auth/credentials.service';
import { Clock } from './common/clock';
import { DEFAULT_KEY_SCOPES, type Scope } from './common/principal';
import { isDomainError } from './common/errors';
import { Randomness } from './common/secrets';
import { Transactions } from './database/transactions';
import type { Env } from './env';
import { MerchantsService } from './merchants/merchants.service';
import { DemoMerchantRepository } from './sandbox/demo-merchant.repository';
import { type DemoWallet, openDemoWallet, walletState } from './sandbox/demo-wallet';
import { SANDBOX_PREFIX, sandboxHorizonUrl } from './sandbox/sandbox-url';

/** What `DATA_DIR/demo.json` holds: everything to try the service as its demo merchant. */
interface Demo {
  readonly merchantId: string;
  readonly apiKey: string;
  readonly clientKey: string;
  readonly clientSecret: string;
  readonly walletSecret: string;
  readonly walletAddress: string;
  readonly urls: Readonly<Record<string, string>>;
}

/** How often a sandbox that gives no answer is asked for a wallet. */
const TRIES = 5;
const PAUSE_MS = 1_000;
/** A visitor who tries the service out decides about held money, too; it is play money. */
const DEMO_SCOPES: readonly Scope[] = [...DEFAULT_KEY_SCOPES, 'payments:write'];

/**
 * Opens the demo merchant on the sandbox, once per database whichever process starts on it. It has play money only, so its
 * secrets may lie in a file. Resolves to that file; undefined where it lies elsewhere, or no wallet could be opened.
 */
export async function seedDemo(app: INestApplication, env: Env, logger: Logger): Promise<string | undefined> {
  const file = path.join(env.dataDir, 'demo.json');
  const place = `${os.hostname()}:${env.dataDir}`;
  const repository = new DemoMerchantRepository(app.get(Transactions));
  const clock = app.get(Clock);
  const known = await readDemo(file);
  const valid = known !== undefined && (await isValid(app, known, env));
  if (valid) await repository.claim({ merchant: known.merchantId, dataDir: place }, clock.now());
  const elsewhere = valid ? null : await repository.find();
  if (elsewhere !== null && elsewhere.dataDir !== place) {
    logger.info({
      msg: 'the demo merchant of this database was opened elsewhere',
      at: elsewhere.dataDir,
      merchant: elsewhere.merchant,
      hint: 'npm run cli -- keys issue --merchant ID gives it another key',
    });
    return undefined;
  }
  const demo = valid ? known : await openDemo(app, env, place);
  if (demo === undefined) {
    logger.warn({ msg: 'there is no demo merchant: the sandbox gave no answer, or another process was quicker' });
    return undefined;
  }
  const urls = urlsOf(env);
  await writePrivately(file, { ...demo, urls });
  logger.info({
    msg: 'demo merchant',
    file,
    checkout: urls['app'],
    horizon: urls['horizon'],
    walletAddress: demo.walletAddress,
  });
  return file;
}

async function openDemo(app: INestApplication, env: Env, place: string): Promise<Omit<Demo, 'urls'> | undefined> {
  const sandbox = env.networks.find(({ network }) => network === 'sandbox');
  if (sandbox === undefined) throw new Error('the demo merchant needs the sandbox');
  const wallet = await openWallet(app, env, sandbox.passphrase);
  if (wallet === undefined) return undefined;
  const transactions = app.get(Transactions);
  const credentials = app.get(CredentialsService, { strict: false });
  try {
    return await transactions.run(async () => {
      const { merchantId } = await app
        .get(MerchantsService, { strict: false })
        .create({ name: 'Demo Coffee', wallet: wallet.address });
      // Takes the merchant back with it.
      if (
        !(await new DemoMerchantRepository(transactions).claim(
          { merchant: merchantId, dataDir: place },
          app.get(Clock).now(),
        ))
      )
        throw new OpenedElsewhere();
      const key = { merchantId, network: 'sandbox', scopes: DEMO_SCOPES } as const;
      const apiKey = await credentials.issueApiKey({ ...key, label: 'Demo API key' });
      const client = await credentials.issueClientKey({ ...key, label: 'Demo client' });
      return {
        merchantId,
        apiKey: apiKey.secret,
        clientKey: client.publicPart,
        clientSecret: client.secret,
        walletSecret: wallet.secret,
        walletAddress: wallet.address,
      };
    });
  } catch (error) {
    if (error instanceof OpenedElsewhere) return undefined;
    throw error;
  }
}

class OpenedElsewhere extends Error {}

/** A sandbox elsewhere may be away: the service starts all the same. */
async function openWallet(app: INestApplication, env: Env, passphrase: string): Promise<DemoWallet | undefined> {
  for (let tries = 1; tries <= TRIES; tries++) {
    try {
      return await openDemoWallet(sandboxHorizonUrl(env), passphrase, app.get(Randomness).bytes(32));
    } catch {
      if (tries < TRIES) await app.get(Clock).sleep(PAUSE_MS);
    }
  }
  return undefined;
}

/** The file may be older than the database or the network beside it; a silent network does not put it in doubt. */
async function isValid(app: INestApplication, demo: Demo, env: Env): Promise<boolean> {
  try {
    const { principal } = await app.get(CredentialsService, { strict: false }).callerOfApiKey(demo.apiKey);
    return (
      principal.merchantId === demo.merchantId &&
      (await walletState(sandboxHorizonUrl(env), demo.walletAddress)) !== 'gone'
    );
  } catch (error) {
    if (isDomainError(error, 'invalid_credentials')) return false;
    throw error;
  }
}

function urlsOf(env: Env): Record<string, string> {
  const horizon =
    env.networks.find(({ network }) => network === 'sandbox')?.horizonUrl ?? `${env.publicUrl}${SANDBOX_PREFIX}`;
  return {
    app: env.publicUrl,
    links: `${env.publicUrl}/api/links`,
    horizon,
    friendbot: `${horizon.replace(/\/$/, '')}/friendbot`,
    ready: `${env.publicUrl}/health/ready`,
    metrics: `${env.publicUrl}/metrics`,
  };
}

async function readDemo(file: string): Promise<Demo | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Demo;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Written to a temporary file and renamed, so that a reader never sees half of it. */
async function writePrivately(file: string, demo: Demo): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
}
