import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';
import { CredentialsService } from './auth/credentials.service';
import { isDomainError } from './common/errors';
import { Randomness } from './common/secrets';
import type { Env } from './env';
import { MerchantsService } from './merchants/merchants.service';
import { openDemoWallet, walletExists } from './sandbox/demo-wallet';
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

/** Opens the demo merchant on the sandbox, once per database; play money only, so its secrets may lie in a file. */
export async function seedDemo(app: INestApplication, env: Env, logger: Logger): Promise<void> {
  const file = path.join(env.dataDir, 'demo.json');
  const known = await readDemo(file);
  const urls = urlsOf(env);
  const demo = known !== undefined && (await stillValid(app, known, env)) ? { ...known, urls } : { ...(await openDemo(app, env)), urls };
  await writePrivately(file, demo);
  if (process.stdout.isTTY && !env.production) process.stdout.write(welcome(demo, file));
  logger.info({ msg: 'demo merchant', file, checkout: urls['app'], horizon: urls['horizon'], walletAddress: demo.walletAddress });
}

async function openDemo(app: INestApplication, env: Env): Promise<Omit<Demo, 'urls'>> {
  const sandbox = env.networks.find(({ network }) => network === 'sandbox');
  if (sandbox === undefined) throw new Error('the demo merchant needs the sandbox');
  const wallet = await openDemoWallet(sandboxHorizonUrl(env), sandbox.passphrase, app.get(Randomness).bytes(32));
  const { merchantId } = await app.get(MerchantsService, { strict: false }).create({ name: 'Demo Coffee', wallet: wallet.address });
  const credentials = app.get(CredentialsService, { strict: false });
  const apiKey = await credentials.issueApiKey({ merchantId, network: 'sandbox', label: 'Demo API key' });
  const client = await credentials.issueClientKey({ merchantId, network: 'sandbox', label: 'Demo client' });
  return { merchantId, apiKey: apiKey.secret, clientKey: client.publicPart, clientSecret: client.secret, walletSecret: wallet.secret, walletAddress: wallet.address };
}

/** The file may be older than the database or the network beside it. */
async function stillValid(app: INestApplication, demo: Demo, env: Env): Promise<boolean> {
  try {
    const principal = await app.get(CredentialsService, { strict: false }).principalOfApiKey(demo.apiKey);
    return principal.merchantId === demo.merchantId && (await walletExists(sandboxHorizonUrl(env), demo.walletAddress));
  } catch (error) {
    if (isDomainError(error, 'invalid_credentials')) return false;
    throw error;
  }
}

function urlsOf(env: Env): Record<string, string> {
  return {
    app: env.publicUrl,
    links: `${env.publicUrl}/api/links`,
    horizon: `${env.publicUrl}${SANDBOX_PREFIX}`,
    friendbot: `${env.publicUrl}${SANDBOX_PREFIX}/friendbot`,
    ready: `${env.publicUrl}/health/ready`,
    metrics: `${env.publicUrl}/metrics`,
  };
}

/** For a person at a terminal; the log never holds a key, and a pipe gets the log alone. */
function welcome(demo: Demo, file: string): string {
  const lines = [
    `Lumentill takes play money at ${demo.urls['app']}`,
    `  API key        ${demo.apiKey}`,
    `  client key     ${demo.clientKey}`,
    `  client secret  ${demo.clientSecret}`,
    `  wallet         ${demo.walletAddress}`,
    `  Horizon        ${demo.urls['horizon']}`,
    `  all of it      ${file}`,
    'Ask for money, then open the checkoutUrl of the answer:',
    `  curl -s ${demo.urls['links']} -H 'Authorization: Bearer ${demo.apiKey}' -H 'Content-Type: application/json' -d '{"amount":"5","asset":"XLM"}'`,
  ];
  return `\n${lines.join('\n')}\n\n`;
}

async function readDemo(file: string): Promise<Demo | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Demo;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whole or not at all: whoever waits for the file must never read half of it. */
async function writePrivately(file: string, demo: Demo): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
}
