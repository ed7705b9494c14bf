import { FAULT_NAMES, faultRequest } from './fault-request';

describe('a fault that an integrator asks for', () => {
  it.each(FAULT_NAMES)('%s is one', (fault) => {
    expect(faultRequest({ fault })).toEqual({ name: fault, options: {} });
  });

  it('has options, and a part of the path instead of a pattern', () => {
    const options = { times: 2, probability: 0.5, path: '/payments', retryAfterSeconds: 7 };
    expect(faultRequest({ fault: 'rate_limited_json', ...options })).toEqual({ name: 'rate_limited_json', options });
  });

  it.each([
    [undefined, ['body']],
    [[], ['body']],
    ['hang', ['body']],
    [{}, ['fault']],
    [{ fault: 'toString' }, ['fault']],
    [{ fault: 'hang', match: '(a+)+$' }, ['match']],
    [
      { fault: 'hang', times: 0, probability: 0, path: '', ms: 1.5, seconds: '1' },
      ['times', 'probability', 'path', 'ms', 'seconds'],
    ],
    [{ fault: 'hang', times: null, ['__proto__x']: 1 }, ['__proto__x', 'times']],
  ])('%j is none, and every member that is wrong is named', (body, paths) => {
    const asked = faultRequest(body);
    expect('faults' in asked ? asked.faults.map(({ path }) => path) : asked).toEqual(paths);
  });
});
