import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** Version of the running service, from the package.json that lies nearest to this file, built or not. */
export function packageVersion(): string {
  const file = findPackageJSON('.', __filename);
  if (file === undefined) throw new Error('there is no package.json above the program');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
