import { execFile } from 'node:child_process';
import { Memo } from '@stellar/stellar-sdk';
import { FiguresService } from '../../src/health/figures.service';
import type { ApiClient } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import type { TestMerchant } from '../support/shop';
import { WebhookReceiver } from '../support/webhook-receiver';

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

/** The Prometheus text format, as far as `/metrics` uses it; throws for a line that is none. */
function metricsIn(text: string): Metric[] {
  const metrics: { name: string; type: string; help: string; samples: Metric['samples'][number][] }[] = [];
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const help = /^# HELP (\S+) (.+)$/.exec(line);
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line);
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    const last = metrics.at(-1);
    if (help !== null) metrics.push({ name: help[1] as string, type: '', help: help[2] as string, samples: [] });
    else if (type !== null && last !== undefined && last.name === type[1]) last.type = type[2] as string;
    else if (sample !== null && last !== undefined)
      last.samples.push({
        name: sample[1] as string,
        labels: Object.fromEntries(
          [...(sample[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, value]) => [key, value]),
        ),
        value: Number(sample[3]),
      });
    else throw new Error(`no line of metrics: ${line}`);
  }
  return metrics;
}

/** What `promtool check metrics` complains of, as far as ours could be at fault. */
function faultsOf({ name, type, help, samples }: Metric): string[] {
  const own = new Set(
    type === 'histogram'
      ? [`${name}_bucket`, `${name}_sum`, `${name}_count`]
      : type === 'summary'
        ? [name, `${name}_sum`, `${name}_count`]
        : [name],
  );
  const series = samples.map(
    (each) => `${each.name} ${JSON.stringify(Object.entries(each.labels).toSorted(([a], [b]) => a.localeCompare(b)))}`,
  );
  return [
    ...(help === '' || type === '' ? ['has no help or no type'] : []),
    ...(type === 'counter' && !name.endsWith('_total') ? ['is a counter without _total'] : []),
    ...(type !== 'counter' && /_total$/.test(name) ? ['is no counter and has _total'] : []),
    ...(/_(count|sum|bucket|info)$/.test(name) && !name.endsWith('_info') ? ['ends as parts of a histogram do'] : []),
    ...(/_(ms|millis|milliseconds|minutes|hours|kb|mb|percent)(_|$)/.test(name) ? ['is in no base unit'] : []),
    ...(/_(counter|gauge|histogram|summary)(_|$)/.test(name) ? ['has its type in its name'] : []),
    ...(/[A-Z]/.test(name) ? ['has capital letters'] : []),
    ...(samples.some((each) => !own.has(each.name)) ? ['has samples of another name'] : []),
    ...(samples.some((each) => Object.keys(each.labels).some((label) => !/^[a-z][a-z0-9_]*$/.test(label)))
      ? ['has labels with capital letters']
      : []),
    ...(new Set(series).size < series.length ? ['tells a series twice'] : []),
    ...(samples.some(({ value }) => Number.isNaN(value)) ? ['has a value that is no number'] : []),
  ];
}

describe('/metrics', () => {
  let app: TestApp;
  let merchant: TestMerchant;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    app = await TestApp.start({ env: { WEBHOOKS_ALLOW_PRIVATE: '1' } });
    merchant = await app.merchant();
  });
  afterAll(async () => {
    await app.stop();
    await receiver.stop();
  });

  const scrape = async (client: ApiClient = app.client): Promise<Metric[]> =>
    metricsIn((await client.get('/metrics')).text);
  const valueOf = (
    metrics: readonly Metric[],
    name: string,
    labels: Readonly<Record<string, string>> = {},
  ): number | undefined =>
    metrics
      .flatMap(({ samples }) => samples)
      .find((each) => each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value))
      ?.value;
  const value = async (name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> =>
    valueOf(await scrape(), name, labels);

  it('shows what is, not what was at the scrape before', async () => {
    const link = await merchant.client.post('/api/links', { amount: '5', asset: 'XLM' });
    expect(await value('lumentill_open_payment_intents')).toBe(0);
    expect((await app.client.post(`/api/payments/${link.body.id}/pay-intent`, {})).status).toBe(200);
    expect(await value('lumentill_open_payment_intents')).toBe(1);
    expect((await app.client.post(`/api/payments/${link.body.id}/pay-intent`, {})).status).toBe(200);
    expect(await value('lumentill_open_payment_intents')).toBe(2);
    expect(await value('lumentill_quarantined_items')).toBe(0);
    await eventually(
      () => value('lumentill_ready'),
      (ready) => ready === 1,
    );
  });

  it('counts requests by the template of their route, whatever is asked for', async () => {
    const before = await scrape();
    for (let at = 0; at < 20; at += 1) {
      await app.client.get(`/nothing/${at}`);
      await app.client.get(`/api/payments/${'a'.repeat(31)}${at % 10}/status`);
    }
    const after = await scrape();
    const grown = (labels: Record<string, string>): number =>
      (valueOf(after, 'lumentill_http_requests_total', labels) ?? 0) -
      (valueOf(before, 'lumentill_http_requests_total', labels) ?? 0);
    expect(grown({ method: 'GET', route: 'unknown', status: '404' })).toBe(20);
    expect(grown({ method: 'GET', route: '/api/payments/:invoiceId/status', status: '404' })).toBe(20);
    expect(
      valueOf(after, 'lumentill_http_request_duration_seconds_count', {
        method: 'GET',
        route: '/api/payments/:invoiceId/status',
      }),
    ).toBe(20);
    const routes =
      after
        .find(({ name }) => name === 'lumentill_http_requests_total')
        ?.samples.map(({ labels }) => labels['route']) ?? [];
    expect(routes.filter((route) => /nothing|aaaa|\?|horizon\//.test(route ?? ''))).toEqual([]);
  });

  it('counts payments by what they mean, how long they took to be credited, webhooks by what became of them, and Horizon by its answers', async () => {
    await merchant.client.post('/api/webhooks', { url: receiver.url });
    const link = await merchant.client.post('/api/links', { amount: '5', asset: 'XLM' });
    const payer = await app.wallet();
    const [invoice] = await app.sql<{ destination: string; memo: string }>(
      `select destination, memo from invoices where public_id = $1`,
      [link.body.id],
    );
    await payer.pay(invoice?.destination ?? '', '5', { memo: Memo.text(invoice?.memo ?? '') });
    const metrics = await eventually(
      () => scrape(),
      (each) =>
        (valueOf(each, 'lumentill_payments_recorded_total', { network: 'sandbox', outcome: 'exact' }) ?? 0) > 0 &&
        (valueOf(each, 'lumentill_webhook_attempts_total', { outcome: 'delivered' }) ?? 0) > 0,
    );
    expect(valueOf(metrics, 'lumentill_payment_credit_delay_seconds_count', { network: 'sandbox' })).toBeGreaterThan(0);
    expect(valueOf(metrics, 'lumentill_payment_credit_delay_seconds_bucket', { le: '+Inf' })).toBe(
      valueOf(metrics, 'lumentill_payment_credit_delay_seconds_count'),
    );
    expect(
      valueOf(metrics, 'lumentill_webhook_attempt_duration_seconds_count', { outcome: 'delivered' }),
    ).toBeGreaterThan(0);
    expect(valueOf(metrics, 'lumentill_horizon_requests_total', { network: 'sandbox', status: '200' })).toBeGreaterThan(
      0,
    );
    expect(
      valueOf(metrics, 'lumentill_horizon_request_duration_seconds_count', { network: 'sandbox' }),
    ).toBeGreaterThan(0);
    expect(
      (valueOf(metrics, 'lumentill_database_connections', { state: 'busy' }) ?? NaN) +
        (valueOf(metrics, 'lumentill_database_connections', { state: 'idle' }) ?? NaN),
    ).toBeGreaterThan(0);
    expect(valueOf(metrics, 'lumentill_build_info', { node: process.version })).toBe(1);
  });

  it('has the names that dashboards know for process and runtime, and our own for the rest', async () => {
    const names = (await scrape()).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'process_cpu_seconds_total',
        'process_resident_memory_bytes',
        'process_start_time_seconds',
        'nodejs_eventloop_lag_seconds',
        'nodejs_heap_size_used_bytes',
        'nodejs_gc_duration_seconds',
        'nodejs_version_info',
      ]),
    );
    expect(
      names.filter((name) => !/^(process|nodejs|lumentill)_/.test(name) || /^lumentill_(process|nodejs)_/.test(name)),
    ).toEqual([]);
  });

  it('is named and told as Prometheus wants it', async () => {
    expect((await scrape()).flatMap((metric) => faultsOf(metric).map((fault) => `${metric.name} ${fault}`))).toEqual(
      [],
    );
    const { text } = await app.client.get('/metrics');
    const verdict = await promtool(text);
    expect(verdict).toBe('');
  });

  it('does not wait for a database that does not answer: its part is absent, the rest is told, and no question is added to the one that hangs', async () => {
    const hang = jest.spyOn(app.get(FiguresService), 'read').mockReturnValue(new Promise(() => undefined));
    const metrics = [await scrape(), await scrape()];
    for (const each of metrics) {
      expect([valueOf(each, 'lumentill_database_up'), valueOf(each, 'lumentill_ready')]).toEqual([0, 0]);
      for (const name of [
        'lumentill_ledger_read',
        'lumentill_ledger_read_age_seconds',
        'lumentill_quarantined_items',
        'lumentill_oldest_untold_event_seconds',
        'lumentill_overdue_delivery_seconds',
        'lumentill_open_payment_intents',
      ])
        expect([name, valueOf(each, name)]).toEqual([name, undefined]);
      expect(valueOf(each, 'lumentill_http_requests_total', { route: 'unknown' })).toBeGreaterThan(0);
    }
    expect(hang).toHaveBeenCalledTimes(1);
    hang.mockRestore();
  });
});

/** What `promtool check metrics` says; nothing where it is not installed. */
function promtool(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('promtool', ['check', 'metrics'], (error, stdout, stderr) => {
      if (error !== null && 'code' in error && (error.code as unknown) === 'ENOENT') resolve('');
      else resolve(stdout + stderr);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(text);
    child.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve('') : reject(error)));
  });
}
