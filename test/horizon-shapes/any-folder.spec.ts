import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SandboxServer } from '../sandbox/sandbox-server';
import { completed, shapesFrom } from './fixtures';

type Json = Readonly<Record<string, unknown>>;

const ROOT = path.resolve(__dirname, '../..');

let folder: string;
let root: Json;
let fees: Json;
beforeAll(async () => {
  const sandbox = await SandboxServer.start();
  root = (await sandbox.get('/')).body;
  fees = (await sandbox.get('/fee_stats')).body;
  await sandbox.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lumentill-captures-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A capture at a path below the folder. */
async function capture(name: string, content: unknown): Promise<void> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
}

function check(...words: string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['test/horizon-shapes/check-shapes.mjs', ...words],
      { cwd: ROOT, env: { ...process.env, JEST_WORKER_ID: undefined } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr });
      },
    );
  });
}

describe('check-shapes, given any folder', () => {
  it('takes the kinds that are in it, wherever they lie, and leaves what is no capture', async () => {
    await capture('somewhere/deep/root.json', root);
    await capture('somewhere/of_no_kind.json', { a: 1 });
    await capture('notes.json', 'this is no JSON');
    await capture('list.json', [1, 2]);
    expect(Object.keys(shapesFrom(folder))).toEqual(['root']);
  });

  it('takes of a collection the folders that it has, though it lacks most, and those alone', async () => {
    await capture('java-sdk/root.json', root);
    await capture('elsewhere/fee_stats.json', fees);
    expect(Object.keys(shapesFrom(folder))).toEqual(['root']);
  });

  it('knows from all captures what the few in it do not show', () => {
    const few = { transaction: { id: 'hash', memo: 'text' } };
    const many = { transaction: { id: 'hash', memo: '?text', memo_type: 'text' }, root: { core_version: 'text' } };
    expect(completed(few, many)).toEqual({ transaction: { id: 'hash', memo: '?text', memo_type: '?text' } });
  });

  it('says for each kind whether the sandbox answers in its shape, and fails when it does not', async () => {
    await capture('root.json', { ...root, a_member_of_the_future: '1.5000000' });
    await capture('fee_stats.json', fees);
    const { code, text } = await check(folder);
    expect([code, text]).toEqual([1, expect.stringMatching(/^DIFF {2}root +1 +missing a_member_of_the_future$/m)]);
    expect(text).toMatch(/^same {2}fee_stats +1 /m);
  });

  it('is not content with one that has nothing to compare, or is not there', async () => {
    expect(await check(folder)).toEqual({
      code: 1,
      text: expect.stringContaining(`there is no capture of a known kind below ${folder}`),
    });
    expect(await check(path.join(folder, 'none'))).toEqual({
      code: 2,
      text: `there is no folder ${path.join(folder, 'none')}\n`,
    });
    expect((await check()).code).toBe(2);
  });
});
