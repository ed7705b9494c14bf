/** In the order in which they are preferred where the client has no preference. */
const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** RFC 9110 section 12.5.3: the encoding that the client likes best of ours; undefined for as it is. Without the header nothing is assumed. */
export function acceptedEncoding(header: string | string[] | undefined): Encoding | undefined {
  if (header === undefined) return undefined;
  const weights = new Map(
    String(header)
      .split(',')
      .map((part) => weighed(part)),
  );
  const weightOf = (name: string): number =>
    weights.get(name) ?? (name === 'gzip' ? weights.get('x-gzip') : undefined) ?? weights.get('*') ?? 0;
  const [best] = ENCODINGS.map((name) => ({ name, weight: weightOf(name) })).toSorted((a, b) => b.weight - a.weight);
  // `identity;q=1, gzip;q=0.5` asks for as it is.
  return best === undefined || best.weight === 0 || best.weight < (weights.get('identity') ?? 0)
    ? undefined
    : best.name;
}

function weighed(part: string): [name: string, weight: number] {
  const [name = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase().replaceAll(' ', ''));
  const weight = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(parameters[0] ?? 'q=1');
  return [name, weight === null ? 0 : Number(weight[1])];
}
