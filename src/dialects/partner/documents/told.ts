import type { AnswerOptions } from '../../../jsonapi/json-api';

/** What a handler returns when its document says more than its rows. */
export class Told<T> {
  constructor(
    readonly value: T,
    readonly options: AnswerOptions,
  ) {}
}

/** Rows with `meta` or headers of their own. */
export function tell<T>(value: T, options: AnswerOptions): Told<T> {
  return new Told(value, options);
}
