import { transactionScope } from '../common/transaction-scope';
import { isSilence } from './database-errors';

/** More wait for the next statement. */
const MAX_ASKED = 500;
const MAX_UNDER_WAY = 2;

interface Waiter<Asked, Answer> {
  readonly asked: Asked;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One statement for all callers that ask while another is on its way. Every statement begins after the last of its callers
 * came, so no answer is older than its request, and nothing is cached. A lone caller after a lone caller does not wait. Under
 * load the statements grow by themselves and the round trips stay few. What is asked inside of a transaction stays there.
 * When the database falls silent, callers that wait for the next statement fail with those in this one.
 */
export class SharedStatement<Asked, Answer> {
  private readonly waiting: Waiter<Asked, Answer>[] = [];
  private underWay = 0;
  /** Whether the last statement was for a single caller. */
  private alone = false;

  /** `run` gets at least one and gives an answer for each, in the same order; when it fails, it fails for all of them. */
  constructor(private readonly run: (asked: readonly Asked[]) => Promise<readonly Answer[]>) {}

  async ask(asked: Asked): Promise<Answer> {
    if (transactionScope.getStore() !== undefined) return (await this.run([asked]))[0] as Answer;
    return new Promise((resolve, reject) => {
      this.waiting.push({ asked, resolve, reject });
      if (this.alone && this.underWay === 0) this.flush();
      // Not before everything that has arrived by now was read: what came together goes together.
      else if (this.waiting.length === 1) setImmediate(() => this.flush());
    });
  }

  private flush(): void {
    while (this.waiting.length > 0 && this.underWay < MAX_UNDER_WAY) this.send(this.waiting.splice(0, MAX_ASKED));
  }

  private send(group: readonly Waiter<Asked, Answer>[]): void {
    this.underWay += 1;
    this.alone = group.length === 1;
    this.run(group.map(({ asked }) => asked))
      .then(
        (answers) => group.forEach(({ resolve }, index) => resolve(answers[index] as Answer)),
        (error: unknown) =>
          [...group, ...(isSilence(error) ? this.waiting.splice(0) : [])].forEach(({ reject }) => reject(error)),
      )
      .finally(() => {
        this.underWay -= 1;
        this.flush();
      })
      .catch(() => undefined); // both outcomes were handed to the waiters above
  }
}
