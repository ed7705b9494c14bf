import { type Answer, ApiClient } from './api-client';
import { expectSoundDocument } from './sound-document';

export const PARTNER = '/api/public/v1';

type Headers = Readonly<Record<string, string>>;

/** A partner's program: names addresses below the prefix, or follows the links it was given. Every answer is checked to be a sound document. */
export class PartnerProgram {
  private readonly client: ApiClient;

  constructor(
    private readonly url: string,
    headers: Headers,
  ) {
    this.client = new ApiClient(url, headers);
  }

  static withKey(url: string, secret: string): PartnerProgram {
    return new PartnerProgram(url, { authorization: `Bearer ${secret}` });
  }

  get(path: string, headers: Headers = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  /** `attributes` and `relationships` of a new resource, whose type is the last segment of the path. */
  create(path: string, attributes: object, relationships?: object, headers: Headers = {}): Promise<Answer> {
    const data = {
      type: typeOf(path),
      attributes,
      ...(relationships === undefined ? {} : { relationships }),
    };
    return this.send('POST', path, { data }, headers);
  }

  /** A command without a body. */
  command(path: string, headers: Headers = {}): Promise<Answer> {
    return this.send('POST', path, undefined, headers);
  }

  async send(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
    const target = path.startsWith(this.url) ? path.slice(this.url.length) : `${PARTNER}/${path}`;
    const answer = await this.client.send(method, target, body, {
      ...(body === undefined ? {} : { 'content-type': 'application/vnd.api+json' }),
      ...headers,
    });
    // Errors of an address that serves a file are documents all the same.
    if (answer.text !== '' && answer.headers.get('content-type') !== 'application/pdf')
      expectSoundDocument(answer, target);
    return answer;
  }
}

/** The last segment; of a command of subscriptions, which has a body, that of the collection. */
function typeOf(path: string): string | undefined {
  const segments = path.split('?', 1)[0]?.split('/') ?? [];
  return segments.length === 3 ? segments[0] : segments.at(-1);
}
