import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../common/errors';

const FORM = 'application/x-www-form-urlencoded';

type FormUse = 'only' | 'too' | 'any';

/** A name that was sent several times has all its values, in their order. */
export type FormMembers = Readonly<Record<string, string | readonly string[]>>;

/** Names that could reach a prototype; JSON is refused for them too. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The handler takes a form of a browser; `too` beside JSON, `any` as multipart/form-data besides. Anywhere else a form is refused,
 * because it is what a browser sends across origins without asking. Not together with another `RouteConfig` on one handler.
 */
export function TakesForm(use: FormUse): MethodDecorator {
  return RouteConfig({ form: use }) as MethodDecorator;
}

/** Throws `unsupported_media_type` where the route found does not take a body of this type. */
export function assertBodyType(request: FastifyRequest, type: 'form' | 'json' | 'multipart'): void {
  if (request.is404) return;
  const use = formUse(request);
  if ((type === 'form' && use === undefined) || (type === 'multipart' && use !== 'any'))
    throw new DomainError('unsupported_media_type');
  if (type === 'json' && use === 'only')
    throw new DomainError('unsupported_media_type', { detail: `The request body must be sent as ${FORM}` });
}

/** Throws `malformed_request` for a form of an `any` route that cannot be stored as text. */
export function parseFormBody(request: FastifyRequest, body: string): FormMembers {
  const entries = new URLSearchParams(body);
  // Elsewhere the last value of each name counts (WHATWG URL, application/x-www-form-urlencoded parsing).
  return formUse(request) === 'any' ? gathered(entries) : Object.fromEntries(entries);
}

/** Nothing is left out and nothing is chosen: who reads a member says whether it may come several times. */
export function gathered(entries: Iterable<readonly [string, string]>): FormMembers {
  const members = new Map<string, string[]>();
  for (const [name, value] of entries) {
    assertStorable(name, value);
    const values = members.get(name);
    if (values === undefined) members.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries(
    Array.from(members, ([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]),
  );
}

function assertStorable(name: string, value: string): void {
  if (FORBIDDEN.has(name))
    throw new DomainError('malformed_request', { detail: `The field name ${name} is not allowed` });
  if (`${name}${value}`.includes('\0'))
    throw new DomainError('malformed_request', { detail: 'Fields of a form must not contain the character U+0000' });
}

function formUse({ routeOptions }: FastifyRequest): FormUse | undefined {
  return (routeOptions.config as { readonly form?: FormUse }).form;
}
