import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SUBMIT_FAULTS } from '../faults';
import { Faucet, FaucetRefusal } from '../faucet';
import type { AppliedTransaction } from '../ledger/contract';
import { type EnvelopeSummary, MalformedEnvelope } from '../submission';
import { accountParam } from './params';
import { badRequest, invalidField, problem, submissionTimeout, transactionFailed } from './problems';
import { HAL, type HorizonSurface, queryOf } from './surface';

/** TransactionResultCode values (stellar-transaction.x) answered by faults. */
const BAD_SEQ = -5;
const INSUFFICIENT_FEE = -9;

export function submitRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  scope.post('/transactions', async (request, reply) => {
    const envelopeXdr = formField(request, 'tx');
    const envelope = readable(surface, envelopeXdr);
    if (struckBySubmitFault(surface, request, reply, envelope, envelopeXdr)) return reply;
    const outcome = await surface.network.submit(envelopeXdr);
    if (outcome.kind === 'timeout') throw submissionTimeout(outcome.hash, envelopeXdr);
    if (outcome.kind === 'refused') throw transactionFailed(envelopeXdr, outcome.resultXdr, outcome.resultCodes);
    const { transaction } = outcome;
    if (!transaction.successful) throw transactionFailed(envelopeXdr, transaction.resultXdr, transaction.resultCodes);
    return reply.type(HAL).send(transactionText(surface, transaction, envelope.hash));
  });
  scope.post('/transactions_async', (request, reply) => {
    const envelopeXdr = formField(request, 'tx');
    const { hash } = readable(surface, envelopeXdr);
    const answer = (status: number, body: Readonly<Record<string, string>>): FastifyReply =>
      reply.status(status).type(HAL).send(JSON.stringify(body));
    if (surface.network.faults.take('async_duplicate', surface.pathOf(request)) !== undefined)
      return answer(409, { tx_status: 'DUPLICATE', hash });
    if (surface.network.faults.take('async_try_again_later', surface.pathOf(request)) !== undefined)
      return answer(503, { tx_status: 'TRY_AGAIN_LATER', hash });
    const queued = surface.network.submitAsync(envelopeXdr);
    if (queued.status === 'ERROR') return answer(400, { error_result_xdr: queued.resultXdr, tx_status: 'ERROR', hash });
    const status = { PENDING: 201, DUPLICATE: 409, TRY_AGAIN_LATER: 503 }[queued.status];
    return answer(status, { tx_status: queued.status, hash });
  });
  friendbotRoutes(scope, surface);
}

/** True when a fault has answered. Throws the problems that faults answer with. */
function struckBySubmitFault(
  surface: HorizonSurface,
  request: FastifyRequest,
  reply: FastifyReply,
  envelope: EnvelopeSummary,
  envelopeXdr: string,
): boolean {
  const { network } = surface;
  const surge = network.faults.standing('ledger_surge');
  if (surge !== undefined && envelope.feePerOperation < BigInt(surge.fee ?? 10_000)) {
    throw transactionFailed(envelopeXdr, emptyResult(INSUFFICIENT_FEE), { transaction: 'tx_insufficient_fee' });
  }
  const struck = network.faults.takeOneOf(
    SUBMIT_FAULTS.filter((name) => name.startsWith('submit_')),
    surface.pathOf(request),
  );
  if (struck === undefined) return false;
  if (struck.name === 'submit_504_then_success' || struck.name === 'submit_reset_after')
    network.submitAsync(envelopeXdr);
  if (struck.name === 'submit_false_bad_seq')
    throw transactionFailed(envelopeXdr, emptyResult(BAD_SEQ), { transaction: 'tx_bad_seq' });
  if (struck.name.startsWith('submit_504')) throw submissionTimeout(envelope.hash, envelopeXdr);
  reply.hijack();
  request.raw.socket.resetAndDestroy();
  return true;
}

/** TransactionResult without operation results: fee 0, the code, extension 0. */
function emptyResult(code: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32BE(code, 8);
  return bytes.toString('base64');
}

function readable(surface: HorizonSurface, envelopeXdr: string): EnvelopeSummary {
  try {
    return surface.network.read(envelopeXdr);
  } catch (error) {
    if (error instanceof MalformedEnvelope) throw problem('transaction_malformed', { envelope_xdr: envelopeXdr });
    throw error;
  }
}

function formField(request: FastifyRequest, name: string): string {
  const body = request.body as URLSearchParams | undefined;
  return body?.get(name) ?? '';
}

function transactionText(surface: HorizonSurface, transaction: AppliedTransaction, asked: string): string {
  const record = surface.network.history.transaction(transaction.hash);
  if (record === undefined) throw problem('server_error');
  return surface.records.transaction(record, asked);
}

function friendbotRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  const faucet = new Faucet(surface.network);
  scope.route({
    method: ['GET', 'POST'],
    url: '/friendbot',
    handler: async (request, reply) => {
      const query = queryOf(request);
      const address = query['addr'] ?? formField(request, 'addr');
      const asset = query['asset'] ?? formField(request, 'asset');
      accountParam(address, 'addr');
      if (asset !== '' && asset !== 'native' && asset !== 'USDC' && asset !== 'EURC')
        throw invalidField('asset', 'Accepted values: native, USDC, EURC');
      const transaction = await granted(
        asset === 'USDC' || asset === 'EURC' ? faucet.give(address, asset) : faucet.fund(address),
      );
      return reply.type(HAL).send(transactionText(surface, transaction, transaction.hash));
    },
  });
}

async function granted(wish: Promise<AppliedTransaction>): Promise<AppliedTransaction> {
  try {
    return await wish;
  } catch (error) {
    throw error instanceof FaucetRefusal ? badRequest(error.message) : error;
  }
}
