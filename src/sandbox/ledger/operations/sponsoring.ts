import { refuse } from '../refusal';
import { addressOf } from '../wire';
import type { OperationRule } from './rule';

const BEGIN_CODES = { malformed: -1, alreadySponsored: -2, recursive: -3 };
const END_CODES = { notSponsored: -1 };

export const beginSponsoring: OperationRule<16> = {
  threshold: () => 'medium',

  check({ beginSponsoringFutureReservesOp: { sponsoredId } }, source) {
    return addressOf(sponsoredId) === source ? BEGIN_CODES.malformed : undefined;
  },

  apply({ sponsorships, source }, { beginSponsoringFutureReservesOp: op }) {
    const sponsored = addressOf(op.sponsoredId);
    if (sponsorships.has(sponsored)) refuse(BEGIN_CODES.alreadySponsored);
    const isChain = sponsorships.has(source.account) || [...sponsorships.values()].includes(sponsored);
    if (isChain) refuse(BEGIN_CODES.recursive);
    sponsorships.set(sponsored, source.account);
    return { result: { type: 16, beginSponsoringFutureReservesResult: { code: 0 } } };
  },

  describe({ beginSponsoringFutureReservesOp: op }) {
    const sponsored = addressOf(op.sponsoredId);
    return { details: { sponsored_id: sponsored }, participants: [sponsored] };
  },
};

export const endSponsoring: OperationRule<17> = {
  threshold: () => 'medium',

  check: () => undefined,

  apply({ sponsorships, source }) {
    const sponsor = sponsorships.get(source.account);
    if (sponsor === undefined) refuse(END_CODES.notSponsored);
    sponsorships.delete(source.account);
    return { result: { type: 17, endSponsoringFutureReservesResult: { code: 0 } }, beginSponsor: sponsor };
  },

  describe(_body, _source, outcome) {
    const sponsor = outcome?.beginSponsor;
    return sponsor === undefined ? { details: {} } : { details: { begin_sponsor: sponsor }, participants: [sponsor] };
  },
};
