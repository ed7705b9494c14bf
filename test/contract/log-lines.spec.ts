import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');
/** Programs that are run by hand print for whoever runs them. */
const BY_HAND = ['src/cli/', 'src/dialects/partner/openapi/'];
const MESSAGE = /(?<!debug\(\{ )\bmsg: '([^']+)'|\.tell\('([^'.]+ [^']+)'|\blog\('([^']+)'/g;

function sources(): string[] {
  return readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name}`)
    .filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !BY_HAND.some((start) => name.startsWith(start)),
    );
}

/** An operator who meets a line finds it explained. */
describe('the lines of the log in docs/operations.md', () => {
  const rows = readFileSync(path.join(ROOT, 'docs/operations.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));

  it('are all that the source can say above the level of debugging', () => {
    const said = sources().flatMap((name) =>
      [...readFileSync(path.join(ROOT, name), 'utf8').matchAll(MESSAGE)].map(
        ([, ...found]) => found.find((text) => text !== undefined) ?? '',
      ),
    );
    expect(said.length).toBeGreaterThan(30);
    expect(
      [...new Set(said)].filter(
        (text) => text !== 'request' && !rows.some((row) => row.includes(`\`${text.split(/[:.]/, 1)[0]}`)),
      ),
    ).toEqual([]);
  });
});
