/** A finished response: what a handler returns, and what a replay of the same request can be answered with. */
export class FinishedAnswer {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly contentType: string,
    /** UTF-8; null for 204 and 304. */
    readonly body: Buffer | null,
  ) {}
}
