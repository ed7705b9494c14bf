import { createLogger, NestLogger, redact } from './logger';

// Built at run time, so that no scanner takes them for real ones.
const SEED = `S${'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.repeat(2).slice(0, 55)}`;
const TOKEN = 'a2b3c4d5e6f7g2h3i4j5k6l7m2n3o4p5q6r7s2t3u4v5w6x7y2z3';
const JWT = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'c2lnbmF0dXJlLXNpZ25hdHVyZQ'].join('.');
const SECRETS: readonly (readonly [string, string])[] = [
  ['a Stellar seed', SEED],
  ['an API key', `sk_test_${TOKEN}`],
  ['a live API key', `sk_live_${TOKEN}`],
  ['a session', `ses_${TOKEN}`],
  ['a client secret', `cs_${TOKEN}`],
  ['a webhook secret', `whsec_${Buffer.from(TOKEN).toString('base64')}`],
  ['a JWT', JWT],
];
const SETTINGS: readonly (readonly [string, (secret: string) => string])[] = [
  ['alone', (secret) => secret],
  ['in a sentence', (secret) => `my key is ${secret}, keep it`],
  ['in JSON', (secret) => JSON.stringify({ name: secret })],
  ['in a query', (secret) => `/api?key=${secret}&x=1`],
  ['in a path', (secret) => `/api/keys/${secret}/use`],
  ['after a line break', (secret) => `pasted:\n${secret}\nend`],
  ['after a tab', (secret) => `pasted:\t${secret}`],
  ['after an underscore', (secret) => `secret_${secret}`],
  ['twice', (secret) => `${secret} ${secret}`],
  ['in JSON in JSON', (secret) => JSON.stringify(JSON.stringify({ note: `line\n${secret}` }))],
];

// Fails while SECRET_SHAPES begin with \b: in JSON a line break is the letter n, which is no boundary before a secret.
describe('no secret reaches the log', () => {
  it.each(
    SECRETS.flatMap(([kind, secret]) =>
      SETTINGS.map(([setting, wrap]) => [kind, setting, wrap(secret), secret] as const),
    ),
  )('%s %s', (_kind, _setting, text, secret) => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => lines.push(line) });
    logger.info({ msg: text, nested: { deep: [text] }, err: new Error(text) });
    new NestLogger(logger).error(new Error(text), 'stack', 'Context');
    expect(lines.join('').includes(secret)).toBe(false);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(() => void JSON.parse(line)).not.toThrow();
  });

  it.each([
    [`GET /s/${TOKEN.slice(0, 32)}/x`, 'GET /s/[redacted]/x'],
    [`GET /checkout/subscriptions/${TOKEN.slice(0, 32)}`, 'GET /checkout/subscriptions/[redacted]'],
    [`authorization: Bearer ${TOKEN}`, 'authorization: Bearer [redacted]'],
    [`Basic ${Buffer.from('user:password').toString('base64')}`, 'Basic [redacted]'],
    ['postgres://app:hunter22@db.example:5432/till', 'postgres://app:[redacted]@db.example:5432/till'],
    ['postgresql://app:hunter22@db.example/till?x=1', 'postgresql://app:[redacted]@db.example/till?x=1'],
    [
      'cannot reach postgres://app:p%40ss@db.example/till now',
      'cannot reach postgres://app:[redacted]@db.example/till now',
    ],
  ])('%s', (line, expected) => {
    expect(redact(line)).toBe(expected);
  });
});

it('leaves what is public readable', () => {
  const address = `G${SEED.slice(1)}`;
  for (const line of [
    address,
    `M${SEED.slice(1)}ABCDEFGHIJKLM`,
    'ab'.repeat(32),
    'Bearer of news',
    'docs_configuration_of_things',
    'the skilled css_class',
    'SUMMARY OF STATEMENTS',
    'https://shop.example/pay/abcdefghijklmnopqrstuvwxyz234567',
    'INV-0001',
    'postgres://localhost/till',
  ]) {
    expect(redact(line)).toBe(line);
  }
});

it('writes one JSON object a line, whatever is in it', () => {
  const lines: string[] = [];
  createLogger('info', { write: (line) => lines.push(line) }).info({
    msg: 'a\nb\r\n{"level":"fatal"}\u2028',
    requestId: 'x"y',
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]?.trimEnd()).not.toMatch(/[\n\r]/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    msg: 'a\nb\r\n{"level":"fatal"}\u2028',
    requestId: 'x"y',
  });
});

it('keeps the wiring of the framework to its developers', () => {
  const lines: string[] = [];
  const nest = new NestLogger(createLogger('info', { write: (line) => lines.push(line) }));
  nest.log('Mapped {/, GET} route', 'RouterExplorer');
  nest.log('ready', 'Main');
  nest.warn('careful');
  nest.debug('detail');
  nest.error('broken', 'Error: at x', 'Here');
  expect(lines.map((line) => JSON.parse(line) as Record<string, unknown>)).toMatchObject([
    { msg: 'ready', context: 'Main' },
    { level: 'warn', msg: 'careful' },
    { level: 'error', msg: 'broken', stack: 'Error: at x', context: 'Here' },
  ]);
});
