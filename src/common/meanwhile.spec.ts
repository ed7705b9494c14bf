import { meanwhile } from './meanwhile';

const failing = (): never => {
  throw new Error('the work failed');
};

describe('work that is done meanwhile', () => {
  it('is done before the answer comes', async () => {
    const done: string[] = [];
    const answer = Promise.resolve().then(() => done.push('answered'));
    expect(await meanwhile(answer, () => done.push('worked'))).toEqual([2, 1]);
    expect(done).toEqual(['worked', 'answered']);
  });

  it('fails as what fails first, and leaves no failure that nobody hears of', async () => {
    const unheard = jest.fn();
    process.on('unhandledRejection', unheard);
    await expect(meanwhile(Promise.reject(new Error('the answer failed')), () => 1)).rejects.toThrow(
      'the answer failed',
    );
    await expect(meanwhile(Promise.reject(new Error('the answer failed')), failing)).rejects.toThrow(/failed/);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unheard);
    expect(unheard).not.toHaveBeenCalled();
  });
});
