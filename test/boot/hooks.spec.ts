import { globSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import { FaultProxy } from '../chaos/fault-proxy';
import { startMiniApp } from '../contract/jsonapi/mini-app';
import { SandboxServer } from '../sandbox/sandbox-server';
import { type TestDatabase, testDatabase } from '../support/database';
import { begin, guardHooks, type Hooks } from '../support/hooks';
import { WebhookReceiver } from '../support/webhook-receiver';

type Work = () => unknown;

/** Hooks that are collected instead of run. */
function collecting(): { hooks: Hooks; run: (name: keyof Hooks) => Promise<void> } {
  const works = new Map<keyof Hooks, Work[]>();
  const into = (name: keyof Hooks) => (work: Work) => void works.set(name, [...(works.get(name) ?? []), work]);
  const hooks = guardHooks({
    beforeAll: into('beforeAll'),
    beforeEach: into('beforeEach'),
    afterEach: into('afterEach'),
    afterAll: into('afterAll'),
  });
  return { hooks, run: async (name) => void (await Promise.all((works.get(name) ?? []).map((work) => work()))) };
}

describe('a file whose start fails', () => {
  it('takes down what it had begun, newest first, and nothing else', async () => {
    const ended: string[] = [];
    const other = begin(async () => void ended.push('other'));
    const { hooks, run } = collecting();
    hooks.beforeAll(() => {
      begin(async () => void ended.push('first'));
      begin(() => Promise.reject(new Error('it does not end either')));
      begin(async () => void ended.push('last'));
      throw new Error('the cause');
    });
    await expect(run('beforeAll')).rejects.toThrow('the cause');
    expect(ended).toEqual(['last', 'first']);
    await other();
  });

  it('tells the cause alone: its cleaning hooks meet nothing to clean', async () => {
    const { hooks, run } = collecting();
    hooks.beforeAll(() => Promise.reject(new Error('the cause')));
    hooks.afterEach(() => (undefined as unknown as { stop(): void }).stop());
    hooks.afterAll(() => (undefined as unknown as { stop(): void }).stop());
    await expect(run('afterEach')).rejects.toThrow(TypeError);
    await expect(run('beforeAll')).rejects.toThrow('the cause');
    await expect(run('afterEach')).resolves.toBeUndefined();
    await expect(run('afterAll')).resolves.toBeUndefined();
  });

  it('takes down whatever the fixtures start: servers, databases and what listens', async () => {
    let database: TestDatabase | undefined;
    const urls: string[] = [];
    const { hooks, run } = collecting();
    hooks.beforeAll(async () => {
      database = await testDatabase();
      const sandbox = await SandboxServer.start();
      urls.push(
        sandbox.url,
        (await FaultProxy.start(sandbox.url)).url,
        (await WebhookReceiver.start()).url,
        (await startMiniApp()).url,
      );
      for (const url of urls) expect((await fetch(url)).status).toBeGreaterThan(0);
      throw new Error('the cause');
    });
    await expect(run('beforeAll')).rejects.toThrow('the cause');
    for (const url of urls) await expect(fetch(url)).rejects.toThrow('fetch failed');
    expect(urls).toHaveLength(4);
    await expect(new Client({ connectionString: String(database?.url) }).connect()).rejects.toMatchObject({
      code: '3D000',
    });
  });

  it('is guarded in every file, because none brings hooks of its own', () => {
    expect(
      globSync('{src,test}/**/*.spec.ts').filter((file) =>
        readFileSync(file, 'utf8').includes(`from '@jest/${'globals'}'`),
      ),
    ).toEqual([]);
  });

  it('ends once what is ended twice', async () => {
    let ends = 0;
    const end = begin(async () => void (ends += 1));
    await Promise.all([end(), end()]);
    expect(ends).toBe(1);
  });
});
