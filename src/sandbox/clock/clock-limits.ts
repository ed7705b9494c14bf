/** How far one request can move the clock before it is answered; what is not reached is for the next one. */
export abstract class ClockLimits {
  abstract readonly steps: number;
  /** Of real time. Shorter than a socket may be silent. */
  abstract readonly walkMs: number;
}

export const CLOCK_LIMITS = { steps: 10_000, walkMs: 90_000 } as const satisfies ClockLimits;
