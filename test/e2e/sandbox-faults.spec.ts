import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readEnv } from '../../src/env';
import { FAULT_NAMES } from '../../src/sandbox/fault-request';
import { ApiClient } from '../support/api-client';
import { TestApp } from '../support/app';

const ROOT = path.join(__dirname, '../..');

describe('faults of the sandbox over HTTP', () => {
  let app: TestApp;
  let client: ApiClient;
  beforeAll(async () => {
    app = await TestApp.start({ env: { SANDBOX_FAULTS: '1' } });
    client = new ApiClient(app.url, {});
  });
  afterAll(() => app.stop());
  afterEach(() => client.send('DELETE', '/sandbox/faults', undefined));

  const horizon = async (path: string): Promise<number> => (await fetch(`${app.url}/sandbox/horizon${path}`)).status;

  it('strike as often as they were asked to, where they were asked to, and tell so', async () => {
    const armed = await client.send('POST', '/sandbox/faults', {
      fault: 'service_unavailable',
      times: 2,
      path: '/fee_stats',
    });
    expect([armed.status, armed.body]).toEqual([
      201,
      { faults: [{ fault: 'service_unavailable', times: 2, path: '/fee_stats', left: 2, struck: 0 }] },
    ]);
    expect([
      await horizon('/ledgers'),
      await horizon('/fee_stats'),
      await horizon('/fee_stats'),
      await horizon('/fee_stats'),
    ]).toEqual([200, 503, 503, 200]);
    expect((await client.get('/sandbox/faults')).body).toEqual({ faults: [] });
  });

  it('are disarmed one by one or all at once', async () => {
    for (const fault of ['server_error', 'stale_history']) await client.send('POST', '/sandbox/faults', { fault });
    expect(
      (await client.send('DELETE', '/sandbox/faults?fault=server_error', undefined)).body.faults.map(
        (each: { fault: string }) => each.fault,
      ),
    ).toEqual(['stale_history']);
    expect(await horizon('/ledgers')).toBe(503);
    expect((await client.send('DELETE', '/sandbox/faults', undefined)).body).toEqual({ faults: [] });
    expect(await horizon('/ledgers')).toBe(200);
  });

  it('are refused with what is wrong, and change nothing', async () => {
    const wrong = await client.send('POST', '/sandbox/faults', { fault: 'nothing', times: 0 });
    expect([wrong.status, wrong.body.error, wrong.body.details.map(({ path }: { path: string }) => path)]).toEqual([
      400,
      'Validation failed',
      ['fault', 'times'],
    ]);
    expect((await client.send('DELETE', '/sandbox/faults?fault=nothing', undefined)).status).toBe(400);
    for (let at = 0; at < 100; at += 1)
      await client.send('POST', '/sandbox/faults', { fault: 'hang', path: '/nowhere' });
    expect((await client.send('POST', '/sandbox/faults', { fault: 'hang', path: '/nowhere' })).status).toBe(400);
    expect((await client.get('/sandbox/faults')).body.faults).toHaveLength(100);
  });
});

it('docs/sandbox.md names every fault, and no other', async () => {
  const text = await readFile(path.join(ROOT, 'docs/sandbox.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (`[a-z_0-9]+`(?:, `[a-z_0-9]+`)+) \|/gm)].flatMap(([, names = '']) =>
    names.replaceAll('`', '').split(', '),
  );
  expect(rows).toEqual([...FAULT_NAMES]);
});

describe('without the flag', () => {
  it('there is no such address', async () => {
    const app = await TestApp.start();
    const client = new ApiClient(app.url, {});
    expect([
      (await client.get('/sandbox/faults')).status,
      (await client.send('POST', '/sandbox/faults', { fault: 'hang' })).status,
      (await client.send('DELETE', '/sandbox/faults', undefined)).status,
    ]).toEqual([404, 404, 404]);
    await app.stop();
  });

  it.each([
    { NODE_ENV: 'production', SECRETS_KEY: Buffer.alloc(32, 1).toString('base64') },
    { NETWORKS: 'sandbox,testnet' },
    { NETWORKS: 'testnet' },
    { HORIZON_URL_SANDBOX: 'http://127.0.0.1:9/horizon' },
  ])('is refused where the deployment is more than a sandbox: %j', (env) => {
    expect(() => readEnv({ ...env, SANDBOX_FAULTS: '1' })).toThrow('SANDBOX_FAULTS is accepted only where');
  });
});
