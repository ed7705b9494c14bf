import { EnvError, readEnv } from '../../src/env';

/** What is wrong with these environment variables, a line each; nothing where the service would start. */
export function envFaults(source: Readonly<Record<string, string>>): readonly string[] {
  try {
    readEnv(source);
  } catch (error) {
    if (error instanceof EnvError) return error.faults;
    throw error;
  }
  return [];
}
