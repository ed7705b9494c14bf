import type { Example } from './nouns';

/** What the variables of an example stand for where no shell fills them in. */
const SAMPLES: Readonly<Record<string, string>> = {
  RANDOM: '4711',
  IN_A_DAY: '2030-01-01T00:00:00.000Z',
  WALLET: 'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ',
  SIGNATURE: 'kZ0yPzJ3dHVhkX0mJ4uVqQ1oVb8T0rE2mX5cW7nL9sYfA3gB6iDjKlMnOpQrStUvWxYz0123456789ABCDEFGA==',
};
/** Of every resource in an example whose ids are UUIDs. */
export const SAMPLE_ID = '01890000-0000-7000-8000-000000000000';

/** Shell variable that holds the id of a resource: PAYMENT_LINK_ID. */
export function idVariable(singular: string): string {
  return `${singular.toUpperCase().replaceAll(' ', '_')}_ID`;
}

/** The `data` of a request: POST without `id`, PATCH with the variable that holds it. */
export function requestData(
  type: string,
  id: string | undefined,
  { attributes, relationships }: Example,
): Record<string, unknown> {
  const linkage = Object.entries(relationships ?? {}).map(([name, data]) => [name, { data }] as const);
  return {
    type,
    ...(id === undefined ? {} : { id: `$${id}` }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(linkage.length === 0 ? {} : { relationships: Object.fromEntries(linkage) }),
  };
}

/** The same value with samples in place of variables. */
export function sampled(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value).replaceAll(/\$([A-Z_]+)/g, (_all, name: string) => SAMPLES[name] ?? SAMPLE_ID),
  );
}

export interface Sample {
  readonly method: string;
  /** With `$VARIABLES`. */
  readonly path: string;
  readonly body: unknown;
  readonly bearer: 'KEY' | 'SESSION' | undefined;
  readonly idempotent: boolean;
}

/** A command for a shell that has URL, KEY (or SESSION) and the ids that are named. */
export function curlOf({ method, path, body, bearer, idempotent }: Sample): string {
  const lines = [
    `curl -g${method === 'GET' ? '' : ` -X ${method}`} "$URL${path}"`,
    ...(bearer === undefined ? [] : [`-H "Authorization: Bearer $${bearer}"`]),
    ...(idempotent ? ['-H "Idempotency-Key: $(openssl rand -hex 16)"'] : []),
    ...(body === undefined
      ? []
      : [
          '-H "Content-Type: application/vnd.api+json"',
          `--data-binary @- <<END\n${JSON.stringify(body, null, 2)}\nEND`,
        ]),
  ];
  return lines.join(' \\\n  ');
}
