import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { DocumentQuery, ListQuery } from '../../../jsonapi/exchange';
import type { JsonApi } from '../../../jsonapi/json-api';
import type { DtoClass } from '../../../jsonapi/request-attributes';
import type { RequestBody } from '../../../jsonapi/request-body';
import type { SentLinkage } from '../../../jsonapi/request-relationships';
import type { Resource } from '../../../jsonapi/resource';

/** What was read of a request before its handler runs; the interceptor puts it there. */
export interface ReadDocument {
  readonly api: JsonApi;
  readonly resource: Resource;
  readonly query: DocumentQuery | undefined;
}

export type DocumentRequest = FastifyRequest<{ Params: Readonly<Record<string, string>> }> & {
  document?: ReadDocument;
};

/** Filters and page of a collection. */
export type ListingOf<R> = R extends Resource<infer _Row, infer F, infer S> ? ListQuery<F, S> : never;

/** The body of a change, compared with the row as the API shows it now. */
export type ChangeOf<T extends object> = (row: unknown) => RequestBody<T>;

function read(context: ExecutionContext): { readonly request: DocumentRequest; readonly document: ReadDocument } {
  const request = context.switchToHttp().getRequest<DocumentRequest>();
  if (request.document === undefined)
    throw new Error(`${context.getClass().name}.${context.getHandler().name} tells of no resource`);
  return { request, document: request.document };
}

/** The query of a collection. */
export const Listing = createParamDecorator(
  (_data: unknown, context: ExecutionContext): DocumentQuery | undefined => read(context).document.query,
);

/** The body of a new resource, whose attributes have the shapes of the dto. Throws with every fault. */
export const NewDocument = createParamDecorator(
  (dto: DtoClass<object>, context: ExecutionContext): RequestBody<object> => {
    const { request, document } = read(context);
    return document.api.createBody(document.resource, request, dto);
  },
);

/** The same with attributes that may be at fault, for a handler that has more to say about them. */
export const DraftDocument = createParamDecorator(
  (dto: DtoClass<object>, context: ExecutionContext): RequestBody<object> => {
    const { request, document } = read(context);
    return document.api.createDraft(document.resource, request, dto);
  },
);

/** The body of a command, read when the handler knows that the resource is there. Throws with every fault. */
export const CommandDocument = createParamDecorator(
  (dto: DtoClass<object>, context: ExecutionContext): (() => RequestBody<object>) => {
    const { request, document } = read(context);
    return () => document.api.createBody(document.resource, request, dto);
  },
);

/** The body of a change. Throws with every fault when it is read. */
export const ChangedDocument = createParamDecorator(
  (dto: DtoClass<object>, context: ExecutionContext): ChangeOf<object> => {
    const { request, document } = read(context);
    return (row) => document.api.updateBody(document.resource, request, dto, row);
  },
);

/** The same with attributes that may be at fault. */
export const ChangedDraft = createParamDecorator(
  (dto: DtoClass<object>, context: ExecutionContext): ChangeOf<object> => {
    const { request, document } = read(context);
    return (row) => document.api.updateDraft(document.resource, request, dto, row);
  },
);

/** The body of a relationship's address, read when the handler knows that the resource is there. 403 where the relationship cannot be changed. */
export const SentLinkageOf = createParamDecorator((_data: unknown, context: ExecutionContext): (() => SentLinkage) => {
  const { request, document } = read(context);
  return () => document.api.linkageBody(document.resource, request.params['name'] ?? '', request);
});

/** The header by which a change names the version that it is meant for. */
export const IfMatch = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | undefined =>
    context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'],
);
