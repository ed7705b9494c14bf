import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../common/errors';

const FORM = 'application/x-www-form-urlencoded';

type FormUse = 'only' | 'too';

/**
 * The handler takes a form of a browser; `too` beside JSON. Anywhere else a form is refused, because it is what a
 * browser sends across origins without asking. Not together with another `RouteConfig` on one handler.
 */
export function TakesForm(use: FormUse): MethodDecorator {
  return RouteConfig({ form: use }) as MethodDecorator;
}

/** Throws `unsupported_media_type` where the route found does not take a body of this type. */
export function assertBodyType(request: FastifyRequest, type: 'form' | 'json'): void {
  if (request.is404) return;
  const use = (request.routeOptions.config as { form?: FormUse }).form;
  if (type === 'form' && use === undefined) throw new DomainError('unsupported_media_type');
  if (type === 'json' && use === 'only')
    throw new DomainError('unsupported_media_type', { detail: `The request body must be sent as ${FORM}` });
}

/** The last value of each name (WHATWG URL, application/x-www-form-urlencoded parsing). */
export function parseFormBody(body: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body));
}
