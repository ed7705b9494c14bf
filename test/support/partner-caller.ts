import { JSON_API } from '../../src/jsonapi/media-type';
import { type Answer, ApiClient } from './api-client';
import { expectSoundDocument } from './sound-document';

const PREFIX = '/api/public/v1';

/** Attributes and relationships of a resource object about to be sent. */
export interface Sent {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly relationships?: Readonly<Record<string, { readonly data: unknown }>>;
}

type Headers = Readonly<Record<string, string>>;

/** Speaks JSON:API to the partner family; every answer must be a valid document of exactly the right content type. */
export class PartnerCaller {
  private readonly client: ApiClient;

  constructor(url: string, headers: Headers) {
    this.client = new ApiClient(url, headers);
  }

  static bearer(url: string, token: string): PartnerCaller {
    return new PartnerCaller(url, { authorization: `Bearer ${token}` });
  }

  get(path: string, headers: Headers = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  /** POST of a new resource of this type to its collection. */
  create(type: string, path: string, sent: Sent, headers: Headers = {}): Promise<Answer> {
    return this.send('POST', path, { data: { type, ...sent } }, headers);
  }

  /** POST to an address that is a command. */
  command(path: string, headers: Headers = {}): Promise<Answer> {
    return this.send('POST', path, undefined, headers);
  }

  update(type: string, path: string, sent: Sent, headers: Headers = {}): Promise<Answer> {
    return this.send('PATCH', path, { data: { type, id: path.split('/').at(-1), ...sent } }, headers);
  }

  delete(path: string, headers: Headers = {}): Promise<Answer> {
    return this.send('DELETE', path, undefined, headers);
  }

  /** A string body is sent as it is. */
  async send(method: string, path: string, body: unknown, headers: Headers = {}): Promise<Answer> {
    const answer = await this.client.send(method, PREFIX + path, body, {
      ...(body === undefined ? {} : { 'content-type': JSON_API }),
      ...headers,
    });
    if (answer.status === 204 || answer.status === 304) expect(answer.text).toBe('');
    else expectSoundDocument(answer, path);
    return answer;
  }
}

/** The codes, pointers or parameters an answer complains about. */
export function complaints({ body }: Answer): string[] {
  return body.errors.map((error: { code: string; source?: Record<string, string> }) =>
    `${error.code} ${Object.values(error.source ?? {}).join(' ')}`.trim(),
  );
}
