import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type RequestMethod,
} from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { Reflector } from '@nestjs/core';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { FinishedAnswer } from '../../../http/finished-answer';
import { type AnswerOptions, type DocumentQuery, JsonApi, type ListQuery } from '../../../jsonapi/json-api';
import type { Loaders } from '../../../jsonapi/loaders';
import type { Resource } from '../../../jsonapi/resource';
import { PartnerLoadersService } from '../partner-loaders.service';
import type { DocumentRequest } from './document-request';
import { type DocumentShape, documentShape } from './document-shape';
import { TELLS, type Tells } from './tells';
import { Told } from './told';

/**
 * Between a request and its handler: the query is read before, and the rows that the handler returns become a document after.
 * What it is follows from the route: GET of a collection lists, POST to it creates, and so on. A handler that returns a finished
 * answer is let through.
 */
@Injectable()
export class DocumentInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly api: JsonApi,
    private readonly loaders: PartnerLoadersService,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<DocumentRequest>();
    const { resource, tenant } = this.reflector.getAllAndOverride<Tells>(TELLS, [
      context.getHandler(),
      context.getClass(),
    ]);
    const handler = context.getHandler();
    const shape = documentShape(
      this.reflector.get<RequestMethod>(METHOD_METADATA, handler),
      this.reflector.get<string>(PATH_METADATA, handler),
    );
    const query = this.read(shape, resource, request, tenant);
    request.document = { api: this.api, resource, query };
    const returned: unknown = await lastValueFrom(next.handle());
    if (returned instanceof FinishedAnswer) return of(returned);
    const rows: Told<unknown> = returned instanceof Told ? returned : new Told(returned, {});
    const status = this.reflector.get<number | undefined>(HTTP_CODE_METADATA, handler);
    return of(
      await this.told(shape, resource, request, query, rows.value, {
        ...(status === undefined ? {} : { status }),
        ...rows.options,
      }),
    );
  }

  /** Throws with everything that is wrong with the query, and with a body of DELETE that names something else. */
  private read(
    shape: DocumentShape,
    resource: Resource,
    request: DocumentRequest,
    tenant: Tells['tenant'],
  ): DocumentQuery | undefined {
    if (shape === 'list') return this.api.listQuery(resource, request, tenantOf(request, tenant));
    if (shape === 'one' || shape === 'created') return this.api.query(resource, request);
    if (
      shape === 'nothing' &&
      request.method === 'DELETE' &&
      request.params['id'] !== undefined &&
      request.params['name'] === undefined
    )
      this.api.deleteBody(resource, request, request.params['id']);
    else if (shape === 'nothing') this.api.noQuery(request);
    return undefined;
  }

  private async told(
    shape: DocumentShape,
    resource: Resource,
    request: DocumentRequest,
    query: DocumentQuery | undefined,
    value: unknown,
    options: AnswerOptions,
  ): Promise<FinishedAnswer> {
    if (shape === 'nothing') return this.api.noContent();
    const { principal } = request;
    const loaders: Loaders = principal === undefined ? {} : this.loaders.of(principal);
    const name = request.params['name'] ?? '';
    if (shape === 'related') return this.api.related(resource, name, request, value, loaders);
    if (shape === 'relationship') return this.api.relationship(resource, name, request, value, loaders);
    if (query === undefined) throw new Error('a document was asked for without a query');
    if (shape === 'list')
      return this.api.list(resource, query as ListQuery<never, string>, value as unknown[], loaders, options);
    const version = resource.version(value);
    const versioned = version === undefined ? options : { version, ...options };
    return shape === 'created'
      ? this.api.created(resource, query, value, loaders, versioned)
      : this.api.one(resource, query, value, loaders, versioned);
  }
}

/** Whose cursors: a page goes on for the same reader only. */
function tenantOf({ principal }: DocumentRequest, tenant: Tells['tenant']): string {
  if (principal === undefined) throw new Error('a collection was asked for without a caller');
  return tenant === 'network' ? `${principal.merchantId} ${principal.network ?? ''}` : principal.merchantId;
}
