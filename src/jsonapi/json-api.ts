import { knowsTag } from '../common/entity-tag';
import { FinishedAnswer } from '../http/finished-answer';
import { CompoundLoader, type TypedRow } from './compound';
import type { CursorCodec } from './cursor';
import { DocumentWriter, type Frame } from './document';
import type { Filters } from './filters';
import type { IncludeTree } from './include-tree';
import type { Loaders } from './loaders';
import { contentTypeOf, JSON_API, negotiate } from './media-type';
import { cutPage, keysetPage } from './page';
import { entityTag } from '../http/preconditions';
import { encodedTarget, hasQuery, headerOf, isRead } from '../http/request-facts';
import type { AnswerOptions, DocumentQuery, IncomingRequest, ListQuery } from './exchange';
import { ALL_FIELDS, QueryReader } from './query';
import type { DtoClass } from './request-attributes';
import { assertReadable, includedTypes } from './read-scopes';
import { readBody, type RequestBody } from './request-body';
import { assertNamesResource } from './request-document';
import { readLinkage, type SentLinkage } from './request-relationships';
import { type JsonValue, relationshipOf, type Resource } from './resource';
import type { Resources } from './resources';
import { ToldResource } from './told-resource';

/** What controllers use: queries and bodies in, answers out. Refusals are DomainErrors. */
export class JsonApi {
  constructor(
    private readonly resources: Resources,
    /** Origin and prefix without a slash at the end, for example `https://pay.example/api/public/v1`. */
    private readonly baseUrl: string,
    private readonly cursors: CursorCodec,
  ) {
    if (JSON.stringify(baseUrl) !== `"${baseUrl}"` || baseUrl.endsWith('/'))
      throw new Error(`${baseUrl} cannot begin a link`);
  }

  /** For GET of one resource, POST and PATCH: `include` and `fields`. */
  query(resource: Resource, request: IncomingRequest): DocumentQuery {
    return this.parameters(request, [resource]);
  }

  /** For GET of one resource that is worked out for the filters of its query. */
  filteredQuery(resource: Resource, request: IncomingRequest): DocumentQuery {
    const reader = new QueryReader(request.url, this.resources);
    const parameters = reader.filtered(resource as Resource<never>);
    reader.finish();
    this.assertIncludable(request, parameters.include, [resource]);
    return { request, ...parameters };
  }

  /** For requests whose answer has no resource in it: every parameter is refused. */
  noQuery(request: IncomingRequest): void {
    if (!hasQuery(request)) return;
    new QueryReader(request.url, this.resources).finish();
  }

  /** For GET of a collection. Cursors are good for this tenant only. */
  listQuery<Row, F extends Filters, S extends string>(
    resource: Resource<Row, F, S>,
    request: IncomingRequest,
    tenant: string,
  ): ListQuery<F, S> {
    const reader = new QueryReader(request.url, this.resources);
    const parameters = reader.list(resource);
    reader.finish();
    assertReadable([resource.type], this.resources, request);
    this.assertIncludable(request, parameters.include, [resource as Resource]);
    const page = keysetPage(resource.type, parameters, tenant, this.cursors);
    return { request, include: parameters.include, fields: parameters.fields, filter: parameters.filter, page };
  }

  createBody<T extends object>(resource: Resource, request: IncomingRequest, dto: DtoClass<T>): RequestBody<T> {
    const body = this.createDraft(resource, request, dto);
    body.assertShapes();
    return body;
  }

  /** The same with attributes that may be at fault. The handler adds its own faults; `assertAll` or `refusals` reports all of them. */
  createDraft<T extends object>(resource: Resource, request: IncomingRequest, dto: DtoClass<T>): RequestBody<T> {
    return readBody(request.body, resource, this.resources, dto);
  }

  /** A change of `row`: members equal to what it shows now may be sent back with it. */
  updateBody<T extends object, Row>(
    resource: Resource<Row>,
    request: IncomingRequest,
    dto: DtoClass<T>,
    row: Row,
  ): RequestBody<T> {
    const body = this.updateDraft(resource, request, dto, row);
    body.assertShapes();
    return body;
  }

  updateDraft<T extends object, Row>(
    resource: Resource<Row>,
    request: IncomingRequest,
    dto: DtoClass<T>,
    row: Row,
  ): RequestBody<T> {
    const id = resource.id(row);
    const told = new ToldResource(
      resource as Resource,
      row,
      this.resources,
      `${this.baseUrl}/${resource.path}/${encodeURIComponent(id)}`,
    );
    return readBody(request.body, resource as Resource, this.resources, dto, { id, told });
  }

  /** DELETE may carry the identifier of what it deletes; 409 when it is another one. */
  deleteBody(resource: Resource, request: IncomingRequest, id: string): void {
    this.noQuery(request);
    assertNamesResource(request.body, resource, id);
  }

  /** The body of PATCH, POST or DELETE on a relationship address. 403 where it cannot be changed. */
  linkageBody(resource: Resource, name: string, request: IncomingRequest): SentLinkage {
    this.noQuery(request);
    return readLinkage(request.body, relationshipOf(resource, name), this.resources);
  }

  /** One resource as primary data, 200 unless said otherwise. */
  async one<Row>(
    resource: Resource<Row>,
    query: DocumentQuery,
    row: Row,
    loaders: Loaders = {},
    options: AnswerOptions = {},
  ): Promise<FinishedAnswer> {
    const tag = options.version === undefined || query.include !== undefined ? undefined : entityTag(options.version);
    const headers =
      tag === undefined ? { ...options.headers } : { etag: tag, ...this.cacheHeaders(query), ...options.headers };
    if (tag !== undefined && isRead(query.request) && knowsTag(headerOf(query.request, 'if-none-match'), tag))
      return new FinishedAnswer(304, headers, JSON_API, null);
    const typed = { resource: resource as Resource, row };
    const writer = await this.writer(query, [typed], loaders, { meta: options.meta });
    return new FinishedAnswer(options.status ?? 200, headers, JSON_API, writer.one(typed));
  }

  /** 201 with `Location`, which is the resource's own `links.self`. */
  created<Row>(
    resource: Resource<Row>,
    query: DocumentQuery,
    row: Row,
    loaders: Loaders = {},
    options: AnswerOptions = {},
  ): Promise<FinishedAnswer> {
    const location = `${this.baseUrl}/${resource.path}/${encodeURIComponent(resource.id(row))}`;
    return this.one(resource, query, row, loaders, {
      status: 201,
      ...options,
      headers: { location, ...options.headers },
    });
  }

  /** One page, from at most `query.page.limit` rows in the order of `query.page.order`. */
  async list<Row, F extends Filters, S extends string>(
    resource: Resource<Row, F, S>,
    query: ListQuery<F, S>,
    found: readonly Row[],
    loaders: Loaders = {},
    options: AnswerOptions = {},
  ): Promise<FinishedAnswer> {
    const { rows, links } = cutPage(resource, query.page, found, this.selfOf(query.request), this.cursors);
    const negotiated = negotiate(headerOf(query.request, 'accept'));
    const contentType = contentTypeOf(negotiated);
    const typed = rows.map((row) => ({ resource: resource as Resource, row }));
    const profiled = negotiated.profiles.length === 0 ? undefined : { profiles: negotiated.profiles, contentType };
    const writer = await this.writer(query, typed, loaders, { page: links, profiled, meta: options.meta });
    return new FinishedAnswer(options.status ?? 200, { ...options.headers }, contentType, writer.many(typed));
  }

  /** `GET /{path}/{id}/{name}`: what a relationship leads to, `data: null` where it is empty. 404 for an unknown name. */
  async related<Row>(
    resource: Resource<Row>,
    name: string,
    request: IncomingRequest,
    row: Row,
    loaders: Loaders,
  ): Promise<FinishedAnswer> {
    const relationship = relationshipOf(resource as Resource, name);
    assertReadable(relationship.types, this.resources, request);
    const query = this.parameters(request, this.resources.targetsOf(relationship));
    const { rows } = await new CompoundLoader(this.resources, loaders).related(
      { resource: resource as Resource, row },
      relationship,
    );
    const writer = await this.writer(query, rows, loaders, {});
    return new FinishedAnswer(
      200,
      {},
      JSON_API,
      relationship.to === 'many' ? writer.many(rows) : writer.one(rows[0] ?? null),
    );
  }

  /** `GET /{path}/{id}/relationships/{name}`: linkage as primary data; `include` starts at the relationship's own name. */
  async relationship<Row>(
    resource: Resource<Row>,
    name: string,
    request: IncomingRequest,
    row: Row,
    loaders: Loaders,
  ): Promise<FinishedAnswer> {
    const relationship = relationshipOf(resource as Resource, name);
    const query = this.parameters(request, [{ ...(resource as Resource), relationships: [relationship] }]);
    const owner: TypedRow = { resource: resource as Resource, row };
    const loading = new CompoundLoader(this.resources, loaders);
    const compound = query.include === undefined ? undefined : await loading.load([owner], query.include, false);
    const known = compound === undefined ? relationship.linkage?.(row) : compound.linkage(owner, relationship);
    // What the row itself does not know is read from others.
    if (known === undefined) assertReadable(relationship.types, this.resources, request);
    const linkage =
      known === undefined
        ? (await new CompoundLoader(this.resources, loaders).related(owner, relationship)).linkage
        : known;
    const related = `${this.baseUrl}/${resource.path}/${encodeURIComponent(resource.id(row))}/${name}`;
    const frame: Frame = { baseUrl: this.baseUrl, self: this.selfOf(request), related };
    return document(new DocumentWriter(frame, query.fields, compound).linkage(linkage ?? null));
  }

  /** One page of `GET /{path}/{id}/relationships/{name}` where the linkage is too long for one document. */
  identifiers<Row, F extends Filters, S extends string>(
    owner: Resource,
    ownerId: string,
    name: string,
    query: ListQuery<F, S>,
    target: Resource<Row, F, S>,
    found: readonly Row[],
  ): FinishedAnswer {
    const self = this.selfOf(query.request);
    const { rows, links } = cutPage(target, query.page, found, self, this.cursors);
    const related = `${this.baseUrl}/${owner.path}/${encodeURIComponent(ownerId)}/${name}`;
    const writer = new DocumentWriter({ baseUrl: this.baseUrl, self, related, page: links }, query.fields, undefined);
    return document(writer.linkage(rows.map((row) => ({ type: target.type, id: target.id(row) }))));
  }

  /** A document that has nothing but `meta`. */
  meta(request: IncomingRequest, meta: Readonly<Record<string, JsonValue>>, status = 200): FinishedAnswer {
    const frame: Frame = { baseUrl: this.baseUrl, self: this.selfOf(request), meta };
    return document(new DocumentWriter(frame, new Map(), undefined).meta(), status);
  }

  noContent(): FinishedAnswer {
    return new FinishedAnswer(204, {}, JSON_API, null);
  }

  private parameters(request: IncomingRequest, roots: readonly Resource[]): DocumentQuery {
    if (!hasQuery(request)) return { request, include: undefined, fields: ALL_FIELDS };
    const reader = new QueryReader(request.url, this.resources);
    const parameters = reader.document(roots);
    reader.finish();
    this.assertIncludable(request, parameters.include, roots);
    return { request, ...parameters };
  }

  private assertIncludable(
    request: IncomingRequest,
    include: IncludeTree | undefined,
    roots: readonly Resource[],
  ): void {
    if (include !== undefined) assertReadable(includedTypes(include, roots, this.resources), this.resources, request);
  }

  private async writer(
    query: DocumentQuery,
    primary: readonly TypedRow[],
    loaders: Loaders,
    frame: Partial<Frame>,
  ): Promise<DocumentWriter> {
    const compound =
      query.include === undefined
        ? undefined
        : await new CompoundLoader(this.resources, loaders).load(primary, query.include);
    return new DocumentWriter(
      { baseUrl: this.baseUrl, self: this.selfOf(query.request), ...frame },
      query.fields,
      compound,
    );
  }

  /** The public address of a request. */
  private selfOf({ url }: IncomingRequest): string {
    const origin = /^https?:\/\/[^/]+/.exec(this.baseUrl)?.[0] ?? '';
    return origin + encodedTarget({ url });
  }

  private cacheHeaders(query: DocumentQuery): Record<string, string> {
    return isRead(query.request) ? { 'cache-control': 'private, no-cache', vary: 'Accept, Authorization' } : {};
  }
}

function document(body: ReturnType<DocumentWriter['linkage']>, status = 200): FinishedAnswer {
  return new FinishedAnswer(status, {}, JSON_API, body);
}
