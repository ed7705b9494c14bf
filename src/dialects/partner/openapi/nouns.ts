import type { JsonSchema } from '../../../http/json-schema';

/** A request document as it could be sent. `$NAME` stands for the id of a resource of that name, see `sampleId`. */
export interface Example {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly relationships?: Readonly<Record<string, { readonly type: string; readonly id: string } | null>>;
}

/** What the code of an operation does not say of it. */
export interface OperationNotes {
  readonly summary: string;
  readonly description?: string;
  /** Class of the attributes sent. */
  readonly dto?: new () => object;
  /** Relationships that must be sent. */
  readonly needs?: readonly string[];
  readonly example?: Example;
  /** Schema of `meta`. */
  readonly meta?: JsonSchema;
  /** One resource that is worked out for the filters of the query. */
  readonly filtered?: boolean;
  /** Type of what it answers with, where that is not the noun above it. */
  readonly answers?: string;
  /** Where the summary does not yield it. */
  readonly operationId?: string;
  /** A command that honours If-Match and answers with an ETag. */
  readonly versioned?: boolean;
  /** The example uses the session of a wallet instead of a key. */
  readonly bySession?: boolean;
}

/** One resource type with its operations: `METHOD` for the collection, `METHOD /...` for what lies below it. */
export interface Noun {
  readonly type: string;
  readonly singular: string;
  readonly plural: string;
  readonly about: string;
  /** Answers of one carry an ETag, and changes honour If-Match. */
  readonly versioned?: boolean;
  readonly operations: Readonly<Record<string, OperationNotes>>;
}
