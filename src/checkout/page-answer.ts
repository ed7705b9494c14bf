import type { FastifyReply } from 'fastify';
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

/** A form that was sent from another site, by its `Sec-Fetch-Site` header: not what the payer meant. */
export function isForeign(site: unknown): boolean {
  return site === 'cross-site' || site === 'same-site';
}
