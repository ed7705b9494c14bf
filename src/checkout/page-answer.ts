import type { FastifyReply, FastifyRequest } from 'fastify';
import { HTML_TYPE, pageHeaders } from './page-security';

/** A page, or the way to one. */
export type PageAnswer =
  | {
      readonly status: number;
      readonly page: string;
      readonly retryAfterSeconds?: number;
      /** The hosts beside ours that the page shows images of. */
      readonly imageHosts?: readonly string[];
    }
  | { readonly location: string };

/** `more` in the place of the usual headers of a page. */
export function sendPage(reply: FastifyReply, answer: PageAnswer, more: Readonly<Record<string, string>> = {}): void {
  const imageHosts = 'location' in answer ? [] : (answer.imageHosts ?? []);
  void reply.headers({ ...pageHeaders(imageHosts), ...more });
  if ('location' in answer) return void reply.status(303).header('location', answer.location).send();
  if (answer.retryAfterSeconds !== undefined) void reply.header('retry-after', String(answer.retryAfterSeconds));
  return void reply.status(answer.status).type(HTML_TYPE).send(answer.page);
}

/**
 * A form that was sent from another site: not what the payer meant. Browsers that do not say `Sec-Fetch-Site` say where they come from. `null` is no
 * site: pages that hide their address are sent from there, ours among them.
 */
export function isForeign({ headers }: Pick<FastifyRequest, 'headers'>, publicUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'cross-site' || site === 'same-site';
  const { origin, host } = headers;
  if (origin === undefined || origin === 'null') return false;
  if (!URL.canParse(origin)) return true;
  return new URL(origin).host !== host && new URL(origin).origin !== new URL(publicUrl).origin;
}
