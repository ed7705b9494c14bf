import type { FastifyInstance, FastifyReply } from 'fastify';
import { ClockRefusal, type ClockMovesService } from './clock-moves.service';
import { clockRequest } from './clock-request';
import type { DueWork } from './due-work';

export const CLOCK_PATH = '/sandbox/clock';

/**
 * For integrators who cannot wait: GET returns the time, POST moves it ahead and answers when everything due on the way is done.
 *
 * @public loaded by `app.sandbox` where the sandbox is hosted, which the search for dead code does not follow
 */
export function clockRoutes(scope: FastifyInstance, moves: ClockMovesService, work: DueWork): void {
  const told = (reply: FastifyReply, body: object): FastifyReply =>
    reply.header('cache-control', 'no-store').send(body);
  scope.addHook('preClose', (done) => {
    moves.halt();
    done();
  });
  scope.get(CLOCK_PATH, (_request, reply) => told(reply, moves.face()));
  scope.post(CLOCK_PATH, async (request, reply) => {
    const asked = clockRequest(request.body);
    if ('faults' in asked) return told(reply.status(400), { error: 'Validation failed', details: asked.faults });
    try {
      return told(reply, await moves.move(asked, work));
    } catch (error) {
      if (!(error instanceof ClockRefusal)) throw error;
      return told(reply.status(error.status), { error: error.message, ...moves.face() });
    }
  });
}
