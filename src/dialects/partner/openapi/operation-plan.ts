import type { Resource } from '../../../jsonapi/resource';
import type { Noun, OperationNotes } from './nouns';
import type { PartnerRoute } from './partner-routes';

export type OperationKind =
  'list' | 'create' | 'read' | 'update' | 'delete' | 'command' | 'relationship' | 'relate' | 'related' | 'file';

/** One operation before it is written down. */
export interface OperationPlan {
  readonly kind: OperationKind;
  readonly route: PartnerRoute;
  /** With `{id}`, and relationships by their names. */
  readonly path: string;
  readonly operationId: string;
  readonly noun: Noun;
  readonly resource: Resource;
  /** For `relationship`, `relate` and `related`. */
  readonly relationship: Resource['relationships'][number] | undefined;
  readonly notes: OperationNotes;
  /** The answer has an ETag. */
  readonly tagged: boolean;
  /** If-Match is honoured. */
  readonly matches: boolean;
}

/** The operations of a route: one, or one for each relationship behind `:name`. Throws for a route without a description. */
export function plansOf(route: PartnerRoute, noun: Noun, resource: Resource): readonly OperationPlan[] {
  const rest = route.path.slice(resource.path.length + 1);
  if (!rest.endsWith('/:name')) return [plan(route, noun, resource, { rest, relationship: undefined })];
  const offered = resource.relationships.filter(
    ({ links, writable }) => links !== false && (route.method === 'GET' || writable === true),
  );
  return offered.map((relationship) =>
    plan(route, noun, resource, { rest: rest.replace(':name', relationship.name), relationship }),
  );
}

function plan(
  route: PartnerRoute,
  noun: Noun,
  resource: Resource,
  { rest, relationship }: { rest: string; relationship: OperationPlan['relationship'] },
): OperationPlan {
  const kind = route.produces === undefined ? kindOf(route.method, rest, relationship !== undefined) : 'file';
  const notes = notesOf(noun, `${route.method} ${rest}`.trim(), kind, relationship?.name);
  const versioned = noun.versioned === true;
  return {
    kind,
    route,
    path: `/${resource.path}${rest.replace(':id', '{id}')}`,
    operationId: notes.operationId ?? operationIdOf(kind, noun, notes, relationship?.name),
    noun,
    resource,
    relationship,
    notes,
    tagged:
      (versioned && (kind === 'create' || kind === 'read' || kind === 'update')) ||
      kind === 'file' ||
      notes.versioned === true,
    matches:
      (versioned && (kind === 'update' || kind === 'relate' || (kind === 'delete' && rest !== '/me'))) ||
      notes.versioned === true,
  };
}

function kindOf(method: PartnerRoute['method'], rest: string, related: boolean): OperationKind {
  if (related && rest.includes('/relationships/')) return method === 'GET' ? 'relationship' : 'relate';
  if (related) return 'related';
  if (method === 'GET') return rest === '' ? 'list' : 'read';
  if (method === 'POST') return rest === '' ? 'create' : 'command';
  return method === 'PATCH' ? 'update' : 'delete';
}

function notesOf(noun: Noun, key: string, kind: OperationKind, relationship: string | undefined): OperationNotes {
  const given = noun.operations[key];
  if (given !== undefined) return given;
  if (kind === 'related') return { summary: `Read the ${words(relationship ?? '')} of ${article(noun.singular)}` };
  if (kind === 'relationship')
    return {
      summary: `Read which ${words(relationship ?? '')} ${article(noun.singular)} has`,
      description: 'Identifiers only.',
    };
  throw new Error(`nobody has described ${key} of ${noun.type}`);
}

const VERBS: Partial<Record<OperationKind, string>> = {
  create: 'create',
  read: 'read',
  update: 'update',
  delete: 'delete',
};

function operationIdOf(
  kind: OperationKind,
  noun: Noun,
  { summary }: OperationNotes,
  relationship: string | undefined,
): string {
  if (kind === 'list') return `list${pascal(noun.plural)}`;
  if (relationship !== undefined)
    return `${kind === 'relate' ? 'update' : 'read'}${pascal(words(relationship))}${kind === 'related' ? '' : 'Relationship'}Of${pascal(noun.singular)}`;
  const verb = VERBS[kind] ?? summary.split(' ', 1)[0]?.toLowerCase() ?? '';
  return verb + pascal(noun.singular);
}

/** `payment link` -> PaymentLink, `API key` -> ApiKey. */
export function pascal(text: string): string {
  return text
    .split(' ')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join('');
}

/** `taxRate` -> tax rate. */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function article(singular: string): string {
  return /^[aeio]/i.test(singular) ? `an ${singular}` : `a ${singular}`;
}
