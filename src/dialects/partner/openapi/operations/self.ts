import { PARTNER_PREFIX } from '../../partner.dialect';
import type { ErrorCode } from '../../../../common/errors';
import { errorResponses } from '../error-responses';
import type { Operation } from '../operation';
import { sharedParameter } from '../parameters';
import { curlOf } from '../sample';

const CODES: readonly ErrorCode[] = [
  'not_acceptable',
  'jsonapi_media_type',
  'content_encoding_refused',
  'rate_limited',
  'internal_error',
];

/** The operation that serves the document: not JSON:API, and public. */
export const SELF: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/openapi.json': {
    get: {
      operationId: 'readDescription',
      tags: ['description'],
      summary: 'Read this document',
      description: 'The whole partner API as OpenAPI 3.1: operations, shapes, examples and errors. Open to everybody.',
      security: [],
      'x-required-scopes': [],
      parameters: [sharedParameter('IfNoneMatch')],
      responses: {
        '200': {
          description: 'OpenAPI 3.1.',
          headers: { ETag: { $ref: '#/components/headers/ETag' } },
          content: {
            'application/json': {
              schema: { type: 'object' },
              example: { openapi: '3.1.0', info: { title: 'Lumentill partner API', version: '1.0.0' }, paths: {} },
            },
          },
        },
        '304': { description: 'The version that is known is the current one.' },
        ...errorResponses(CODES),
      },
      'x-error-codes': CODES,
      'x-codeSamples': [
        {
          lang: 'Shell',
          source: curlOf({
            method: 'GET',
            path: `${PARTNER_PREFIX}/openapi.json`,
            body: undefined,
            bearer: undefined,
            idempotent: false,
          }),
        },
      ],
    },
  },
};
