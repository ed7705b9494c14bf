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
import type { AnswerOptions, DocumentQuery, ListQuery } from '../../../jsonapi/exchange';
import { JsonApi } from '../../../jsonapi/json-api';
import type { Loaders } from '../../../jsonapi/loaders';
import { PartnerLoadersService } from '../partner-loaders.service';
import type { DocumentRequest } from './document-request';
import { type DocumentShape, documentShape } from './document-shape';
import { DOCUMENTS, type DocumentRules } from './document-rules';

/** What a handler returns when its document says more than its rows. */
export class RowsWith<T> {
  constructor(
    readonly value: T,
    readonly options: AnswerOptions,
  ) {}
}

/** Rows with `meta` or headers of their own. */
export function rowsWith<T>(value: T, options: AnswerOptions): RowsWith<T> {
  return new RowsWith(value, options);
}

/** What a handler's decorators say of its documents. */
interface Plan extends DocumentRules {
  readonly shape: DocumentShape;
  /** Undefined where the shape decides. */
  readonly status: number | undefined;
}

/**
 * Between a request and its handler: the query is read before, and the rows that the handler returns become a document after.
 * What it is follows from the route: GET of a collection lists, POST to it creates, and so on. A handler that returns a finished
 * answer is let through.
 */
@Injectable()
export class DocumentInterceptor implements NestInterceptor {
  /** By controller and handler, which controllers may inherit: the decorators are read once. */
  private readonly plans = new Map<unknown, Map<unknown, Plan>>();

  constructor(
    private readonly reflector: Reflector,
    private readonly api: JsonApi,
    private readonly loaders: PartnerLoadersService,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<DocumentRequest>();
    const plan = this.planOf(context);
    const query = this.read(plan, request);
    request.document = { api: this.api, resource: plan.resource, query };
    const returned: unknown = await lastValueFrom(next.handle());
    if (returned instanceof FinishedAnswer) return of(returned);
    const { value, options } =
      returned instanceof RowsWith ? (returned as RowsWith<unknown>) : new RowsWith(returned, {});
    const status = plan.status === undefined ? {} : { status: plan.status };
    return of(await this.told(plan, request, query, value, { ...status, ...options }));
  }

  private planOf(context: ExecutionContext): Plan {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    const plans = this.plans.get(controller) ?? new Map<unknown, Plan>();
    this.plans.set(controller, plans);
    const known = plans.get(handler);
    if (known !== undefined) return known;
    const shape = documentShape(
      this.reflector.get<RequestMethod>(METHOD_METADATA, handler),
      this.reflector.get<string>(PATH_METADATA, handler),
    );
    const plan = {
      ...this.reflector.getAllAndOverride<DocumentRules>(DOCUMENTS, [handler, controller]),
      shape,
      status: this.reflector.get<number | undefined>(HTTP_CODE_METADATA, handler),
    };
    plans.set(handler, plan);
    return plan;
  }

  /** Throws with everything that is wrong with the query, and with a body of DELETE that names something else. */
  private read({ shape, resource, tenant, one }: Plan, request: DocumentRequest): DocumentQuery | undefined {
    if (shape === 'list') return this.api.listQuery(resource, request, tenantOf(request, tenant));
    if (shape === 'one' && one === 'filtered') return this.api.filteredQuery(resource, request);
    if (shape === 'one' || shape === 'created') return this.api.query(resource, request);
    const { id, name } = request.params;
    if (shape === 'nothing' && request.method === 'DELETE' && id !== undefined && name === undefined)
      this.api.deleteBody(resource, request, id);
    else if (shape === 'nothing') this.api.noQuery(request);
    return undefined;
  }

  private async told(
    { shape, resource }: Plan,
    request: DocumentRequest,
    query: DocumentQuery | undefined,
    value: unknown,
    options: AnswerOptions,
  ): Promise<FinishedAnswer> {
    if (shape === 'nothing') return this.api.noContent();
    const name = request.params['name'] ?? '';
    if (shape === 'related') return this.api.related(resource, name, request, value, this.loadersFor(request));
    if (shape === 'relationship')
      return this.api.relationship(resource, name, request, value, this.loadersFor(request));
    if (query === undefined) throw new Error('a document was asked for without a query');
    const loaders = query.include === undefined ? {} : this.loadersFor(request);
    if (shape === 'list')
      return this.api.list(resource, query as ListQuery<never, string>, value as unknown[], loaders, options);
    const version = resource.version(value);
    const versioned = version === undefined ? options : { version, ...options };
    return shape === 'created'
      ? this.api.created(resource, query, value, loaders, versioned)
      : this.api.one(resource, query, value, loaders, versioned);
  }

  private loadersFor({ principal }: DocumentRequest): Loaders {
    return principal === undefined ? {} : this.loaders.loadersFor(principal);
  }
}

/** Whose cursors: a page goes on for the same reader only. */
function tenantOf({ principal }: DocumentRequest, tenant: DocumentRules['tenant']): string {
  if (principal === undefined) throw new Error('a collection was asked for without a caller');
  return tenant === 'network' ? `${principal.merchantId} ${principal.network ?? ''}` : principal.merchantId;
}
