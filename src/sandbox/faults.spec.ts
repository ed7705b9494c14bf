import { SandboxFaults } from './faults';

describe('SandboxFaults', () => {
  it('strikes as often as armed, in the order armed', () => {
    const faults = new SandboxFaults();
    faults.arm('rate_limited_json', { times: 1, retryAfterSeconds: 1 });
    faults.arm('rate_limited_json', { times: 2, retryAfterSeconds: 2 });
    const waits = [1, 2, 3, 4].map(() => faults.take('rate_limited_json')?.retryAfterSeconds);
    expect(waits).toEqual([1, 2, 2, undefined]);
    expect(faults.struck('rate_limited_json')).toBe(3);
  });

  it('passes over paths that do not match without using itself up', () => {
    const faults = new SandboxFaults();
    faults.arm('hang', { times: 1, match: /^\/payments/ });
    expect(faults.take('hang', '/ledgers')).toBeUndefined();
    expect(faults.takeOneOf(['timeout', 'hang'], '/payments?limit=1')?.name).toBe('hang');
    expect(faults.take('hang', '/payments')).toBeUndefined();
  });

  it('stands until disarmed', () => {
    const faults = new SandboxFaults();
    faults.arm('ingestion_lag', { ledgers: 3 });
    expect(faults.standing('ingestion_lag')?.ledgers).toBe(3);
    expect(faults.standing('ingestion_lag')?.ledgers).toBe(3);
    faults.disarm('ingestion_lag');
    expect(faults.standing('ingestion_lag')).toBeUndefined();
  });
});
