import { Asset, Memo, Operation } from '@stellar/stellar-sdk';
import { parseMuxed } from '../../src/stellar/address';
import type { Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { PartnerProgram } from '../support/partner-program';
import type { TestMerchant } from '../support/shop';
import type { TestWallet } from '../support/wallet';

let app: TestApp;
let merchant: TestMerchant;
let payer: TestWallet;

beforeAll(async () => {
  app = await TestApp.start();
  [merchant, payer] = await Promise.all([app.merchant(), app.wallet()]);
});
afterAll(() => app.stop());

const bill = async (): Promise<Json> => {
  const { status, body } = await merchant.client.post('/api/links', { amount: '5', asset: 'XLM' });
  expect(status).toBe(201);
  return body;
};
const named = ({ memo, memoType, memoId, muxedAddress }: Json): Json => ({ memo, memoType, memoId, muxedAddress });

describe('what names an invoice', () => {
  it('is told to whoever pays in every API, on the page and by events: memo text, memo id and muxed address', async () => {
    const link = await bill();
    const told = named(link);
    expect(told).toEqual({
      memo: link.legacyInvoiceNumber,
      memoType: 'text',
      memoId: expect.stringMatching(/^[1-9]\d{0,18}$/),
      muxedAddress: expect.stringMatching(/^M[A-Z2-7]{68}$/),
    });
    expect(parseMuxed(told.muxedAddress)).toEqual({ account: merchant.wallet.address, id: BigInt(told.memoId) });
    const session = new PartnerProgram(app.url, { authorization: `Bearer ${merchant.token}` });
    const { data } = (await session.get(`invoices?filter[publicId]=${link.id}`)).body;
    const [{ data: event }] = (await app.sql<Json>(
      `select data from events where type = 'link.created' and data ->> 'id' = $1`,
      [link.id],
    )) as [Json];
    const answers = await Promise.all(
      [`/api/links/${link.id}`, `/api/invoices/${link.id}`, `/checkout/${link.id}/status`].map(
        async (path) => (await app.client.get(path)).body,
      ),
    );
    const intent = (await app.client.post(`/api/payments/${link.id}/pay-intent`, {})).body;
    expect([...answers, intent, data[0].attributes, event].map(named)).toEqual([told, told, told, told, told, told]);
    const page = await (await fetch(`${app.url}/pay/${link.id}`)).text();
    for (const [id, value] of [
      ['pay-memo', told.memo],
      ['pay-memo-id', told.memoId],
      ['pay-muxed', told.muxedAddress],
    ])
      expect(page).toContain(`<code id="${id}">${value}</code><button type="button" class="copy" data-copy="${id}"`);
    expect(page.replace(/<[^>]+>/g, ' ')).toMatch(
      /Sending from an exchange\?[^]*give this one as memo id instead[^]*Exchanges do not take it/,
    );
  });

  it.each<[string, (told: Json) => Promise<unknown>]>([
    ['memo text', ({ memo }) => payer.pay(merchant.wallet.address, '5', { memo: Memo.text(memo) })],
    ['memo id', ({ memoId }) => payer.pay(merchant.wallet.address, '5', { memo: Memo.id(memoId) })],
    [
      'muxed address',
      ({ muxedAddress }) =>
        payer.submit([Operation.payment({ destination: muxedAddress, asset: Asset.native(), amount: '5' })]),
    ],
  ])('is enough as %s alone', async (_kind, pay) => {
    const link = await bill();
    await pay(link);
    await eventually(
      async () => (await app.client.get(`/checkout/${link.id}/status`)).body.state,
      (state) => state === 'paid',
    );
  });
});
