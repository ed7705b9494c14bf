import type { Logger } from '@nestjs/common';
import { SystemClock } from '../common/clock';
import { DomainError } from '../common/errors';
import { SingleRun } from './single-run';

const clock = new SystemClock();

function told(): {
  lines: { msg: string; error?: { message: string; stack?: string }; failures?: number }[];
  logger: Logger;
} {
  const lines: { msg: string }[] = [];
  const note = (line: { msg: string }): number => lines.push(line);
  return { lines, logger: { error: note, warn: note, log: note } as unknown as Logger };
}

const away = (): Error => new DomainError('database_busy', { cause: new Error('connect ECONNREFUSED 10.0.0.1:5432') });

describe('a job', () => {
  it('that fails again and again names its cause once, without a stack where nothing of ours is broken, and says when it works again', async () => {
    const { lines, logger } = told();
    const run = new SingleRun(logger, clock);
    for (let tick = 0; tick < 50; tick++) await run.once(() => Promise.reject(away()));
    expect(lines).toEqual([
      {
        msg: 'job failed',
        error: { name: 'DomainError', message: 'database_busy: connect ECONNREFUSED 10.0.0.1:5432' },
      },
    ]);
    await run.once(() => Promise.reject(new TypeError('x is not a function')));
    expect(lines).toHaveLength(2);
    expect(lines[1]?.error?.stack).toContain('single-run.spec');
    await run.once(() => Promise.resolve());
    expect(lines[2]).toEqual({ msg: 'job works again', failures: 51 });
    await run.once(() => Promise.resolve());
    await run.once(() => Promise.reject(away()));
    expect(lines).toHaveLength(4);
  });

  it('tells once of a part that fails while the rest goes on, until that part has worked', async () => {
    const { lines, logger } = told();
    const run = new SingleRun(logger, clock);
    const tick = (part: () => Promise<void>): Promise<void> =>
      run.once(() => run.part('a', part, (error) => (error instanceof TypeError ? undefined : { msg: 'part failed' })));
    for (let ticks = 0; ticks < 3; ticks++) await tick(() => Promise.reject(new Error('away')));
    expect(lines).toEqual([{ msg: 'part failed' }]);
    await tick(() => Promise.resolve());
    await tick(() => Promise.reject(new Error('away')));
    expect(lines).toHaveLength(2);
    await tick(() => Promise.reject(new TypeError('ours')));
    expect(lines[2]).toMatchObject({ msg: 'job failed', error: { message: 'ours' } });
  });

  it('that has been stopped is waited for, and begins nothing new', async () => {
    const { logger } = told();
    const run = new SingleRun(logger, clock);
    let end: () => void = () => undefined;
    let begun = 0;
    const work = (): Promise<void> => {
      begun += 1;
      return new Promise((resolve) => (end = resolve));
    };
    const first = run.once(work);
    let over = false;
    const stopped = run.stop().then(() => (over = true));
    await run.once(work);
    expect([begun, over]).toEqual([1, false]);
    end();
    await Promise.all([first, stopped]);
    await run.once(work);
    expect([begun, over]).toEqual([1, true]);
  });

  it('that hangs is not waited for when it is stopped, and what becomes of it then is not told', async () => {
    const { lines, logger } = told();
    const run = new SingleRun(logger, clock, 1);
    let fail: (error: Error) => void = () => undefined;
    const hanging = run.once(() => new Promise((_resolve, reject) => (fail = reject)));
    await run.stop();
    fail(away());
    await hanging;
    expect(lines).toEqual([]);
  });
});
