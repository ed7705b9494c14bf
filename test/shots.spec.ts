import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TestApp } from './support/app';
import { RateSource } from './support/rate-source';
import { shopLink } from './support/shop-link';
it('shots', async () => {
  const rates = await RateSource.start(() => '1.5');
  const app = await TestApp.start({ env: { ...rates.onlyEnv } });
  const shop = await app.shop();
  await app.sql("update merchants set name = 'Demo Coffee'");
  const p = async (name: string, price: string, description: string | null = null): Promise<string> =>
    (await shop.partner.create('products', { name, price, currency: 'USD', description })).body.data.id;
  const [a, b, c] = [await p('House blend, 1 kg', '24.9', 'Dark, from two farms'), await p('Filter papers', '3.5'), await p('Old mug', '8')];
  const tax = (await shop.partner.create('tax_rates', { name: 'VAT', percentage: '19', inclusive: false })).body.data.id;
  const basket = await shopLink(app, shop.merchantId, { title: 'Coffee for the office', description: 'Fresh every **Tuesday**.\n\n- roasted by hand\n- [how we roast](https://example.com/roast)', coverImage: 'https://images.example.com/a.jpg', goods: [[a, 2], [b, 1], [c, 1]], adjustsQuantity: true, collectsTax: true, taxRateId: tax, collectsAddress: true, customFields: { grind: 'How shall we grind it?' } });
  await shop.partner.send('PATCH', `products/${c}`, { data: { type: 'products', id: c, attributes: { status: 'archived' } } });
  const fixed = await shopLink(app, shop.merchantId, { title: 'Coffee for the office', goods: [[a, 2], [b, 1]] });
  for (let i = 0; i < 25; i += 1) await p(`Book ${i}`, '3');
  const all = await shopLink(app, shop.merchantId, { title: 'Everything we have', sellsEverything: true, adjustsQuantity: true });
  const donation = await shopLink(app, shop.merchantId, { title: 'Help us', kind: 'donation', openAmount: { minimum: 100_000n, maximum: 10n ** 12n, presets: [50_000_000n, 250_000_000n] } });
  const shots: [string, string, number, number][] = [['basket', basket.path, 1100, 1300], ['basket-phone', basket.path, 390, 1700], ['fixed', fixed.path, 1100, 900], ['all', all.path, 1100, 1500], ['donation', donation.path, 1100, 900]];
  for (const [name, path, width, height] of shots)
    await promisify(execFile)('/usr/bin/chromium', ['--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--user-data-dir=/tmp/chrome-shots`, '--disable-gpu', '--hide-scrollbars', `--window-size=${width},${height}`, `--screenshot=/tmp/${name}.png`, `${app.url}${path}`], { timeout: 20000 });
  await app.stop();
  await rates.stop();
}, 120000);
