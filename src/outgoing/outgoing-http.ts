/** Why no answer came. `blocked`: the address is not one we connect to; nothing was sent. */
export const OUTGOING_FAILURES = [
  'blocked',
  'dns',
  'connect',
  'tls',
  'timeout',
  'reset',
  'protocol',
  'stopped',
] as const;
export type OutgoingFailureKind = (typeof OUTGOING_FAILURES)[number];

export class OutgoingFailure extends Error {
  constructor(
    readonly kind: OutgoingFailureKind,
    cause?: unknown,
  ) {
    super(`no answer: ${kind}`, { cause });
    this.name = 'OutgoingFailure';
  }
}

/** The only request headers that leave; there are no free ones, so there is nothing to inject into. */
const HEADER_NAMES = ['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;
export type OutgoingHeaders = Readonly<Partial<Record<(typeof HEADER_NAMES)[number], string>>>;

export interface OutgoingPost {
  readonly url: string;
  readonly headers: OutgoingHeaders;
  readonly body: Buffer;
  /** For everything together: resolving, connecting, sending, and reading the answer. */
  readonly deadlineMs: number;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** The beginning of the body, at most 1 KB. */
  readonly excerpt: Buffer;
}

/** The one way out to addresses that strangers choose. */
export abstract class OutgoingHttp {
  /** Undefined when the URL may be saved; otherwise what is wrong with it, to be read after its name. */
  abstract refusal(url: string): string | undefined;
  /** Sends once and never follows a redirect. Throws `OutgoingFailure` when there was no complete answer. */
  abstract post(request: OutgoingPost): Promise<OutgoingAnswer>;
  /** Ends all connections; what is under way fails as `stopped`. */
  abstract close(): void;
}

/** Throws on a header that is not on the list or that would end its line: a defect of the caller. */
export function assertHeaders(headers: OutgoingHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!(HEADER_NAMES as readonly string[]).includes(name))
      throw new Error(`the header ${JSON.stringify(name)} does not leave this service`);
    if (!/^[\x20-\x7e]*$/.test(value))
      throw new Error(`the header ${name} holds a character that does not belong there`);
  }
}
