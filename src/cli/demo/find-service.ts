import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../database/embedded/embedded-error';
import type { Env } from '../../env';

export interface FoundService {
  readonly url: string;
  readonly horizonUrl: string;
  readonly passphrase: string;
}

const PATIENCE_MS = 3_000;
const SANDBOX_PATH = '/sandbox/horizon';

/** A running service with a sandbox: where demo.json says, else where the configuration says. Undefined when none answers. */
export async function findService(env: Env): Promise<FoundService | undefined> {
  for (const url of new Set([...(await urlOfDemo(env)), env.publicUrl, `http://127.0.0.1:${env.port}`])) {
    const found = await serviceAt(url);
    if (found !== undefined) return found;
  }
  return undefined;
}

export async function serviceAt(url: string): Promise<FoundService | undefined> {
  const horizonUrl = url + SANDBOX_PATH;
  const [ready, horizon] = await Promise.all([read(`${url}/health/ready`), read(horizonUrl)]);
  const passphrase = horizon?.['network_passphrase'];
  if (!Array.isArray(ready?.['ledgers']) || typeof passphrase !== 'string') return undefined;
  return { url, horizonUrl, passphrase };
}

/** The file stays when the service stops, so its address is only a hint. */
async function urlOfDemo(env: Env): Promise<string[]> {
  try {
    const demo = JSON.parse(await readFile(path.join(env.dataDir, 'demo.json'), 'utf8')) as {
      urls?: { app?: unknown };
    };
    return typeof demo.urls?.app === 'string' ? [demo.urls.app] : [];
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Undefined for everything but a JSON object: another program may listen there, or none. */
async function read(url: string): Promise<Record<string, unknown> | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' });
    const value: unknown = response.ok ? await response.json() : undefined;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
