import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { openApiDocument } from '../../src/dialects/partner/openapi/document';

const ROOT = path.resolve(__dirname, '../..');
const COMPILER_OPTIONS = {
  target: 'es2023',
  lib: ['es2024', 'dom', 'dom.iterable'],
  module: 'esnext',
  moduleResolution: 'bundler',
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};

/** Resolves whatever the status was: what a tool says is the test's to judge. */
async function node(
  args: readonly string[],
  cwd = ROOT,
): Promise<{ readonly status: number; readonly output: string }> {
  const run = promisify(execFile)(process.execPath, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
  return run.then(
    ({ stdout }) => ({ status: 0, output: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      status: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

describe('clients made from openapi.json by the generators that integrators use', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'lumentill-clients-'));
    await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    const made = await node(['scripts/clients.mjs', path.join(folder, 'made')]);
    expect([made.status, made.output]).toEqual([0, made.output]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('compile as they come: openapi-typescript, hey-api, orval with fetch and with zod', async () => {
    await writeFile(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: COMPILER_OPTIONS,
        include: ['made/openapi-typescript.ts', 'made/hey-api', 'made/orval/fetch.ts', 'made/orval/zod.ts'],
      }),
    );
    const { status, output } = await node([path.join(ROOT, 'node_modules/typescript-7/bin/tsc'), '-p', folder]);
    expect([status, output]).toEqual([0, '']);
  });

  it('read what the document shows as answers: every example is accepted by the zod schema of its operation', async () => {
    const answers = Object.values(openApiDocument().paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ operationId, responses }) => {
        const [, response] = Object.entries(responses).find(([status]) => status.startsWith('2')) as [
          string,
          { content?: Record<string, { example?: unknown }> },
        ];
        const example = response.content?.['application/vnd.api+json']?.example;
        return example === undefined
          ? []
          : [{ schema: `z${operationId.slice(0, 1).toUpperCase()}${operationId.slice(1)}Response`, example }];
      });
    expect(answers.length).toBeGreaterThan(60);
    await writeFile(path.join(folder, 'examples.json'), JSON.stringify(answers));
    await writeFile(
      path.join(folder, 'read.mjs'),
      `
      import { readFileSync } from 'node:fs';
      import * as schemas from './made/hey-api/zod.gen.ts';
      const answers = JSON.parse(readFileSync('examples.json', 'utf8'));
      const wrong = answers.filter(({ schema, example }) => schemas[schema]?.safeParse(example).success !== true).map(({ schema }) => schema);
      const tolerant = answers.filter(({ schema }) => schemas[schema]?.safeParse({ data: 7 }).success !== false).map(({ schema }) => schema);
      console.log(JSON.stringify({ read: answers.length, wrong, tolerant }));`,
    );
    const { output } = await node(['read.mjs'], folder);
    expect(JSON.parse(output)).toEqual({ read: answers.length, wrong: [], tolerant: [] });
  });

  it('have no closed list with null in it, of which no client can make a type', async () => {
    const text = await readFile(path.join(ROOT, 'openapi.json'), 'utf8');
    expect([...text.matchAll(/"enum": \[[^\]]*\bnull\b/g)].map(([found]) => found)).toEqual([]);
  });
});
