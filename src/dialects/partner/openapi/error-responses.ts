import { type ErrorCode, ERRORS } from '../../../common/errors';
import { JSON_API } from '../../../jsonapi/media-type';
import { ref } from '../../../http/json-schema';
import type { OperationPlan } from './operation-plan';
import { SAMPLE_ID } from './sample';

/** Where this family answers a condition with another status than the catalogue's: faults of attributes are 422 here. */
const STATUS_HERE: Partial<Record<ErrorCode, number>> = {
  network_unknown: 422,
  expiry_in_past: 422,
  expiry_invalid: 422,
  asset_unsupported: 422,
  invoice_total_invalid: 422,
  invoice_not_cancellable: 409,
};

const ALWAYS: readonly ErrorCode[] = [
  'malformed_url',
  'malformed_request',
  'parameter_unknown',
  'parameter_invalid',
  'not_acceptable',
  'jsonapi_media_type',
  'content_encoding_refused',
  'rate_limited',
  'internal_error',
  'database_busy',
];
const CREDENTIALS: readonly ErrorCode[] = [
  'several_credentials',
  'authentication_required',
  'invalid_credentials',
  'invalid_signature',
  'ledger_unavailable',
];
const LIST: readonly ErrorCode[] = [
  'sort_unsupported',
  'cursor_invalid',
  'page_size_exceeded',
  'range_pagination_unsupported',
];
const BODY: readonly ErrorCode[] = ['malformed_json', 'body_too_large', 'outcome_unknown'];
const DOCUMENT: readonly ErrorCode[] = ['malformed_document', 'resource_type_conflict'];
const KEY: readonly ErrorCode[] = ['idempotency_key_malformed', 'idempotency_key_reused', 'idempotency_key_in_use'];

/** Everything that an operation can refuse with, by what it reads. */
export function errorCodesOf(plan: OperationPlan): readonly ErrorCode[] {
  const { kind, route } = plan;
  const sends = kind === 'create' || kind === 'update';
  return [
    ...ALWAYS,
    ...(route.policy?.kind === 'public' ? [] : CREDENTIALS),
    ...(route.policy?.kind === 'requires' ? (['missing_scope'] as const) : []),
    ...(plan.path.includes('{id}') ? (['resource_not_found'] as const) : []),
    ...(kind === 'list' || plan.relationship?.paged === true ? LIST : []),
    ...(route.method === 'GET' ? [] : BODY),
    ...(sends || kind === 'delete' || kind === 'relate' ? DOCUMENT : []),
    ...(sends ? (['attributes_invalid'] as const) : []),
    ...(kind === 'create' ? (['client_id_refused'] as const) : []),
    ...(kind === 'update' || kind === 'delete' ? (['resource_id_conflict'] as const) : []),
    ...(sends && plan.resource.relationships.length > 0 ? (['relationship_read_only'] as const) : []),
    ...(route.idempotency === undefined ? [] : KEY),
    ...(route.idempotency?.required === true ? (['idempotency_key_required'] as const) : []),
    ...(plan.matches ? (['precondition_failed'] as const) : []),
    ...route.refuses,
  ];
}

/** Responses by status, each with the codes it can carry. */
export function errorResponses(codes: readonly ErrorCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy(codes, (code) => STATUS_HERE[code] ?? ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, those]) => [String(status), errorResponse(status, [...new Set(those)])]),
  );
}

function errorResponse(status: number, codes: readonly ErrorCode[]): Record<string, unknown> {
  const name = status === 429 || status === 503 ? 'ErrorsLater' : 'Errors';
  return { $ref: `#/components/responses/${name}`, description: codes.map((code) => `\`${code}\``).join(', ') };
}

const content = (code: ErrorCode): object => ({
  [JSON_API]: {
    schema: ref('Errors'),
    example: {
      jsonapi: { version: '1.1' },
      errors: [
        {
          id: SAMPLE_ID,
          status: String(ERRORS[code].status),
          code,
          title: ERRORS[code].title,
          detail: ERRORS[code].title,
        },
      ],
    },
  },
});
const requestId = { 'Request-Id': { $ref: '#/components/headers/Request-Id' } };

/** Defined once. What each operation can answer is in the description beside the reference. */
export const SHARED_RESPONSES = {
  Errors: {
    description: 'What is wrong, all of it at once.',
    headers: requestId,
    content: content('resource_not_found'),
  },
  ErrorsLater: {
    description: 'Not now.',
    headers: { ...requestId, 'Retry-After': { $ref: '#/components/headers/Retry-After' } },
    content: content('rate_limited'),
  },
};
