/** Of the client, which has no types of its own, what the tests use. */
declare module 'devour-client' {
  // oxlint-disable-next-line typescript/no-explicit-any
  type Loose = any;

  interface Answer {
    readonly data: Loose;
    readonly links?: Readonly<Record<string, string | null>>;
    readonly meta?: Loose;
  }

  interface Options {
    readonly apiUrl: string;
    readonly bearer: string;
    readonly logger: boolean;
    readonly errorBuilder?: (error: Loose) => unknown;
  }

  type Relationship = { readonly jsonApi: 'hasOne' | 'hasMany'; readonly type: string };

  class JsonApi {
    constructor(options: Options);
    headers: Record<string, string>;
    define(
      model: string,
      attributes: Readonly<Record<string, '' | Relationship>>,
      options?: { readonly collectionPath?: string; readonly readOnly?: readonly string[]; readonly type?: string },
    ): void;
    one(model: string, id: string): this;
    all(model: string): this;
    relationships(name?: string): this;
    get(params?: object): Promise<Answer>;
    post(payload: object): Promise<Answer>;
    patch(payload: object | null): Promise<Answer>;
    find(model: string, id: string, params?: object): Promise<Answer>;
    findAll(model: string, params?: object): Promise<Answer>;
    create(model: string, payload: object, params?: object): Promise<Answer>;
    update(model: string, payload: object, params?: object): Promise<Answer>;
    destroy(model: string, id: string): Promise<Answer>;
    request(url: string): Promise<Answer>;
  }

  export = JsonApi;
}
