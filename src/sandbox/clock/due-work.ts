/** Something that time alone brings about: what it is, in words, and when. */
export interface Due {
  readonly what: string;
  readonly at: Date;
}

/** What a move of the clock asks of the service. The sandbox knows nothing of invoices; the module that mounts its routes does. */
export abstract class DueWork {
  /** The next thing after an instant; null when time brings nothing more. */
  abstract next(after: Date): Promise<Due | null>;
  /** The earliest thing of an instant or before that is not done yet. */
  abstract undone(until: Date): Promise<Due | null>;
  /** Reads one page of the ledger. Returns the close time up to which it has been read; null before the first. */
  abstract read(): Promise<Date | null>;
  /** Does what is due now and sends its events. */
  abstract run(): Promise<void>;
  /** What is done now and then and in no order with anything: once, however many times would have come. */
  abstract sweep(): Promise<void>;
}
