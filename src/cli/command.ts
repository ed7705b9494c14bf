import { parseArgs, type ParseArgsConfig } from 'node:util';
import { errorCode } from '../database/embedded/embedded-error';
import { EnvError } from '../env';

/** Exit statuses beside 0 and 1, as in sysexits.h. */
export const EX_USAGE = 64;
export const EX_NOINPUT = 66;
export const EX_TEMPFAIL = 75;
export const EX_CONFIG = 78;

/** Ends a command with a message for the operator and an exit status; no stack, because nothing is broken. */
export class CommandFailure extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
    this.name = 'CommandFailure';
  }
}

export type Options = NonNullable<ParseArgsConfig['options']>;

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

/** Strict: an unknown option or a missing value is a `CommandFailure` with status 64. */
export function parseArguments(args: readonly string[], options: Options): Arguments {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values: values as Arguments['values'], positionals };
  } catch (error) {
    if (errorCode(error)?.startsWith('ERR_PARSE_ARGS') === true)
      throw new CommandFailure((error as Error).message, EX_USAGE);
    throw error;
  }
}

/** Runs a program to its end: its exit status is what `work` resolves to, or that of the failure it throws. */
export function runProgram(work: () => Promise<number>): void {
  work().then(
    (status) => {
      process.exitCode = status;
    },
    (error: unknown) => {
      process.stderr.write(`${told(error)}\n`);
      process.exitCode = error instanceof CommandFailure ? error.exitCode : error instanceof EnvError ? EX_CONFIG : 1;
    },
  );
}

/** What we threw on purpose speaks for itself; anything else is a defect and shows where it comes from. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected =
    error instanceof CommandFailure ||
    error instanceof EnvError ||
    ['DomainError', 'EmbeddedError', 'FaucetRefusal'].includes(error.name);
  return expected ? error.message : (error.stack ?? error.message);
}
