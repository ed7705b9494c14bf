import type { Answer } from './api-client';
import type { TestApp } from './app';
import type { PartnerCaller } from './partner-caller';
import type { TestWallet } from './wallet';

/** Asks that payments arrive at this account, whose owner has signed that. */
export function addReceivingAccount(
  app: TestApp,
  caller: PartnerCaller,
  account: TestWallet,
  merchantId: string,
  more: Record<string, unknown> = {},
): Promise<Answer> {
  const text = [
    `${new URL(app.url).host} receives payments at this account.`,
    '',
    `Merchant: ${merchantId}`,
    'Network: sandbox',
    `Account: ${account.address}`,
  ].join('\n');
  return caller.create('receivingAccounts', '/receiving_accounts', {
    attributes: { network: 'sandbox', address: account.address, signature: account.signMessage(text), ...more },
  });
}
