import {
  Asset,
  AuthClawbackEnabledFlag,
  AuthImmutableFlag,
  AuthRequiredFlag,
  AuthRevocableFlag,
  Claimant,
  Keypair,
  Operation,
  xdr,
} from '@stellar/stellar-sdk/base';

import type { AppliedTransaction } from './contract';
import { type Ran, TestLedger } from './ledger.fixture';

const XLM = Asset.native();
const NOBODY = Keypair.fromRawEd25519Seed(Buffer.alloc(32, 7)).publicKey();

interface World {
  readonly net: TestLedger;
  readonly issuer: Keypair;
  readonly a: Keypair;
  readonly b: Keypair;
  readonly usd: Asset;
}

/** An issuer, and two holders of 100 USD each. */
function world(issuerFlags = 0): World {
  const net = new TestLedger();
  const [issuer, a, b] = net.fund(['issuer', 'a', 'b']) as [Keypair, Keypair, Keypair];
  if (issuerFlags !== 0) net.must(issuer, [Operation.setOptions({ setFlags: issuerFlags as never })]);
  const usd = new Asset('USD', issuer.publicKey());
  for (const holder of [a, b]) {
    const operations = [Operation.changeTrust({ asset: usd, limit: '1000', source: holder.publicKey() })];
    if ((issuerFlags & AuthRequiredFlag) !== 0) {
      operations.push(
        Operation.setTrustLineFlags({ trustor: holder.publicKey(), asset: usd, flags: { authorized: true } }),
      );
    }
    operations.push(Operation.payment({ destination: holder.publicKey(), asset: usd, amount: '100' }));
    net.must(issuer, operations, { signers: [issuer, holder] });
  }
  return { net, issuer, a, b, usd };
}

type Case = readonly [expected: string, run: (w: World) => Ran | readonly string[], flags?: number];

const pay = (to: string, asset: Asset, amount: string): xdr.Operation =>
  Operation.payment({ destination: to, asset, amount });
const unauthorize = (w: World, who: Keypair): void => {
  w.net.must(w.issuer, [
    Operation.setTrustLineFlags({ trustor: who.publicKey(), asset: w.usd, flags: { authorized: false } }),
  ]);
};
/** The SDK refuses to build some malformed operations, so they are changed afterwards. */
function rewired(operation: xdr.Operation, change: (body: Record<string, unknown>) => void): xdr.Operation {
  const wire = operation.toXdrObject() as unknown as { body: Record<string, Record<string, unknown>> };
  const member = Object.keys(wire.body).find((key) => key !== 'type') as string;
  const body = { ...wire.body[member] };
  change(body);
  return xdr.Operation.fromXdrObject({ ...wire, body: { ...wire.body, [member]: body } } as never);
}
const NO_BALANCE = '11'.repeat(32);

const PAYMENT_CASES: Record<string, Case> = {
  'create_account to itself': [
    'op_malformed',
    ({ net, a }) => net.run(a, [Operation.createAccount({ destination: a.publicKey(), startingBalance: '5' })]),
  ],
  'create_account poor': [
    'op_underfunded',
    ({ net, a }) => net.run(a, [Operation.createAccount({ destination: NOBODY, startingBalance: '5000' })]),
  ],
  'create_account under the reserve': [
    'op_low_reserve',
    ({ net, a }) => net.run(a, [Operation.createAccount({ destination: NOBODY, startingBalance: '0.9999999' })]),
  ],
  'create_account again': [
    'op_already_exists',
    ({ net, a, b }) => net.run(a, [Operation.createAccount({ destination: b.publicKey(), startingBalance: '5' })]),
  ],
  'payment of nothing': [
    'op_malformed',
    ({ net, a, b }) =>
      net.run(a, [
        rewired(pay(b.publicKey(), XLM, '1'), (body) => {
          body['amount'] = 0n;
        }),
      ]),
  ],
  'payment into the reserve': ['op_underfunded', ({ net, a, b }) => net.run(a, [pay(b.publicKey(), XLM, '999')])],
  'payment above the line': [
    'op_underfunded',
    ({ net, a, b, usd }) => net.run(a, [pay(b.publicKey(), usd, '100.0000001')]),
  ],
  'payment without own trust': [
    'op_src_no_trust',
    ({ net, a, b, issuer }) => {
      const eur = net.issue(issuer, 'EUR', [b]);
      return net.run(a, [pay(b.publicKey(), eur, '1')]);
    },
  ],
  'payment while unauthorised': [
    'op_src_not_authorized',
    (w) => {
      unauthorize(w, w.a);
      return w.net.run(w.a, [pay(w.b.publicKey(), w.usd, '1')]);
    },
    AuthRevocableFlag,
  ],
  'payment to nobody': ['op_no_destination', ({ net, a }) => net.run(a, [pay(NOBODY, XLM, '1')])],
  'payment without trust': [
    'op_no_trust',
    ({ net, root = net.root, a, usd }: World & { root?: Keypair }) => net.run(a, [pay(root.publicKey(), usd, '1')]),
  ],
  'payment to the unauthorised': [
    'op_not_authorized',
    (w) => {
      unauthorize(w, w.b);
      return w.net.run(w.a, [pay(w.b.publicKey(), w.usd, '1')]);
    },
    AuthRevocableFlag,
  ],
  'payment above the limit': [
    'op_line_full',
    ({ net, issuer, b, usd }) => net.run(issuer, [pay(b.publicKey(), usd, '900.0000001')]),
  ],
  'payment into the room of a buy offer': [
    'op_line_full',
    ({ net, issuer, b, usd }) => {
      net.must(b, [sell(XLM, usd, '800')]);
      return net.run(issuer, [pay(b.publicKey(), usd, '100.0000001')]);
    },
  ],
  'payment of what an offer sells': [
    'op_underfunded',
    ({ net, a, b, usd }) => {
      net.must(a, [sell(usd, XLM, '60')]);
      return net.run(a, [pay(b.publicKey(), usd, '40.0000001')]);
    },
  ],
  'path without offers': [
    'op_too_few_offers',
    ({ net, a, b, usd }) =>
      net.run(a, [
        Operation.pathPaymentStrictReceive({
          sendAsset: XLM,
          sendMax: '10',
          destination: b.publicKey(),
          destAsset: usd,
          destAmount: '1',
          path: [],
        }),
      ]),
  ],
  'path over its maximum': [
    'op_over_source_max',
    ({ net, a, b, usd, issuer }) => {
      net.must(issuer, [Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '50', price: '2' })]);
      return net.run(a, [
        Operation.pathPaymentStrictReceive({
          sendAsset: XLM,
          sendMax: '1.9999999',
          destination: b.publicKey(),
          destAsset: usd,
          destAmount: '1',
          path: [],
        }),
      ]);
    },
  ],
  'path under its minimum': [
    'op_under_dest_min',
    ({ net, a, b, usd, issuer }) => {
      net.must(issuer, [Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '50', price: '2' })]);
      return net.run(a, [
        Operation.pathPaymentStrictSend({
          sendAsset: XLM,
          sendAmount: '2',
          destination: b.publicKey(),
          destAsset: usd,
          destMin: '1.0000001',
          path: [],
        }),
      ]);
    },
  ],
  'path over own offer': [
    'op_cross_self',
    ({ net, a, b, usd }) => {
      net.must(a, [Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '50', price: '2' })]);
      return net.run(a, [
        Operation.pathPaymentStrictSend({
          sendAsset: XLM,
          sendAmount: '2',
          destination: b.publicKey(),
          destAsset: usd,
          destMin: '1',
          path: [],
        }),
      ]);
    },
  ],
  'strict send to nobody': [
    'op_no_destination',
    ({ net, a, usd }) =>
      net.run(a, [
        Operation.pathPaymentStrictSend({
          sendAsset: usd,
          sendAmount: '2',
          destination: NOBODY,
          destAsset: XLM,
          destMin: '1',
          path: [],
        }),
      ]),
  ],
  'strict receive malformed': [
    'op_malformed',
    ({ net, a, b, usd }) =>
      net.run(a, [
        rewired(
          Operation.pathPaymentStrictReceive({
            sendAsset: XLM,
            sendMax: '1',
            destination: b.publicKey(),
            destAsset: usd,
            destAmount: '1',
            path: [],
          }),
          (body) => {
            body['sendMax'] = -1n;
          },
        ),
      ]),
  ],
  'op source unknown': [
    'op_no_source_account',
    ({ net, a, b }) => {
      const stranger = net.key('stranger');
      return net.run(
        a,
        [Operation.payment({ source: stranger.publicKey(), destination: b.publicKey(), asset: XLM, amount: '1' })],
        { signers: [a, stranger] },
      );
    },
  ],
  'op source unsigned': [
    'op_bad_auth',
    ({ net, a, b }) =>
      net.run(a, [Operation.payment({ source: b.publicKey(), destination: a.publicKey(), asset: XLM, amount: '1' })]),
  ],
  inflation: ['op_not_supported', ({ net, a }) => net.run(a, [Operation.inflation({})])],
  revoke_sponsorship: [
    'op_not_supported',
    ({ net, a, b }) => net.run(a, [Operation.revokeAccountSponsorship({ account: b.publicKey() })]),
  ],
};

const sell = (selling: Asset, buying: Asset, amount: string, price = '1', offerId = 0): xdr.Operation =>
  Operation.manageSellOffer({ selling, buying, amount, price, offerId });

const OFFER_CASES: Record<string, Case> = {
  'offer of an asset for itself': ['op_malformed', ({ net, a, usd }) => net.run(a, [sell(usd, usd, '1')])],
  'deleting no offer': ['op_malformed', ({ net, a, usd }) => net.run(a, [sell(usd, XLM, '0')])],
  'selling without trust': [
    'op_sell_no_trust',
    ({ net, a, issuer }) => net.run(a, [sell(new Asset('EUR', issuer.publicKey()), XLM, '1')]),
  ],
  'buying without trust': [
    'op_buy_no_trust',
    ({ net, a, issuer }) => net.run(a, [sell(XLM, new Asset('EUR', issuer.publicKey()), '1')]),
  ],
  'selling while unauthorised': [
    'sell_not_authorized',
    (w) => {
      unauthorize(w, w.a);
      return w.net.run(w.a, [sell(w.usd, XLM, '1')]);
    },
    AuthRevocableFlag,
  ],
  'buying while unauthorised': [
    'buy_not_authorized',
    (w) => {
      unauthorize(w, w.a);
      return w.net.run(w.a, [sell(XLM, w.usd, '1')]);
    },
    AuthRevocableFlag,
  ],
  'buying over the limit': ['op_line_full', ({ net, a, usd }) => net.run(a, [sell(XLM, usd, '901')])],
  'selling more than is there': ['op_underfunded', ({ net, a, usd }) => net.run(a, [sell(usd, XLM, '101')])],
  'crossing oneself': [
    'op_cross_self',
    ({ net, a, usd }) => {
      net.must(a, [sell(usd, XLM, '10')]);
      return net.run(a, [sell(XLM, usd, '10')]);
    },
  ],
  'changing no offer': ['op_offer_not_found', ({ net, a, usd }) => net.run(a, [sell(usd, XLM, '10', '1', 99)])],
  "changing another's offer": [
    'op_offer_not_found',
    ({ net, a, b, usd }) => {
      net.must(a, [sell(usd, XLM, '10')]);
      return net.run(b, [sell(usd, XLM, '10', '1', 1)]);
    },
  ],
  'offer without reserve': [
    'op_low_reserve',
    ({ net, a, b, usd }) => {
      net.must(a, [pay(b.publicKey(), XLM, '998.4999000')]);
      return net.run(a, [sell(usd, XLM, '1')]);
    },
  ],
  'buy offer underfunded': [
    'op_underfunded',
    ({ net, a, usd }) =>
      net.run(a, [Operation.manageBuyOffer({ selling: usd, buying: XLM, buyAmount: '101', price: '1' })]),
  ],
  'passive offer without trust': [
    'op_sell_no_trust',
    ({ net, a, issuer }) =>
      net.run(a, [
        Operation.createPassiveSellOffer({
          selling: new Asset('EUR', issuer.publicKey()),
          buying: XLM,
          amount: '1',
          price: '1',
        }),
      ]),
  ],
};

const TRUST_CASES: Record<string, Case> = {
  'trusting oneself': [
    'op_malformed',
    ({ net, issuer, usd }) => net.run(issuer, [Operation.changeTrust({ asset: usd })]),
  ],
  'trusting nobody': [
    'op_no_issuer',
    ({ net, a }) => net.run(a, [Operation.changeTrust({ asset: new Asset('XXX', NOBODY) })]),
  ],
  'limit under the balance': [
    'op_invalid_limit',
    ({ net, a, usd }) => net.run(a, [Operation.changeTrust({ asset: usd, limit: '99' })]),
  ],
  'deleting no line': [
    'op_invalid_limit',
    ({ net, a, issuer }) =>
      net.run(a, [Operation.changeTrust({ asset: new Asset('EUR', issuer.publicKey()), limit: '0' })]),
  ],
  'line without reserve': [
    'op_low_reserve',
    ({ net, a, b, issuer }) => {
      net.must(a, [pay(b.publicKey(), XLM, '998.4999000')]);
      return net.run(a, [Operation.changeTrust({ asset: new Asset('EUR', issuer.publicKey()) })]);
    },
  ],
  'flags by a stranger': [
    'op_malformed',
    ({ net, a, b, usd }) =>
      net.run(a, [Operation.setTrustLineFlags({ trustor: b.publicKey(), asset: usd, flags: { authorized: true } })]),
  ],
  'flags without line': [
    'op_no_trust',
    ({ net, issuer, usd, root = net.root }: World & { root?: Keypair }) =>
      net.run(issuer, [
        Operation.setTrustLineFlags({ trustor: root.publicKey(), asset: usd, flags: { authorized: true } }),
      ]),
  ],
  'revoking the irrevocable': [
    'op_cant_revoke',
    ({ net, issuer, a, usd }) =>
      net.run(issuer, [
        Operation.setTrustLineFlags({ trustor: a.publicKey(), asset: usd, flags: { authorized: false } }),
      ]),
  ],
  'both authorisations': [
    'op_invalid_state',
    ({ net, issuer, a, usd }) =>
      net.run(issuer, [
        Operation.setTrustLineFlags({
          trustor: a.publicKey(),
          asset: usd,
          flags: { authorizedToMaintainLiabilities: true },
        }),
      ]),
  ],
  'allow_trust without line': [
    'op_no_trust',
    ({ net, issuer }) =>
      net.run(issuer, [Operation.allowTrust({ trustor: NOBODY, assetCode: 'USD', authorize: true })]),
  ],
  'allow_trust on oneself': [
    'op_malformed',
    ({ net, issuer }) =>
      net.run(issuer, [Operation.allowTrust({ trustor: issuer.publicKey(), assetCode: 'USD', authorize: true })]),
  ],
  'allow_trust revoking': [
    'op_cant_revoke',
    ({ net, issuer, a }) =>
      net.run(issuer, [Operation.allowTrust({ trustor: a.publicKey(), assetCode: 'USD', authorize: false })]),
  ],
  'clawback by a stranger': [
    'op_malformed',
    ({ net, a, b, usd }) => net.run(a, [Operation.clawback({ asset: usd, from: b.publicKey(), amount: '1' })]),
  ],
  'clawback not enabled': [
    'op_not_clawback_enabled',
    ({ net, issuer, b, usd }) =>
      net.run(issuer, [Operation.clawback({ asset: usd, from: b.publicKey(), amount: '1' })]),
  ],
  'clawback without line': [
    'op_no_trust',
    ({ net, issuer, usd }) => net.run(issuer, [Operation.clawback({ asset: usd, from: NOBODY, amount: '1' })]),
  ],
  'clawback of more': [
    'op_underfunded',
    ({ net, issuer, b, usd }) =>
      net.run(issuer, [Operation.clawback({ asset: usd, from: b.publicKey(), amount: '101' })]),
    AuthRevocableFlag | AuthClawbackEnabledFlag,
  ],
};

const ACCOUNT_CASES: Record<string, Case> = {
  'unknown flag': ['op_unknown_flag', ({ net, a }) => net.run(a, [Operation.setOptions({ setFlags: 16 as never })])],
  'flag set and cleared': [
    'op_bad_flags',
    ({ net, a }) => net.run(a, [Operation.setOptions({ setFlags: AuthRequiredFlag, clearFlags: AuthRequiredFlag })]),
  ],
  'clawback without revocable': [
    'op_auth_revocable_required',
    ({ net, a }) => net.run(a, [Operation.setOptions({ setFlags: AuthClawbackEnabledFlag })]),
  ],
  'changing the immutable': [
    'op_cant_change',
    ({ net, a }) => {
      net.must(a, [Operation.setOptions({ setFlags: AuthImmutableFlag })]);
      return net.run(a, [Operation.setOptions({ setFlags: AuthRequiredFlag })]);
    },
  ],
  'threshold out of range': [
    'op_threshold_out_of_range',
    ({ net, a }) =>
      net.run(a, [
        rewired(Operation.setOptions({ lowThreshold: 1 }), (body) => {
          body['lowThreshold'] = 256;
        }),
      ]),
  ],
  'signer is oneself': [
    'op_bad_signer',
    ({ net, a }) => net.run(a, [Operation.setOptions({ signer: { ed25519PublicKey: a.publicKey(), weight: 1 } })]),
  ],
  'home domain with control characters': [
    'op_invalid_home_domain',
    ({ net, a }) => net.run(a, [Operation.setOptions({ homeDomain: 'a\u0001.example' })]),
  ],
  'inflation to nobody': [
    'op_invalid_inflation',
    ({ net, a }) => net.run(a, [Operation.setOptions({ inflationDest: NOBODY })]),
  ],
  'one signer too many': [
    'op_too_many_signers',
    ({ net, a }) => {
      const add = (index: number): xdr.Operation =>
        Operation.setOptions({ signer: { ed25519PublicKey: net.key(`s${index}`).publicKey(), weight: 1 } });
      net.must(
        a,
        Array.from({ length: 20 }, (_, index) => add(index)),
      );
      return net.run(a, [add(20)]);
    },
  ],
  'signer without reserve': [
    'op_low_reserve',
    ({ net, a, b }) => {
      net.must(a, [pay(b.publicKey(), XLM, '998.4999000')]);
      return net.run(a, [Operation.setOptions({ signer: { ed25519PublicKey: b.publicKey(), weight: 1 } })]);
    },
  ],
  'merge into itself': [
    'op_malformed',
    ({ net, a }) => net.run(a, [Operation.accountMerge({ destination: a.publicKey() })]),
  ],
  'merge into nobody': ['op_no_account', ({ net, a }) => net.run(a, [Operation.accountMerge({ destination: NOBODY })])],
  'merge of the immutable': [
    'op_immutable_set',
    ({ net, a, b }) => {
      net.must(a, [Operation.setOptions({ setFlags: AuthImmutableFlag })]);
      return net.run(a, [Operation.accountMerge({ destination: b.publicKey() })]);
    },
  ],
  'merge with a line': [
    'op_has_sub_entries',
    ({ net, a, b }) => net.run(a, [Operation.accountMerge({ destination: b.publicKey() })]),
  ],
  'merge with a far sequence': [
    'op_seq_num_too_far',
    ({ net, issuer, b }) => {
      net.must(issuer, [Operation.bumpSequence({ bumpTo: (1n << 60n).toString() })]);
      return net.run(issuer, [Operation.accountMerge({ destination: b.publicKey() })]);
    },
  ],
  'merge of a sponsor': [
    'op_is_sponsor',
    ({ net, issuer, b }) => {
      net.must(issuer, [
        Operation.createClaimableBalance({ asset: XLM, amount: '1', claimants: [new Claimant(b.publicKey())] }),
      ]);
      return net.run(issuer, [Operation.accountMerge({ destination: b.publicKey() })]);
    },
  ],
  'data removed twice': [
    'op_data_name_not_found',
    ({ net, a }) => net.run(a, [Operation.manageData({ name: 'x', value: null })]),
  ],
  'data with a bad name': [
    'op_data_invalid_name',
    ({ net, a }) => net.run(a, [Operation.manageData({ name: 'a\u0001', value: 'x' })]),
  ],
  'data without reserve': [
    'op_low_reserve',
    ({ net, a, b }) => {
      net.must(a, [pay(b.publicKey(), XLM, '998.4999000')]);
      return net.run(a, [Operation.manageData({ name: 'x', value: 'y' })]);
    },
  ],
  'bump below zero': [
    'op_bad_seq',
    ({ net, a }) =>
      net.run(a, [
        rewired(Operation.bumpSequence({ bumpTo: '1' }), (body) => {
          body['bumpTo'] = -1n;
        }),
      ]),
  ],
};

const balanceIdOf = (applied: AppliedTransaction): string =>
  String(applied.operations[0]!.effects[0]!.details['balance_id']);
const locked = (w: World, asset: Asset, amount = '1', who = w.b): string =>
  balanceIdOf(
    w.net.must(w.a, [Operation.createClaimableBalance({ asset, amount, claimants: [new Claimant(who.publicKey())] })]),
  );
const never = Claimant.predicateNot(Claimant.predicateUnconditional());

const CLAIM_CASES: Record<string, Case> = {
  'claimants twice': [
    'op_malformed',
    ({ net, a, b }) =>
      net.run(a, [
        Operation.createClaimableBalance({
          asset: XLM,
          amount: '1',
          claimants: [new Claimant(b.publicKey()), new Claimant(b.publicKey())],
        }),
      ]),
  ],
  'locking without trust': [
    'op_no_trust',
    ({ net, a, b, issuer }) =>
      net.run(a, [
        Operation.createClaimableBalance({
          asset: new Asset('EUR', issuer.publicKey()),
          amount: '1',
          claimants: [new Claimant(b.publicKey())],
        }),
      ]),
  ],
  'locking while unauthorised': [
    'op_not_authorized',
    (w) => {
      unauthorize(w, w.a);
      return w.net.run(w.a, [
        Operation.createClaimableBalance({ asset: w.usd, amount: '1', claimants: [new Claimant(w.b.publicKey())] }),
      ]);
    },
    AuthRevocableFlag,
  ],
  'locking too much': [
    'op_underfunded',
    ({ net, a, b, usd }) =>
      net.run(a, [
        Operation.createClaimableBalance({ asset: usd, amount: '101', claimants: [new Claimant(b.publicKey())] }),
      ]),
  ],
  'locking without reserve': [
    'op_low_reserve',
    ({ net, a, b, usd }) => {
      net.must(a, [pay(b.publicKey(), XLM, '998.4999000')]);
      return net.run(a, [
        Operation.createClaimableBalance({ asset: usd, amount: '1', claimants: [new Claimant(b.publicKey())] }),
      ]);
    },
  ],
  'claiming nothing': [
    'op_does_not_exist',
    ({ net, a }) => net.run(a, [Operation.claimClaimableBalance({ balanceId: `00000000${NO_BALANCE}` })]),
  ],
  'claiming what is not ours': [
    'op_cannot_claim',
    (w) => w.net.run(w.a, [Operation.claimClaimableBalance({ balanceId: locked(w, XLM) })]),
  ],
  'claiming too early': [
    'op_cannot_claim',
    (w) => {
      const applied = w.net.must(w.a, [
        Operation.createClaimableBalance({
          asset: XLM,
          amount: '1',
          claimants: [new Claimant(w.b.publicKey(), never)],
        }),
      ]);
      return w.net.run(w.b, [Operation.claimClaimableBalance({ balanceId: balanceIdOf(applied) })]);
    },
  ],
  'claiming over the limit': [
    'op_line_full',
    (w) => {
      const balanceId = locked(w, w.usd, '50');
      w.net.must(w.b, [Operation.changeTrust({ asset: w.usd, limit: '120' })]);
      return w.net.run(w.b, [Operation.claimClaimableBalance({ balanceId })]);
    },
  ],
  'claiming without trust': [
    'op_no_trust',
    (w) => w.net.run(w.net.root, [Operation.claimClaimableBalance({ balanceId: locked(w, w.usd, '1', w.net.root) })]),
  ],
  'claiming while unauthorised': [
    'op_not_authorized',
    (w) => {
      const balanceId = locked(w, w.usd);
      unauthorize(w, w.b);
      return w.net.run(w.b, [Operation.claimClaimableBalance({ balanceId })]);
    },
    AuthRevocableFlag,
  ],
  'clawing back nothing': [
    'op_does_not_exist',
    ({ net, issuer }) => net.run(issuer, [Operation.clawbackClaimableBalance({ balanceId: `00000000${NO_BALANCE}` })]),
  ],
  'clawing back by a stranger': [
    'op_no_issuer',
    (w) => w.net.run(w.b, [Operation.clawbackClaimableBalance({ balanceId: locked(w, w.usd) })]),
  ],
  'clawing back the free': [
    'op_not_clawback_enabled',
    (w) => w.net.run(w.issuer, [Operation.clawbackClaimableBalance({ balanceId: locked(w, w.usd) })]),
  ],
  'sponsoring oneself': [
    'op_malformed',
    ({ net, a }) => net.run(a, [Operation.beginSponsoringFutureReserves({ sponsoredId: a.publicKey() })]),
  ],
  'sponsored twice': [
    'op_already_sponsored',
    ({ net, a, b, issuer }) => {
      const ran = net.run(
        a,
        [
          Operation.beginSponsoringFutureReserves({ sponsoredId: b.publicKey() }),
          Operation.beginSponsoringFutureReserves({ sponsoredId: b.publicKey(), source: issuer.publicKey() }),
        ],
        { signers: [a, issuer] },
      );
      return [ran.codes[0]!, ran.codes[2]!];
    },
  ],
  'sponsoring in a chain': [
    'op_recursive',
    ({ net, a, b, issuer }) => {
      const ran = net.run(
        a,
        [
          Operation.beginSponsoringFutureReserves({ sponsoredId: b.publicKey() }),
          Operation.beginSponsoringFutureReserves({ sponsoredId: issuer.publicKey(), source: b.publicKey() }),
        ],
        { signers: [a, b] },
      );
      return [ran.codes[0]!, ran.codes[2]!];
    },
  ],
  'ending nothing': ['op_not_sponsored', ({ net, a }) => net.run(a, [Operation.endSponsoringFutureReserves({})])],
};

describe.each(Object.entries({ PAYMENT_CASES, OFFER_CASES, TRUST_CASES, ACCOUNT_CASES, CLAIM_CASES }))(
  '%s',
  (_name, cases) => {
    it.each(Object.entries(cases))('%s', (_title, [expected, run, flags]) => {
      const ran = run(world(flags));
      expect('codes' in ran ? ran.codes : ran).toEqual(['tx_failed', expected]);
    });
  },
);

it('crosses no more than a thousand offers', () => {
  const { net, issuer, a, usd } = world();
  const makers = net.fund(
    Array.from({ length: 11 }, (_, index) => `maker${index}`),
    '100000',
  );
  for (const maker of makers) {
    net.must(maker, [Operation.changeTrust({ asset: usd })]);
    net.must(issuer, [Operation.payment({ destination: maker.publicKey(), asset: usd, amount: '100' })]);
    net.must(
      maker,
      Array.from({ length: 92 }, () => sell(usd, XLM, '0.01', '1')),
    );
  }
  expect(net.run(a, [sell(XLM, usd, '10.05', '1')]).codes).toEqual(['tx_failed', 'op_exceeded_work_limit']);
});
