import { spawn } from 'node:child_process';
import type { ServerAccount } from './account';

export interface Outcome {
  /** Exit status; null when a signal ended it or it could not be started. */
  readonly status: number | null;
  /** Standard output and standard error, interleaved. */
  readonly output: string;
  /** Why it could not be started at all (ENOENT, EACCES, EPERM ...). */
  readonly failure?: Error;
}

/** What every PostgreSQL process gets: no PG* variable of ours may steer it, and its messages stay English. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** The options of `spawn` that hand a process to the server's account; the directory is entered before that. */
export function as(account: ServerAccount | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}

/** Runs a program to its end. Never rejects. */
export function run(program: string, args: readonly string[], cwd: string, account?: ServerAccount): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...as(account),
      cwd,
      env: SERVER_ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    const output = (): string => Buffer.concat(chunks).toString('utf8').trim();
    child.on('error', (failure) => resolve({ status: null, output: output(), failure }));
    child.on('close', (status) => resolve({ status, output: output() }));
  });
}
