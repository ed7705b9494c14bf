import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from './validators';
import { constraintMessage } from '../common/constraint-message';
import { DomainError, type InputFault } from '../common/errors';
import { NumberText } from '../common/number-text';
import { forgetNestedNulls, forgetNulls, keepSent, nestedLists, sameValue } from '../common/sent-value';
import { DECIDED_CHANGE, DECIDED_NEW, nameFaults } from './member-names';

export type DtoClass<T> = new () => T;

type Members = Readonly<Record<string, unknown>>;

/** Members that only the service may decide: sending one is refused, so that no client believes it took effect. */
const DECIDED_BY_SERVER = new Set([
  'id',
  'publicId',
  'merchantId',
  'status',
  'memo',
  'number',
  'invoiceNumber',
  'paidAt',
  'paid',
  'received',
  'amountReceived',
  'paidAmount',
  'transactionHash',
  'confirmedAt',
  'destination',
  'destinationAddress',
  'createdAt',
  'updatedAt',
  'approvedBy',
  'usedCount',
  'issuer',
  'assetIssuer',
]);

export interface SentBody<T> {
  /** Without the members at fault. */
  readonly dto: T;
  readonly faults: readonly InputFault[];
}

/**
 * Members -> dto class, and all their faults. Unknown members are dropped, except those that look like money or
 * state, which are refused. Null is absent in what is new.
 */
export function readNew<T extends object>(dtoClass: DtoClass<T>, sent: Members): SentBody<T> {
  const { dto, faults } = readQuery(dtoClass, sent);
  const known = namesOf(dtoClass);
  const refused = Object.keys(sent).filter((name) => DECIDED_BY_SERVER.has(name) && !known.has(name));
  return {
    dto,
    faults: [
      ...refused.map((path) => ({ path, message: DECIDED_NEW })),
      ...nameFaults(dtoClass, sent, { known, decided: DECIDED_BY_SERVER }, true),
      ...faults,
    ],
  };
}

/** The same of what is asked for: a question changes nothing, so whatever is not known in it is ignored. */
export function readQuery<T extends object>(dtoClass: DtoClass<T>, sent: Members): SentBody<T> {
  const dto = made(dtoClass, sent);
  forgetNulls(dto);
  return { dto, faults: validated(dto, () => false).faults };
}

/**
 * The same for a change. A member equal to the one in `told`, the present state, is not a change: a client may send back
 * all that it read. Null empties a member that may be empty.
 */
export function readChange<T extends object>(dtoClass: DtoClass<T>, sent: Members, told: Members): SentBody<T> {
  const isTold = (name: string): boolean => Object.hasOwn(told, name) && sameValue(sent[name], told[name]);
  const news = Object.fromEntries(Object.entries(sent).filter(([name]) => !isTold(name)));
  const dto = made(dtoClass, news);
  forgetNestedNulls(dto);
  const { faults } = validated(dto, isTold);
  const known = namesOf(dtoClass);
  const decided = new Set([...DECIDED_BY_SERVER, ...Object.keys(told)]);
  const refused = Object.keys(news).filter((name) => decided.has(name) && !known.has(name));
  return {
    dto,
    faults: [
      ...refused.map((path) => ({ path, message: DECIDED_CHANGE })),
      ...nameFaults(dtoClass, news, { known, decided }, false),
      ...faults,
    ],
  };
}

function made<T extends object>(dtoClass: DtoClass<T>, sent: Members): T {
  return keepSent(plainToInstance(dtoClass, sent, { enableImplicitConversion: false }), sent) as T;
}

function namesOf(dtoClass: DtoClass<object>): ReadonlySet<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dtoClass, '', false, false);
  return new Set(rules.map(({ propertyName }) => propertyName));
}

/** The members that a rule reads, and the rule, which throws a DomainError. The error is reported at the first member. */
export type MemberRule = readonly [readonly [string, ...string[]], () => unknown];

/**
 * Runs every rule whose members are sound, and throws the faults of the shapes and of the rules at once. A single refusal
 * keeps its own sentence and status. An error that is not a fault of the input is thrown only when there is no such fault.
 */
export async function assertAll({ faults }: SentBody<object>, rules: readonly MemberRule[]): Promise<void> {
  const isFaulty = (name: string): boolean => faults.some(({ path }) => path.split('.', 1)[0] === name);
  const refusals: { readonly path: string; readonly error: DomainError }[] = [];
  for (const [needs, check] of rules) {
    if (needs.some(isFaulty)) continue;
    try {
      await check();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refusals.push({ path: needs[0], error });
    }
  }
  const about = refusals.filter(({ error }) => error.status === 400 || error.status === 422);
  const [first] = [...about, ...refusals];
  const found = [
    ...faults,
    ...about.flatMap(({ path, error }) =>
      error.faults.length > 0 ? error.faults : [{ path, message: error.message }],
    ),
  ];
  if (faults.length === 0 && about.length <= 1 && first !== undefined) throw first.error;
  if (found.length > 0) throw validationFailed(found);
}

export function assertMembers(value: unknown, what: string): asserts value is Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof NumberText)
    throw validationFailed([{ path: '', message: `${what} must be a JSON object` }]);
}

/** Throws `validation_failed` for a body that is not an object, or absent. */
export function bodyMembers(body: unknown, types = 'application/json'): Members {
  if (body === undefined)
    throw new DomainError('validation_failed', { detail: `The request has no body: send ${withObject(types)}` });
  assertMembers(body, 'the body');
  return body;
}

/** `types` as `bodyTypes` names them: JSON first. */
function withObject(types: string): string {
  return types.startsWith('application/json') ? `a JSON object as ${types}` : types;
}

export function validationFailed(faults: readonly InputFault[]): DomainError {
  return new DomainError('validation_failed', { faults });
}

/** Takes what is at fault, and what the class does not know, out of the dto. */
function validated(dto: object, isTold: (name: string) => boolean): { readonly faults: readonly InputFault[] } {
  const members = dto as Record<string, unknown>;
  const errors = validateSync(dto, {
    whitelist: true,
    forbidUnknownValues: true,
    validationError: { target: false },
  }).filter(({ property }) => !isTold(property));
  for (const { property } of errors) delete members[property];
  const lists = nestedLists(dto);
  for (const [first] of lists) delete members[String(first)];
  return {
    faults: [
      ...errors.flatMap((error) => flatten(error)),
      ...lists.map((path) => ({ path: path.join('.'), message: 'must not be a list inside a list' })),
    ],
  };
}

function flatten(error: ValidationError, prefix = ''): InputFault[] {
  const path = `${prefix}${error.property}`;
  const message = constraintMessage(error);
  const own = message === undefined ? [] : [{ path, message }];
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, `${path}.`))];
}
