import type { FastifyInstance, FastifyReply } from 'fastify';
import { FAULT_NAMES, faultRequest } from './fault-request';
import type { FaultName, SandboxFaults } from './faults';

export const FAULTS_PATH = '/sandbox/faults';
/** What is armed at once: enough for every test, and an end to what a loop can fill. */
const MOST_ARMED = 100;

/** For integrators who want to force an outcome: GET lists the armed faults, POST arms, DELETE disarms everything or `?fault=`. */
export function faultRoutes(scope: FastifyInstance, faults: SandboxFaults): void {
  const told = (reply: FastifyReply): FastifyReply =>
    reply
      .header('cache-control', 'no-store')
      .send({ faults: faults.list().map(({ options, ...fault }) => ({ ...fault, ...options })) });
  scope.get(FAULTS_PATH, (_request, reply) => told(reply));
  scope.post(FAULTS_PATH, (request, reply) => {
    const wanted = faultRequest(request.body);
    if ('faults' in wanted) return refuse(reply, 'Validation failed', wanted.faults);
    if (faults.list().length >= MOST_ARMED)
      return refuse(reply, `At most ${MOST_ARMED} faults can be armed at once. DELETE ${FAULTS_PATH} disarms them`);
    faults.arm(wanted.name, wanted.options);
    return told(reply.status(201));
  });
  scope.delete<{ Querystring: { readonly fault?: string } }>(FAULTS_PATH, ({ query: { fault } }, reply) => {
    if (fault !== undefined && !FAULT_NAMES.includes(fault as FaultName))
      return refuse(reply, `fault must be one of ${FAULT_NAMES.join(', ')}`);
    if (fault === undefined) faults.clear();
    else faults.disarm(fault as FaultName);
    return told(reply);
  });
}

function refuse(reply: FastifyReply, error: string, details?: readonly unknown[]): FastifyReply {
  return reply.status(400).send({ error, ...(details === undefined ? {} : { details }) });
}
