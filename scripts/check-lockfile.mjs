// The lock file must let "npm ci" succeed on every platform and from every registry.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './project.mjs';

const read = (file) => JSON.parse(readFileSync(path.join(process.argv[2] ?? ROOT, file), 'utf8'));
const manifest = read('package.json');
const { packages } = read('package-lock.json');
const faults = [];

for (const [place, entry] of Object.entries(packages)) {
  // npm leaves a package out when the registry lacks it at that moment, and then refuses its own file.
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!isLocked(place, name)) faults.push(`${name}, optional for ${place || 'the project'}, is not locked`);
  }
  if (place === '' || entry.link) continue;
  if (entry.resolved !== undefined) faults.push(`${place} is bound to the address ${new URL(entry.resolved).host}`);
  if (entry.integrity === undefined && !entry.inBundle) faults.push(`${place} has no integrity hash`);
}
for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
  for (const [name, wanted] of Object.entries(manifest[kind] ?? {})) {
    // "npm:package@version" is a package under another name.
    const version = wanted.replace(/^npm:(@[^/]+\/)?[^@]+@/, '');
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      faults.push(`package.json asks for ${name} ${wanted}: an exact version is wanted`);
    if (packages[`node_modules/${name}`]?.version !== version)
      faults.push(
        `package.json asks for ${name} ${wanted}, locked is ${packages[`node_modules/${name}`]?.version ?? 'nothing'}`,
      );
  }
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`${Object.keys(packages).length - 1} packages locked, complete for every platform`);

/** Looks where Node would: beside the package that asks, then in each folder above. */
function isLocked(place, name) {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
    if (at === '') return false;
  }
}
