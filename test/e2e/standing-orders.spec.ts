import type { TestApp } from '../support/app';
import { PartnerCaller } from '../support/partner-caller';
import { addReceivingAccount } from '../support/receiving-account';
import type { TestShop } from '../support/shop';
import { DAY, forward, soundBooks, Subscriber } from '../support/subscriber';

/** Adds an account where money arrives from now on. */
async function receivesAtAnother(app: TestApp, { token, merchantId }: TestShop): Promise<string> {
  const account = await app.wallet();
  const owner = PartnerCaller.bearer(app.url, token);
  const { status } = await addReceivingAccount(app, owner, account, merchantId, { isDefault: true });
  expect(status).toBe(201);
  return account.address;
}

/** Wallets repeat the first payment of a subscription for years: its memo, and its account. */
describe('a standing order', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await Subscriber.app();
  });
  afterAll(() => app.stop());

  it('counts also when its merchant receives at another account by default since', async () => {
    const shop = await app.shop();
    const club = await Subscriber.begin(app, shop, { interval: 'week' });
    await club.pay();
    const [before] = await club.periods();
    const cold = await receivesAtAnother(app, shop);
    // Early: held until the next period is open, at the other account.
    await club.pay(0);
    await forward(app, { advanceSeconds: 6 * DAY });
    const early = (await club.periods())[1];
    expect([early?.destination, early?.state]).toEqual([cold, 'paid']);
    // In time.
    await forward(app, { advanceSeconds: 7 * DAY });
    expect((await club.periods())[2]?.state).toBe('open');
    await club.pay(0);
    expect([(await club.periods()).map(({ state }) => state), await club.outcomes()]).toEqual([
      ['paid', 'paid', 'paid'],
      ['exact', 'rolled_forward', 'rolled_forward'],
    ]);
    expect(before?.destination).not.toBe(cold);
    await soundBooks(app);
  });
});
