/** A finished response: what a handler returns, and what a replay of the same request can be answered with. */
export class JsonApiAnswer {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly contentType: string,
    /** Null for 204 and 304. */
    readonly body: string | null,
  ) {}
}
