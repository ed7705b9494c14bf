import { FiatClub } from '../support/fiat-club';
import { DAY, forward, soundBooks } from '../support/subscriber';
import type { TestWallet } from '../support/wallet';

const MEMBERS = 4;

let fiat: FiatClub;
let wallets: readonly TestWallet[];
beforeAll(async () => {
  fiat = await FiatClub.start();
  wallets = await Promise.all(Array.from({ length: MEMBERS }, () => fiat.app.wallet(['EURC'])));
});
afterAll(() => fiat.stop());

describe('a period that is priced in fiat, at one instant', () => {
  it('is paid, chosen for once more and cancelled: no money is lost, and nothing is told twice', async () => {
    const { app } = fiat;
    const members = [];
    for (let count = 0; count < MEMBERS; count += 1) members.push(await fiat.member({ interval: 'week' }));
    await forward(app, { advanceSeconds: 6 * DAY });
    const quoted = [];
    for (const [at, club] of members.entries()) {
      const link = await fiat.link(club);
      const [quote, other] = [await fiat.choose(link), await fiat.choose(link, 'EURC')];
      quoted.push({ club, link, quote, other, wallet: wallets[at] as TestWallet });
    }
    await Promise.all(
      quoted.flatMap(({ club, link, quote, other, wallet }) => {
        const token = new URL(club.portal).pathname.slice('/s/'.length);
        return [
          app.client.post(`/checkout/subscriptions/${token}/cancellation`, { atPeriodEnd: false }),
          app.client.post(`/checkout/${link}/choice`, { asset: 'USDC' }),
          fiat.pay(quote, undefined, undefined, club.wallet),
          fiat.pay(other, undefined, wallet.coin('EURC'), wallet),
        ];
      }),
    );
    await forward(app, { advanceSeconds: DAY });
    for (const { club, quote, other } of quoted) {
      const told = (await club.told()).slice(2);
      const isRenewed = told.includes('renewed 1');
      expect([await club.status(), told.filter((each) => each.startsWith('cancelled')).length]).toEqual([
        'cancelled',
        1,
      ]);
      expect(told.filter((each) => each === 'renewed 1').length).toBe(isRenewed ? 1 : 0);
      expect((await fiat.shown(club.portal))[0]?.state).toBe(isRenewed ? 'paid' : 'cancelled');
      const applied = await app.sql<{ applied: number; held: number }>(
        `select count(*) filter (where p.disposition = 'applied')::integer as applied, count(*) filter (where p.disposition = 'suspense')::integer as held
         from payments p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id where i.public_id = any($1)`,
        [[quote, other]],
      );
      expect(applied).toEqual([isRenewed ? { applied: 1, held: 1 } : { applied: 0, held: 2 }]);
    }
    await soundBooks(app);
  });

  it('is paid by two of its quotes: the first wins, the other money is held', async () => {
    const { app } = fiat;
    const clubs = [];
    for (let count = 0; count < MEMBERS; count += 1) clubs.push(await fiat.member({ interval: 'week' }));
    await forward(app, { advanceSeconds: 6 * DAY });
    await Promise.all(
      clubs.map(async (club, at) => {
        const link = await fiat.link(club);
        const [one, same, other] = await Promise.all([fiat.choose(link), fiat.choose(link), fiat.choose(link, 'EURC')]);
        expect(one).toBe(same);
        const wallet = wallets[at] as TestWallet;
        await Promise.all([
          fiat.pay(one, undefined, undefined, club.wallet),
          fiat.pay(other, undefined, wallet.coin('EURC'), wallet),
        ]);
        expect((await club.outcomes()).toSorted()).toEqual(['exact', 'exact', 'link_closed']);
        expect((await club.told()).filter((each) => each === 'renewed 1')).toHaveLength(1);
      }),
    );
    await soundBooks(app);
  });
});
