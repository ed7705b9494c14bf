import {
  account,
  currencyCode,
  day,
  decimal,
  hash,
  instant,
  type JsonSchema,
  muxedOrAccount,
  sum,
} from '../../../http/json-schema';

const PAYER = 'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ';

/** Values for texts of a shape of their own. */
const BY_PATTERN: ReadonlyMap<string | undefined, string> = new Map([
  [decimal.pattern, '25.00'],
  [sum.pattern, '25.00'],
  [instant.pattern, '2030-01-01T12:00:00.000Z'],
  [day.pattern, '2030-01-01'],
  [account.pattern, PAYER],
  [muxedOrAccount.pattern, PAYER],
  [hash.pattern, '3389e9f0f1a65f19736cacf544c2e825313e8447f569233bb8db39aa607c8889'],
  [currencyCode.pattern, 'USDC'],
  [String.raw`^\d{1,20}$`, '4711'],
  [String.raw`^M[A-Z2-7]{68}$`, 'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAASM7BTC'],
]);
const BY_FORMAT: Readonly<Record<string, string>> = {
  uri: 'https://pay.example.com/pay/3x5m7k9n2q4r6t8v',
  email: 'grace@example.com',
  'date-time': '2030-01-01T12:00:00.000Z',
};

/** A value that the schema accepts: not null where there is another choice, and the first of several. Throws for a text whose pattern has no example. */
export function exampleValue(schema: JsonSchema): unknown {
  const choice = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].find((each) => each.type !== 'null');
  if (choice !== undefined) return exampleValue(choice);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  switch ([schema.type ?? 'object'].flat().find((each) => each !== 'null')) {
    case 'string':
      return exampleText(schema);
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 0, Math.min(3, schema.maximum ?? 3));
    case 'boolean':
      return true;
    case 'array':
      return schema.items === undefined ? [] : [exampleValue(schema.items)];
    case undefined:
      return null;
    default:
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, member]) => [name, exampleValue(member)]),
      );
  }
}

function exampleText({ pattern, format, maxLength, minLength }: JsonSchema): string {
  const known = BY_PATTERN.get(pattern) ?? BY_FORMAT[format ?? ''];
  if (known !== undefined) return known;
  if (pattern !== undefined) throw new Error(`texts like ${pattern} have no example`);
  return 'text'.slice(0, maxLength).padEnd(minLength ?? 0, '.');
}
