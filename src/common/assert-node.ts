/**
 * Imported first by every program, before anything that an older Node cannot load: such a start ends with one line
 * instead of a stack trace. The one file in this folder that acts by being imported.
 */
export const OLDEST_NODE = [24, 11] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  process.stderr.write(
    `Node ${process.version} is too old: Lumentill needs ${OLDEST_NODE.join('.')} or newer. Use "npm run start:prod", or node_modules/.bin/node in place of "node": npm has installed the right one.\n`,
  );
  process.exit(1);
}
