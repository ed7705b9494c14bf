import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { listPolicies } from '../../src/auth/route-policies';
import { type ErrorCode, ERRORS } from '../../src/common/errors';
import { seedDemo } from '../../src/demo-seed';
import { createLogger } from '../../src/http/logger';
import { openApiDocument } from '../../src/dialects/partner/openapi/document';
import { TestApp } from '../support/app';

const ROOT = path.resolve(__dirname, '../..');
/** Commands that only make sense before the service runs, or on another machine. Everything else is run. */
const NOT_RUN =
  /^(npm ci && npm (start|test|run build)|[A-Z_]+=\S+ .*npm run start:prod|NETWORKS=testnet npm start|[A-Z_]+=\S+ .*node dist\/src\/main\.js|pg_dump .*|pg_restore .*|kill .*|mv .*|npm run cli -- (cursor set|quarantine (clear|retry)) .*|npm run cli -- migrate)$/;

interface Block {
  readonly language: string;
  readonly text: string;
  /** `pay.mjs` when the sentence before says "Save it as `pay.mjs`". */
  readonly file: string | undefined;
}

let app: TestApp;
let folder: string;

beforeAll(async () => {
  app = await TestApp.start();
  await seedDemo(app.app, app.env, createLogger('silent'));
  // A folder that looks like the project's own after `npm ci && npm start`.
  folder = await mkdtemp(path.join(os.tmpdir(), 'lumentill-readme-'));
  for (const name of ['package.json', 'node_modules', 'scripts'])
    await symlink(path.join(ROOT, name), path.join(folder, name));
  await symlink(app.env.dataDir, path.join(folder, '.data'));
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

async function documents(): Promise<string[]> {
  const found = await readdir(path.join(ROOT, 'docs'), { recursive: true });
  return ['README.md', ...found.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)].toSorted();
}

const read = (document: string): Promise<string> => readFile(path.join(ROOT, document), 'utf8');

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^(.*)\n*^```(\w*)\n([^]*?)^```$/gm)].map((match) => ({
    language: match[2] ?? '',
    text: match[3] ?? '',
    file: /Save it as `([^`]+)`:$/.exec(match[1] ?? '')?.[1],
  }));
}

/**
 * curl that ends the script on an HTTP error. The list of events ends before the oldest transaction that is open anywhere
 * in the cluster; other tests hold some for seconds, which a reader's fingers would not notice.
 */
const CURL = `curl() {
  case "$*" in */events\\?*) node settle.mjs ;; esac
  command curl --fail-with-body -S "$@"; local status=$?; echo; return $status
}`;
const SETTLE = `
import pg from 'pg';
const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
const ask = async (bound) => (await client.query('select pg_snapshot_' + bound + '(pg_current_snapshot())::text as at')).rows[0].at;
const now = BigInt(await ask('xmax'));
while (BigInt(await ask('xmin')) < now) await new Promise((resolve) => setTimeout(resolve, 50));
await client.end();
`;

/** All shell blocks of a document in one shell, as a reader types them; the first command that fails ends it. */
async function follow(document: string): Promise<string> {
  const blocks = blocksOf(await read(document));
  await writeFile(path.join(folder, 'settle.mjs'), SETTLE);
  for (const { language, text, file } of blocks)
    if (language === 'js' && file !== undefined) await writeFile(path.join(folder, file), text);
  const script = [
    'set -euo pipefail',
    CURL,
    ...blocks.filter(({ language }) => language === 'sh').map(({ text }) => text),
  ];
  const env = {
    ...process.env,
    DATA_DIR: app.env.dataDir,
    DATABASE_URL: app.databaseUrl,
    PORT: String(app.env.port),
    PUBLIC_URL: app.url,
  };
  try {
    const { stdout } = await promisify(execFile)('bash', ['-c', script.join('\n')], {
      cwd: folder,
      env,
      maxBuffer: 32 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
    throw new Error(`${document} ends with ${code}:\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`, { cause: error });
  }
}

describe('what the documents tell to type', () => {
  it('the tour of README.md', async () => {
    const said = await follow('README.md');
    expect(said).toMatch(
      /"status":"PENDING"[^]*"status":"(confirmed|already_paid)"[^]*"status":"CONFIRMED"[^]*"successful":true/,
    );
    expect(said).toMatch(/invoice\.paid[^]*"outcome":"exact"[^]*"state":"paid"/);
    expect(said).toContain('10 of 10 as expected');
    expect(said).toContain('No breach found.');
    expect(said).toContain('no_reference');
  });

  it('the wallet API', async () => {
    const said = await follow('docs/wallet-api.md');
    expect(said).toContain('"status":"PAID"');
    expect(said).toContain('Invoice deleted successfully');
    expect(said).toContain('Client deleted successfully');
  });

  it('the partner API', async () => {
    const said = await follow('docs/partner-api.md');
    expect(said).toMatch(
      /"percentage":"19"[^]*"status":"pending"[^]*"outcome":"exact"[^]*"status":"completed"[^]*"price":"13.00"[^]*product\.created/,
    );
  });

  it('the merchant API', async () => {
    const said = await follow('docs/merchant-api.md');
    expect(said).toMatch(
      /"authenticated":true[^]*"percentage":19[^]*"percentage":9.25[^]*"signing_secret":"whsec_[^]*"isActive":false/,
    );
  });

  it("the payer's page", async () => {
    const said = await follow('docs/checkout.md');
    expect(said).toMatch(/"openAmount":\{"minimum":"10.00"[^]*"url":"http[^]*"transactionHash"[^]*"state":"paid"/);
  });

  it('the operations guide', async () => {
    expect(await follow('docs/operations.md')).toContain('readLedger');
  });

  it('nothing else is left to believe', async () => {
    for (const document of await documents()) {
      for (const { language, text } of blocksOf(await read(document))) {
        expect([document, language]).toEqual([document, expect.stringMatching(/^(sh|js|json|console|mermaid|)$/)]);
        if (language === 'sh')
          expect([
            'README.md',
            'docs/checkout.md',
            'docs/wallet-api.md',
            'docs/partner-api.md',
            'docs/merchant-api.md',
            'docs/operations.md',
          ]).toContain(document);
        if (language === 'console') for (const line of text.trim().split('\n')) expect(line).toMatch(NOT_RUN);
      }
    }
  });
});

describe('what the documents claim', () => {
  it('README.md has every variable, and no other', async () => {
    const known = [...(await read('.env.example')).matchAll(/^#([A-Z][A-Z0-9_]*)=/gm)].map(
      (match) => match[1] as string,
    );
    const section = (await read('README.md')).split('## Configuration')[1]?.split('\n## ')[0] ?? '';
    const told = section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) =>
        [...(line.split('|')[1] ?? '').matchAll(/`([A-Z0-9_]+)`/g)].map((match) => match[1] as string),
      );
    expect(told.toSorted()).toEqual(known.toSorted());
  });

  const routes = (): string[] => listPolicies(app.app).map(({ method, path: route }) => `${method} ${route}`);

  it('the wallet API has every route, and no other', async () => {
    const headings = [...(await read('docs/wallet-api.md')).matchAll(/^### ([A-Z]+) (\S+)$/gm)].map(
      (match) => `${match[1]} ${match[2]}`,
    );
    expect(headings.toSorted()).toEqual(
      routes()
        .filter((route) => / \/(api\/(?!public\/|v0\/)|\.well-known\/)/.test(route))
        .toSorted(),
    );
  });

  it('the partner API has every route, and no other', async () => {
    const rows = [...(await read('docs/partner-api.md')).matchAll(/^\| `([A-Z]+ \/\S+)` \|/gm)].map(
      (match) => match[1] as string,
    );
    expect(rows.toSorted()).toEqual(
      routes()
        .filter((route) => route.includes(' /api/public/'))
        .toSorted(),
    );
  });

  it('the partner API names what is related', async () => {
    const paths = Object.keys(openApiDocument().paths);
    for (const [, collection, names] of (await read('docs/partner-api.md')).matchAll(
      /^\| `GET \/api\/public\/v1(\/\w+)\/:id\/:name` .*Related resources: (.*) \|$/gm,
    )) {
      const related = paths
        .filter((each) => each.startsWith(`${collection}/{id}/relationships/`))
        .map((each) => path.basename(each));
      const told = [...(names ?? '').matchAll(/`(\w+)`/g)].map((match) => match[1] as string);
      expect([collection, told.toSorted()]).toEqual([collection, related.toSorted()]);
    }
  });

  it("the payer's page has every route, and no other, and no error that does not exist", async () => {
    const text = await read('docs/checkout.md');
    const rows = [...text.matchAll(/^\| `([A-Z]+ \/\S+)` \|/gm)].map((match) => match[1] as string);
    expect(rows.toSorted()).toEqual(
      routes()
        .filter((route) => / \/(pay|checkout|p|s)\//.test(route))
        .map((route) => route.replace('/p/:merchant/*', '/p/:merchant/:slug'))
        .toSorted(),
    );
    for (const [, status, codes] of text.matchAll(/^\| (\d{3}) \| (.*) \|$/gm)) {
      for (const [, code] of (codes ?? '').matchAll(/`([a-z]+_[a-z_]+)`/g))
        expect([code, String(ERRORS[code as ErrorCode]?.status)]).toEqual([code, status]);
    }
  });

  it('every error is told, with its status and sentence, by the API that can answer with it', async () => {
    const table = async (document: string): Promise<[string, { status: number; title: string }][]> =>
      [...((await read(document)).split('## Errors')[1] ?? '').matchAll(/^\| (\d{3}) \| (.+?) \| `(\w+)`/gm)].map(
        (match) => [match[3] as string, { status: Number(match[1]), title: match[2] as string }],
      );
    const [wallet, partner] = [await table('docs/wallet-api.md'), await table('docs/partner-api.md')];
    const byMerchant = new Set((await table('docs/merchant-api.md')).map(([code]) => code));
    for (const [code, { status, title }] of wallet)
      expect({ code, status, title }).toEqual({
        code,
        status: ERRORS[code as ErrorCode].status,
        title: ERRORS[code as ErrorCode].title,
      });
    const answered = new Map(
      Object.values(openApiDocument().paths).flatMap((methods) =>
        Object.values(methods).flatMap(({ responses }) =>
          Object.entries(responses).flatMap(([status, response]) =>
            [...(response as { description: string }).description.matchAll(/`(\w+)`/g)].map(
              (match): [string, number] => [match[1] as string, Number(status)],
            ),
          ),
        ),
      ),
    );
    for (const [code, { status, title }] of partner)
      expect({ code, status, title }).toEqual({
        code,
        status: answered.get(code) ?? ERRORS[code as ErrorCode].status,
        title: ERRORS[code as ErrorCode].title,
      });
    const [byWallet, byPartner] = [new Set(wallet.map(([code]) => code)), new Set(partner.map(([code]) => code))];
    expect([...answered.keys()].filter((code) => !byPartner.has(code))).toEqual([]);
    const byPage = new Set(
      [...(await read('docs/checkout.md')).matchAll(/^\| \d{3} \| (.*) \|$/gm)].flatMap(([, codes = '']) =>
        [...codes.matchAll(/`([a-z]+_[a-z_]+)`/g)].map(([, code]) => code as string),
      ),
    );
    expect(
      Object.keys(ERRORS).filter((code) => ![byWallet, byPartner, byMerchant, byPage].some((told) => told.has(code))),
    ).toEqual([]);
  });

  it('the operations guide has every metric of our own', async () => {
    const { text } = await app.client.get('/metrics');
    const ours = [...text.matchAll(/^# TYPE (lumentill_(?!process_|nodejs_)\w+)/gm)].map((match) => match[1] as string);
    const guide = await read('docs/operations.md');
    expect(ours.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  });

  it('the architecture has every folder', async () => {
    const entries = await readdir(path.join(ROOT, 'src'), { withFileTypes: true });
    const folders = entries
      .filter((entry) => entry.isDirectory() && entry.name !== 'dialects')
      .map((entry) => entry.name);
    const plan = await read('docs/architecture.md');
    expect(folders.filter((name) => !plan.includes(`\`${name}\``))).toEqual([]);
  });

  it('the architecture names files that are there, and every decision', async () => {
    const plan = await read('docs/architecture.md');
    const named = [...plan.matchAll(/`([a-z][\w-]*\/[\w./-]+\.ts)`/g)].map((match) => match[1] as string);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((file) => !existsSync(path.join(ROOT, file.startsWith('test/') ? '' : 'src', file)))).toEqual(
      [],
    );
    expect((await readdir(path.join(ROOT, 'docs/adr'))).filter((file) => !plan.includes(`(adr/${file})`))).toEqual([]);
  });

  it('every link to a file leads somewhere', async () => {
    for (const document of await documents()) {
      const targets = [...(await read(document)).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
        (match) => match[1] as string,
      );
      expect(targets.filter((target) => !existsSync(path.join(ROOT, path.dirname(document), target)))).toEqual([]);
    }
  });
});
