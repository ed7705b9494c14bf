import { isUtf8 } from 'node:buffer';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../common/errors';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

export type FormUse = 'only' | 'too' | 'any';

/** A name that was sent several times has all its values, in their order. */
export type FormMembers = Readonly<Record<string, string | readonly string[]>>;

/** Of handlers, for who describes them; a request finds it in the configuration of its route. */
const FORM_USE = 'form use';

/** A member of a list, as some clients write it: `images[]`, `images[0]`. The order is that of the fields. */
const LISTED = /^(\w+)\[\d{0,4}\]$/;

/** Names that could reach a prototype; JSON is refused for them too. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The handler takes a form of a browser; `too` beside JSON, `any` as multipart/form-data besides. Anywhere else a form is refused,
 * because it is what a browser sends across origins without asking. Not together with another `RouteConfig` on one handler.
 */
export function TakesForm(use: FormUse): MethodDecorator {
  return applyDecorators(RouteConfig({ form: use }), SetMetadata(FORM_USE, use)) as MethodDecorator;
}

/** The types of body that the route found takes, as a sentence names them. */
export function bodyTypes(request: Pick<FastifyRequest, 'is404' | 'routeOptions'>): string {
  const use = request.is404 ? undefined : formUse(request);
  if (use === 'only') return FORM;
  return { none: JSON_TYPE, too: `${JSON_TYPE} or ${FORM}`, any: `${JSON_TYPE}, ${FORM} or multipart/form-data` }[
    use ?? 'none'
  ];
}

/** Says what the route found takes. */
export function typeRefused(request: Pick<FastifyRequest, 'is404' | 'routeOptions'>, cause?: unknown): DomainError {
  return new DomainError('unsupported_media_type', {
    detail: `The request body must be sent as ${bodyTypes(request)}`,
    cause,
  });
}

/** What a handler declares with `TakesForm`. */
export function formOf(handler: object): FormUse | undefined {
  return Reflect.getMetadata(FORM_USE, handler) as FormUse | undefined;
}

/** Throws `unsupported_media_type` where the route found does not take a body of this type. */
export function assertBodyType(request: FastifyRequest, type: 'form' | 'json' | 'multipart'): void {
  if (request.is404) return;
  const use = formUse(request);
  const isRefused =
    (type === 'form' && use === undefined) ||
    (type === 'multipart' && use !== 'any') ||
    (type === 'json' && use === 'only');
  if (isRefused) throw typeRefused(request);
}

/** Throws `malformed_request` for a form of an `any` route that cannot be stored as text. */
export function parseFormBody(request: FastifyRequest, body: Buffer): FormMembers {
  const entries = new URLSearchParams(body.toString('utf8'));
  // Elsewhere the last value of each name counts (WHATWG URL, application/x-www-form-urlencoded parsing).
  if (formUse(request) !== 'any') return Object.fromEntries(entries);
  if (!isUtf8(decoded(body))) throw new DomainError('malformed_request', { detail: 'The form is not valid UTF-8' });
  return gathered(entries);
}

/** The bytes that a form stands for; `URLSearchParams` puts another character where they are no text. */
function decoded(body: Buffer): Buffer {
  const text = body.toString('latin1');
  return Buffer.from(
    text.replaceAll(/%([0-9a-f]{2})/gi, (_code, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  );
}

/** Nothing is left out and nothing is chosen: who reads a member says whether it may come several times. */
export function gathered(entries: Iterable<readonly [string, string]>): FormMembers {
  const members = new Map<string, string[]>();
  const lists = new Set<string>();
  for (const [written, value] of entries) {
    const name = LISTED.exec(written)?.[1] ?? written;
    if (name !== written) lists.add(name);
    assertStorable(name, value);
    const values = members.get(name);
    if (values === undefined) members.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries(
    Array.from(members, ([name, values]) => [
      name,
      values.length === 1 && !lists.has(name) ? (values[0] as string) : values,
    ]),
  );
}

function assertStorable(name: string, value: string): void {
  if (FORBIDDEN.has(name))
    throw new DomainError('malformed_request', { detail: `The field name ${name} is not allowed` });
  if (`${name}${value}`.includes('\0'))
    throw new DomainError('malformed_request', { detail: 'Fields of a form must not contain the character U+0000' });
}

function formUse({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): FormUse | undefined {
  return (routeOptions.config as { readonly form?: FormUse }).form;
}
