import { AsyncLocalStorage } from 'node:async_hooks';
import { Client } from 'pg';
import { eventually } from './eventually';

interface Life {
  /** Statements until it dies. */
  left: number;
  readonly dies: 'before' | 'after';
  /** Where it died. */
  statement: string | null;
  session: number | null;
}

type Query = (this: Client, first: unknown, ...rest: unknown[]) => unknown;
type Callback = (error: Error) => void;

class Killed extends Error {}

/**
 * Work of this process that ends at one of its statements as a process does that is killed there: its session breaks off, and nothing of it goes
 * on. Killing real processes at some hundred statements would take minutes.
 */
export class MortalWork {
  private static readonly lives = new AsyncLocalStorage<Life>();

  private constructor(private readonly query: Query) {}

  static install(): MortalWork {
    const query = Object.getOwnPropertyDescriptor(Client.prototype, 'query')?.value as Query;
    Client.prototype.query = function (this: Client, first: unknown, ...rest: unknown[]) {
      const life = MortalWork.lives.getStore();
      if (life === undefined) return query.call(this, first, ...rest);
      const callback = rest.find((each) => typeof each === 'function') as Callback | undefined;
      if (life.statement !== null) return refused(callback);
      life.left -= 1;
      if (life.left > 0) return query.call(this, first, ...rest);
      life.statement = typeof first === 'string' ? first : (first as { text: string }).text;
      const client = this as unknown as { processID: number; connection: { stream: { destroy(): void } } };
      life.session = client.processID;
      const die = (): void => client.connection.stream.destroy();
      if (life.dies === 'before') {
        die();
        return refused(callback);
      }
      if (callback === undefined) {
        const asked = query.call(this, first, ...rest) as Promise<unknown>;
        return asked.then(die, die).then(() => refused(undefined));
      }
      const values = rest.filter((each) => typeof each !== 'function');
      return query.call(this, first, ...values, () => {
        die();
        void refused(callback);
      });
    } as unknown as typeof Client.prototype.query;
    return new MortalWork(query);
  }

  /**
   * Does work that dies before or after its `at`-th statement, counted from 1. Returns that statement when the server has ended the session, and
   * null when the work has come to its end before.
   */
  async run(
    work: () => Promise<unknown>,
    at: number,
    dies: Life['dies'],
    sessions: (pid: number) => Promise<readonly unknown[]>,
  ): Promise<string | null> {
    const life: Life = { left: at, dies, statement: null, session: null };
    try {
      await MortalWork.lives.run(life, work);
    } catch (error) {
      if (life.statement === null) throw error;
    }
    const { session } = life;
    if (session !== null)
      await eventually(
        () => sessions(session),
        (rows) => rows.length === 0,
      );
    return life.statement;
  }

  uninstall(): void {
    Client.prototype.query = this.query as unknown as typeof Client.prototype.query;
  }
}

function refused(callback: Callback | undefined): Promise<never> | undefined {
  const error = new Killed('killed');
  if (callback === undefined) return Promise.reject(error);
  process.nextTick(callback, error);
  return undefined;
}
