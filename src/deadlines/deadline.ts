import type { Network } from '../common/network';
import type { DeadlineKind } from '../database/deadline-sql';

/** One queue: deadlines of one kind on one network. */
export interface DeadlineQueue {
  readonly network: Network;
  readonly kind: DeadlineKind;
}

export interface Deadline {
  readonly dueAt: Date;
  readonly merchantId: string;
  readonly subjectId: string;
}
