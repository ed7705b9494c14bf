import { DeliveryCapacity } from './delivery-capacity';

describe('slots for requests', () => {
  it('are three quarters for prompt endpoints, and an eighth each for unproven and troubled ones', () => {
    expect(new DeliveryCapacity(128, 2_000).free(0)).toEqual({ prompt: 96, unproven: 16, troubled: 16 });
    expect(new DeliveryCapacity(1, 2_000).free(0)).toEqual({ prompt: 1, unproven: 1, troubled: 1 });
  });

  it('of one lane are none of the others', () => {
    const slots = new DeliveryCapacity(16, 2_000);
    for (let taken = 0; taken < 5; taken += 1) slots.take('troubled', 0);
    slots.take('unproven', 0);
    expect(slots.free(0)).toEqual({ prompt: 12, unproven: 1, troubled: 0 });
  });

  it('are given back', () => {
    const slots = new DeliveryCapacity(16, 2_000);
    const [give] = [slots.take('prompt', 0), slots.take('prompt', 0)];
    give?.();
    give?.();
    expect(slots.free(0).prompt).toBe(11);
  });

  it('of prompt endpoints are free again when the answer is late: the request counts with those in trouble', () => {
    const slots = new DeliveryCapacity(16, 2_000);
    for (let taken = 0; taken < 12; taken += 1) slots.take('prompt', 0);
    expect(slots.free(2_000)).toEqual({ prompt: 0, unproven: 2, troubled: 2 });
    expect(slots.free(2_001)).toEqual({ prompt: 12, unproven: 2, troubled: 0 });
  });
});
