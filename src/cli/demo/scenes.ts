import type { Clock } from '../../common/clock';
import { DemoPayer } from '../../sandbox/demo-payer';
import { type DemoLink, Shop, type Standing } from './shop';

export interface Stage {
  readonly url: string;
  readonly horizonUrl: string;
  readonly passphrase: string;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly clock: Clock;
}

/** One thing that was sent, and what the service was to make of it. */
export interface Scene {
  readonly sent: string;
  readonly expected: string;
  readonly got: string;
}

interface Plan {
  readonly sent: string;
  readonly expected: string;
  readonly shop: Shop;
  /** Sends the money; resolves to the link it was meant for. */
  readonly act: () => Promise<DemoLink>;
}

const EXPIRY_MS = 4_000;

/**
 * Plays every way in which money can fit a link or not. A wallet pays once a ledger, so three of them play at the
 * same time; the scenes come out in the order of the script all the same.
 */
export async function* playScenes(stage: Stage): AsyncGenerator<Scene> {
  const { url, horizonUrl, passphrase, randomBytes, clock } = stage;
  const funded = (): Promise<DemoPayer> => DemoPayer.funded(horizonUrl, passphrase, randomBytes(32));
  const [merchant, first, second, third] = await Promise.all([funded(), funded(), funded(), funded()]);
  await merchant.trust([second.fake('USDC')]);
  const shop = await Shop.signIn(url, merchant, clock);
  const newborn = DemoPayer.unfunded(horizonUrl, passphrase, randomBytes(32));
  const newShop = await Shop.signIn(url, newborn, clock);
  const scripts = [fitting(shop, first, newShop), misfitting(shop, second), unfitting(shop, third, clock)];
  for (const script of scripts.map((plans) => oneAfterTheOther(plans))) for (const scene of script) yield await scene;
}

function oneAfterTheOther(plans: readonly Plan[]): Promise<Scene>[] {
  let previous: Promise<unknown> = Promise.resolve();
  return plans.map((plan) => {
    const scene = previous.then(() => play(plan));
    // Its caller gets the failure; there may be no caller yet.
    scene.catch(() => undefined);
    previous = scene;
    return scene;
  });
}

async function play({ sent, expected, shop, act }: Plan): Promise<Scene> {
  const link = await act();
  return { sent, expected, got: describe(await shop.settled(link, (standing) => describe(standing) === expected)) };
}

function describe({ status, received, outcomes }: Standing): string {
  return `${status}, received ${received} (${outcomes.join(', ') || 'nothing credited'})`;
}

function fitting(shop: Shop, payer: DemoPayer, newShop: Shop): Plan[] {
  return [
    plan(shop, '12.5 XLM for 12.5 XLM', 'CONFIRMED, received 12.50 (exact)', async () => {
      const link = await shop.link('12.5', 'XLM');
      await payer.pay({ ...link, amount: '12.5' });
      return link;
    }),
    plan(shop, '20 USDC, built by the service, signed by the wallet', 'CONFIRMED, received 20.00 (exact)', async () => {
      const link = await shop.link('20', 'USDC');
      await shop.payThroughService(link, payer);
      return link;
    }),
    plan(shop, 'EURC, exchanged on the way into 15 USDC', 'CONFIRMED, received 15.00 (exact)', async () => {
      const link = await shop.link('15', 'USDC');
      await payer.payFromEurc({ ...link, amount: '15', asset: payer.asset('USDC') });
      return link;
    }),
    plan(newShop, "5 XLM that create the merchant's account", 'CONFIRMED, received 5.00 (exact)', async () => {
      const link = await newShop.link('5', 'XLM', { activateNewAccounts: true });
      await payer.activate({ ...link, amount: '5' });
      return link;
    }),
  ];
}

function misfitting(shop: Shop, payer: DemoPayer): Plan[] {
  let parts: DemoLink | undefined;
  return [
    plan(shop, '40 of 100 XLM', 'PENDING, received 40.00 (under)', async () => {
      parts = await shop.link('100', 'XLM');
      await payer.pay({ ...parts, amount: '40' });
      return parts;
    }),
    plan(shop, 'the other 60', 'CONFIRMED, received 100.00 (under, exact)', async () => {
      const link = parts as DemoLink;
      await payer.pay({ ...link, amount: '60' });
      return link;
    }),
    plan(shop, '12 XLM for 10', 'CONFIRMED, received 12.00 (over)', async () => {
      const link = await shop.link('10', 'XLM');
      await payer.pay({ ...link, amount: '12' });
      return link;
    }),
    plan(shop, '10 "USDC" of an issuer nobody asked for', 'PENDING, received 0.00 (wrong_asset)', async () => {
      const link = await shop.link('10', 'USDC');
      await payer.pay({ ...link, amount: '10', asset: payer.fake('USDC') });
      return link;
    }),
  ];
}

function unfitting(shop: Shop, payer: DemoPayer, clock: Clock): Plan[] {
  return [
    plan(shop, '3 XLM after the link expired', 'CONFIRMED, received 3.00 (late)', async () => {
      const link = await shop.link('3', 'XLM', {
        expiresAt: new Date(clock.now().getTime() + EXPIRY_MS).toISOString(),
      });
      await shop.settled(link, ({ status }) => status === 'EXPIRED');
      await payer.pay({ ...link, amount: '3' });
      return link;
    }),
    plan(shop, '7 XLM without a memo, then 1 XLM with one', 'PENDING, received 1.00 (under)', async () => {
      const link = await shop.link('7', 'XLM');
      await payer.pay({ to: link.to, amount: '7' });
      // The ledger is read in order: once this one is known, the first has been judged.
      await payer.pay({ ...link, amount: '1' });
      return link;
    }),
  ];
}

function plan(shop: Shop, sent: string, expected: string, act: Plan['act']): Plan {
  return { shop, sent, expected, act };
}
