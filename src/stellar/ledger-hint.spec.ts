import { EventCounter } from './ledger-hint';

const STREAM =
  'retry: 1000\nevent: open\ndata: "hello"\n\nid: 225257527003537409\ndata: {"a":"id: 1"}\n\nid: 2\ndata: {}\n\nretry: 10\nevent: close\ndata: "byebye"\n\n';

describe('EventCounter', () => {
  it('counts ledgers, not greetings', () => {
    expect(new EventCounter().feed(STREAM)).toBe(2);
  });

  it.each([1, 2, 3, 7])('gets the same from pieces of %i characters', (size) => {
    const counter = new EventCounter();
    let count = 0;
    for (let at = 0; at < STREAM.length; at += size) count += counter.feed(STREAM.slice(at, at + size));
    expect(count).toBe(2);
  });

  it('does not count errors, and gives up on endless text', () => {
    const counter = new EventCounter();
    expect(counter.feed('event: error\ndata: rate limit exceeded\n\n')).toBe(0);
    expect(() => counter.feed('x'.repeat(300_000))).toThrow(/sends no events/);
  });
});
