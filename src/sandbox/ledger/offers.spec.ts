import { Asset, type Keypair, Operation, xdr } from '@stellar/stellar-sdk/base';

import { sandboxAsset, TestLedger } from './ledger.fixture';

const XLM = Asset.native();

interface Market {
  readonly net: TestLedger;
  readonly issuer: Keypair;
  readonly maker: Keypair;
  readonly taker: Keypair;
  readonly usd: Asset;
  readonly eur: Asset;
}

function market(): Market {
  const net = new TestLedger();
  const [issuer, maker, taker] = net.fund(['issuer', 'maker', 'taker'], '10000') as [Keypair, Keypair, Keypair];
  const usd = net.issue(issuer, 'USD', [maker, taker], '1000');
  const eur = net.issue(issuer, 'EUR', [maker, taker], '1000');
  return { net, issuer, maker, taker, usd, eur };
}

function units(amount: string): bigint {
  return BigInt(Math.round(Number(amount) * 1e7));
}

describe('offers', () => {
  it('rest in the book by price, then by age, and lock what they promise', () => {
    const { net, maker, usd } = market();
    const prices = ['0.5', '0.3', '0.5', '0.4'];
    const applied = net.must(
      maker,
      prices.map((price) => Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '10', price })),
    );
    expect(net.engine.offers(sandboxAsset(usd), sandboxAsset(XLM)).map(({ id }) => id)).toEqual([2n, 4n, 1n, 3n]);
    expect(net.engine.trustlinesOf(maker.publicKey()).find(({ asset }) => asset.code === 'USD')).toMatchObject({
      sellingLiabilities: units('40'),
    });
    expect(net.engine.account(maker.publicKey())).toMatchObject({ buyingLiabilities: units('17'), subentries: 6 });
    expect(applied.operations[1]).toMatchObject({
      details: {
        amount: '10.0000000',
        price: '0.3000000',
        price_r: { n: 3, d: 10 },
        buying_asset_type: 'native',
        selling_asset_code: 'USD',
        offer_id: '0',
      },
      effects: [],
    });
    expect(
      net.run(maker, [Operation.payment({ destination: net.root.publicKey(), asset: usd, amount: '961' })]).codes[1],
    ).toBe('op_no_trust');
    expect(
      net.run(maker, [Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '961', price: '1' })]).codes[1],
    ).toBe('op_underfunded');
  });

  it('cross each other at the price of the one that was there', () => {
    const { net, maker, taker, usd } = market();
    net.must(maker, [Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '10', price: '2' })]);
    const before = { maker: net.balance(maker, XLM), taker: net.balance(taker, XLM) };
    const applied = net.must(taker, [
      Operation.manageSellOffer({ selling: XLM, buying: usd, amount: '8', price: '0.4' }),
    ]);
    expect(net.balance(taker, usd)).toBe(units('1004'));
    expect(net.balance(taker, XLM)).toBe(before.taker - units('8') - 100n);
    expect(net.balance(maker, XLM)).toBe(before.maker + units('8'));
    expect(net.engine.offersOf(maker.publicKey())).toMatchObject([{ id: 1n, amount: units('6') }]);
    expect(net.engine.offersOf(taker.publicKey())).toEqual([]);
    expect(applied.operations[0]?.effects).toMatchObject([
      {
        type: 'trade',
        account: taker.publicKey(),
        details: {
          seller: maker.publicKey(),
          offer_id: '1',
          sold_amount: '8.0000000',
          sold_asset_type: 'native',
          bought_amount: '4.0000000',
          bought_asset_code: 'USD',
        },
      },
      {
        type: 'trade',
        account: maker.publicKey(),
        details: {
          seller: taker.publicKey(),
          offer_id: '1',
          sold_amount: '4.0000000',
          sold_asset_code: 'USD',
          bought_amount: '8.0000000',
          bought_asset_type: 'native',
        },
      },
    ]);
    const result = xdr.TransactionResult.fromXdr(applied.resultXdr, 'base64').result;
    expect(result.type === 'txSuccess' && result.results[0]?.type === 'opInner' && result.results[0].tr.type).toBe(
      'manageSellOffer',
    );
  });

  it('leave the rest of a larger order in the book', () => {
    const { net, maker, taker, usd } = market();
    net.must(maker, [Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '10', price: '2' })]);
    net.must(taker, [Operation.manageBuyOffer({ selling: XLM, buying: usd, buyAmount: '15', price: '2' })]);
    expect(net.balance(taker, usd)).toBe(units('1010'));
    expect(net.engine.offersOf(maker.publicKey())).toEqual([]);
    expect(net.engine.offersOf(taker.publicKey())).toMatchObject([{ amount: units('10'), price: { n: 1, d: 2 } }]);
    expect(net.engine.account(taker.publicKey())).toMatchObject({ sellingLiabilities: units('10'), subentries: 3 });
  });

  it('change and go', () => {
    const { net, maker, usd } = market();
    net.must(maker, [Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '10', price: '2' })]);
    net.must(maker, [Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '4', price: '3', offerId: 1 })]);
    expect(net.engine.offersOf(maker.publicKey())).toMatchObject([
      { id: 1n, amount: units('4'), price: { n: 3, d: 1 } },
    ]);
    net.must(maker, [Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '0', price: '3', offerId: 1 })]);
    expect(net.engine.offersOf(maker.publicKey())).toEqual([]);
    expect(net.engine.account(maker.publicKey())).toMatchObject({ buyingLiabilities: 0n, subentries: 2 });
    expect(net.engine.tradedAssets()).toEqual([]);
  });

  it('are not taken at their own price when passive', () => {
    const { net, maker, taker, usd } = market();
    net.must(maker, [Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '10', price: '2' })]);
    net.must(taker, [Operation.createPassiveSellOffer({ selling: XLM, buying: usd, amount: '20', price: '0.5' })]);
    expect(net.engine.offersOf(taker.publicKey())).toMatchObject([{ passive: true, amount: units('20') }]);
    expect(net.engine.offersOf(maker.publicKey())).toMatchObject([{ amount: units('10') }]);
    net.must(taker, [Operation.manageSellOffer({ selling: XLM, buying: usd, amount: '2', price: '0.5' })]);
    expect(net.engine.offersOf(maker.publicKey())).toMatchObject([{ amount: units('9') }]);
  });
});

describe('path payments', () => {
  function pathMarket(): Market {
    const m = market();
    m.net.must(m.maker, [
      Operation.manageSellOffer({ selling: m.usd, buying: XLM, amount: '50', price: '2' }),
      Operation.manageSellOffer({ selling: m.usd, buying: XLM, amount: '50', price: '3' }),
      Operation.manageSellOffer({ selling: m.eur, buying: m.usd, amount: '50', price: '1.1' }),
    ]);
    return m;
  }

  it('deliver an exact amount through an asset in between', () => {
    const { net, maker, taker, usd, eur } = pathMarket();
    const [shop] = net.fund(['shop']) as [Keypair];
    net.must(shop, [Operation.changeTrust({ asset: eur })]);
    const quote = net.engine.quoteStrictReceive(sandboxAsset(XLM), [sandboxAsset(usd)], sandboxAsset(eur), units('20'));
    expect(quote).toBe(units('44'));
    const before = net.balance(taker, XLM);
    const applied = net.must(taker, [
      Operation.pathPaymentStrictReceive({
        sendAsset: XLM,
        sendMax: '50',
        destination: shop.publicKey(),
        destAsset: eur,
        destAmount: '20',
        path: [usd],
      }),
    ]);
    expect(net.balance(shop, eur)).toBe(units('20'));
    expect(before - net.balance(taker, XLM)).toBe(units('44') + 100n);
    expect(applied.operations[0]?.details).toMatchObject({
      amount: '20.0000000',
      asset_code: 'EUR',
      source_amount: '44.0000000',
      source_max: '50.0000000',
      source_asset_type: 'native',
      path: [{ asset_type: 'credit_alphanum4', asset_code: 'USD', asset_issuer: usd.getIssuer() }],
    });
    expect(applied.operations[0]?.effects.map(({ type, account }) => [type, account])).toEqual([
      ['account_credited', shop.publicKey()],
      ['account_debited', taker.publicKey()],
      ['trade', taker.publicKey()],
      ['trade', maker.publicKey()],
      ['trade', taker.publicKey()],
      ['trade', maker.publicKey()],
    ]);
    const success = xdr.TransactionResult.fromXdr(applied.resultXdr, 'base64').toXdrObject();
    expect(success.result).toMatchObject({
      code: 0,
      results: [
        {
          tr: {
            pathPaymentStrictReceiveResult: {
              success: {
                offers: [{ orderBook: { offerId: 1n } }, { orderBook: { offerId: 3n } }],
                last: { amount: units('20') },
              },
            },
          },
        },
      ],
    });
  });

  it('climb the price levels', () => {
    const { net, usd } = pathMarket();
    expect(net.engine.quoteStrictReceive(sandboxAsset(XLM), [], sandboxAsset(usd), units('60'))).toBe(units('130'));
    expect(net.engine.quoteStrictSend(sandboxAsset(XLM), units('130'), [], sandboxAsset(usd))).toBe(units('60'));
    expect(
      net.engine.quoteStrictReceive(sandboxAsset(XLM), [], sandboxAsset(usd), units('100.0000001')),
    ).toBeUndefined();
    expect(net.engine.quoteStrictSend(sandboxAsset(XLM), units('251'), [], sandboxAsset(usd))).toBeUndefined();
    expect(net.engine.offers(sandboxAsset(usd), sandboxAsset(XLM)).map(({ amount }) => amount)).toEqual([
      units('50'),
      units('50'),
    ]);
  });

  it('spend an exact amount and say what arrived', () => {
    const { net, taker, usd } = pathMarket();
    const applied = net.must(taker, [
      Operation.pathPaymentStrictSend({
        sendAsset: XLM,
        sendAmount: '7',
        destination: taker.publicKey(),
        destAsset: usd,
        destMin: '3',
        path: [],
      }),
    ]);
    expect(net.balance(taker, usd)).toBe(units('1003.5'));
    expect(applied.operations[0]?.details).toMatchObject({
      amount: '3.5000000',
      source_amount: '7.0000000',
      destination_min: '3.0000000',
      path: [],
    });
  });

  it('say zero for what a failed one did not move', () => {
    const { net, taker, usd } = pathMarket();
    const failed = net.run(taker, [
      Operation.pathPaymentStrictSend({
        sendAsset: XLM,
        sendAmount: '7',
        destination: taker.publicKey(),
        destAsset: usd,
        destMin: '4',
        path: [],
      }),
    ]);
    expect(failed.applied?.operations[0]?.details).toMatchObject({ amount: '0.0000000', source_amount: '7.0000000' });
    expect(net.engine.offers(sandboxAsset(usd), sandboxAsset(XLM))[0]).toMatchObject({ amount: units('50') });
  });

  it('skip a hop between equal assets', () => {
    const { net, taker, usd, eur } = pathMarket();
    net.must(taker, [
      Operation.pathPaymentStrictReceive({
        sendAsset: usd,
        sendMax: '12',
        destination: taker.publicKey(),
        destAsset: eur,
        destAmount: '10',
        path: [usd, eur],
      }),
    ]);
    expect(net.balance(taker, usd)).toBe(units('989'));
  });
});
