/** What the parts of the service report of their work; `/metrics` adds it up. Labels come from closed lists, never from a caller. */
export abstract class Telemetry {
  /** `route` is the template, as in `/api/links/:id`. */
  abstract requestAnswered(method: string, route: string, status: number, seconds: number): void;
  /** A payment that is on record now and was not before; `seconds` from the close of its ledger. */
  abstract paymentRecorded(network: string, outcome: string, seconds: number): void;
  /** One attempt to deliver a webhook: `delivered`, or why it was not. */
  abstract webhookAttempted(outcome: string, seconds: number): void;
  /** A socket that was ended to make room for another of its address, or refused. */
  abstract connectionEnded(reason: 'replaced' | 'refused'): void;
  /** `outcome` is the status of the answer, or `none`. */
  abstract horizonAsked(network: string, outcome: string, seconds: number): void;
}
