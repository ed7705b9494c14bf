import { transactionScope } from '../common/transaction-scope';
import { SharedStatement } from './shared-statement';

/** A database that answers on command, with what was asked and the number of the statement. */
function slowDatabase() {
  const sent: { readonly asked: readonly string[]; readonly store: unknown; readonly end: (error?: Error) => void }[] =
    [];
  const statement = new SharedStatement((asked: readonly string[]) => {
    const number = sent.length;
    return new Promise<string[]>((resolve, reject) => {
      sent.push({
        asked,
        store: transactionScope.getStore(),
        end: (error) => (error === undefined ? resolve(asked.map((each) => `${each} by ${number}`)) : reject(error)),
      });
    });
  });
  return { sent, statement, asked: () => sent.map(({ asked }) => asked) };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a shared statement', () => {
  it('goes once for all that came together, and gives each its own answer', async () => {
    const { sent, statement, asked } = slowDatabase();
    const answers = Promise.all(['a', 'b', 'a'].map((each) => statement.ask(each)));
    await tick();
    expect(asked()).toEqual([['a', 'b', 'a']]);
    sent[0]?.end();
    expect(await answers).toEqual(['a by 0', 'b by 0', 'a by 0']);
  });

  it('is never the one that was on its way when somebody asked; two are on their way at most', async () => {
    const { sent, statement, asked } = slowDatabase();
    const answers: Promise<string>[] = [];
    for (const each of ['a', 'b', 'c', 'd']) {
      answers.push(statement.ask(each));
      await tick();
    }
    expect(asked()).toEqual([['a'], ['b']]);
    sent[1]?.end();
    await tick();
    expect(asked()).toEqual([['a'], ['b'], ['c', 'd']]);
    for (const each of sent) each.end();
    expect(await Promise.all(answers)).toEqual(['a by 0', 'b by 1', 'c by 2', 'd by 2']);
  });

  it('goes at once for the one who comes after a lone one, and waits for companions after a group', async () => {
    const { sent, statement, asked } = slowDatabase();
    const answers = [statement.ask('a')];
    await tick();
    sent[0]?.end();
    await tick();
    answers.push(statement.ask('b'), statement.ask('c'), statement.ask('d'));
    expect(asked()).toEqual([['a'], ['b']]);
    await tick();
    expect(asked()).toEqual([['a'], ['b'], ['c', 'd']]);
    for (const each of sent) each.end();
    await tick();
    answers.push(statement.ask('e'), statement.ask('f'));
    expect(asked()).toHaveLength(3);
    await tick();
    expect(asked()[3]).toEqual(['e', 'f']);
    sent[3]?.end();
    expect(await Promise.all(answers)).toEqual(['a by 0', 'b by 1', 'c by 2', 'd by 2', 'e by 3', 'f by 3']);
  });

  it('fails for all that it was for, and for nobody else', async () => {
    const { sent, statement } = slowDatabase();
    const failing = Promise.allSettled([statement.ask('a'), statement.ask('b')]);
    await tick();
    const other = statement.ask('c');
    await tick();
    sent[0]?.end(new Error('down'));
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    sent[1]?.end();
    expect(await other).toBe('c by 1');
    const later = statement.ask('d');
    await tick();
    sent[2]?.end();
    expect(await later).toBe('d by 2');
  });

  it('takes at most 500', async () => {
    const { sent, statement, asked } = slowDatabase();
    const answers = Promise.all(Array.from({ length: 1_201 }, (_, index) => statement.ask(String(index))));
    await tick();
    expect(asked().map(({ length }) => length)).toEqual([500, 500]);
    sent[0]?.end();
    sent[1]?.end();
    await tick();
    expect(sent[2]?.asked).toHaveLength(201);
    sent[2]?.end();
    expect((await answers).at(-1)).toBe('1200 by 2');
  });

  it('stays in the transaction it is asked in, and takes nobody else there', async () => {
    const { sent, statement } = slowDatabase();
    const transaction = {};
    const inside = transactionScope.run(transaction, () => statement.ask('inside'));
    const outside = statement.ask('outside');
    await tick();
    expect(sent.map(({ asked, store }) => [asked, store])).toEqual([
      [['inside'], transaction],
      [['outside'], undefined],
    ]);
    for (const each of sent) each.end();
    expect(await Promise.all([inside, outside])).toEqual(['inside by 0', 'outside by 1']);
  });
});
