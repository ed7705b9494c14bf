import { writeFileSync } from 'node:fs';
import { receiptOf } from './receipt';
import { receiptPdf } from './receipt-pdf';
import { factsOf, invoiceOf, paymentOf } from './receipt.fixture';

const words = ['Plain words', 'Кириллица и ещё', 'Ελληνικά γράμματα', 'متجر النور 24 (ألف) ABC', 'עברית שלום 12', '日本語のテキスト コーヒー豆', '谢谢你们的订单 咖啡豆', '한국어 텍스트', 'हिन्दी कॉफ़ी', 'ไทย', 'emoji \u{1F680}\u{1F600}', 'x'.repeat(120), 'Tiếng Việt é à ñ ß ŵ'];
it('writes', async () => {
  const lines = (n: number) => Array.from({ length: n }, (_e, i) => ({ description: `${i + 1} ${words[i % words.length]}`, quantity: '1', rate: '922337203685.4775807', amount: '922337203685.4775807' }));
  writeFileSync('/tmp/r1.pdf', await receiptPdf(receiptOf(factsOf({ merchantName: 'متجر النور (1) — Café 谢谢', quote: { currency: 'EUR', amount: 250_000_000n, rate: '0.0926' }, payments: [paymentOf({ outcome: 'late' }), paymentOf({ outcome: 'over' })], invoice: invoiceOf({ network: 'sandbox', lines: lines(16), received: 120_000_000n, title: words.join(' '), description: words.join('\n') }) }), 'owner')));
  for (const n of [1, 1, 1, 500, 500, 500]) {
    const t = performance.now();
    let last = t; let worst = 0; let on = true;
    const tick = () => { const now = performance.now(); worst = Math.max(worst, now - last); last = now; if (on) setImmediate(tick); };
    setImmediate(tick);
    const b = await receiptPdf(receiptOf(factsOf({ invoice: invoiceOf({ lines: lines(n) }) }), 'owner'));
    on = false;
    console.log(n, Math.round(performance.now() - t), 'ms; longest turn', Math.round(worst), b.length);
    writeFileSync(`/tmp/r${n === 1 ? 3 : 500}.pdf`, b);
  }
});
