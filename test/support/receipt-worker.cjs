// The thread that prints receipts, from its sources: what jest does for its own threads is done here for this one.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { transformSync } = require('@swc/core');

const root = path.resolve(__dirname, '../..');
Module._extensions['.ts'] = (module, filename) => module._compile(transformSync(readFileSync(filename, 'utf8'), { filename, root, sourceMaps: false }).code, filename);
require(path.join(root, 'src/receipts/receipt-worker.ts'));
