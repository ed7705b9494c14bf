/** Calls that programs for shops know and this service has nothing to do for: each is answered with 501 and what to do instead. */
interface NotOffered {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the prefix. */
  readonly path: string;
  readonly instead: string;
  /** Programs make these calls without credentials, so they are told without them too. */
  readonly toAnybody: boolean;
}

const MOVES = 'Money goes from the payer to the account of the merchant, who moves it with a wallet';
const LEDGER = 'What an account holds is told by the ledger itself';
const LINKS = 'Make a payment link instead';
const BILLS = 'Invoices are made over the partner API, /api/public/v1/invoices';
const SANDBOX = 'Pay a payment link on the sandbox instead';

const calls = (instead: string, ...names: readonly string[]): NotOffered[] =>
  names.map((name) => {
    const [method, path] = name.split(' ') as [NotOffered['method'], string];
    return { method, path, instead, toAnybody: path.includes('/liquidation_addresses') };
  });

export const NOT_OFFERED: readonly NotOffered[] = [
  ...calls(
    MOVES,
    'POST /transfers/direct-wallet',
    'POST /transfers/direct-bank',
    'POST /transfers/stablecoin-conversion',
    'POST /transfers/external-bank-transfer',
    'POST /transfers/external-stablecoin-transfer',
  ),
  ...calls(LEDGER, 'GET /wallets', 'GET /balance', 'GET /balance/usdc', 'GET /balance/eurc'),
  ...calls(
    'There are no addresses that pay out to a bank',
    'GET /customers/:id/liquidation_addresses',
    'POST /customers/:id/liquidation_addresses',
    'GET /customers/:id/liquidation_addresses/:liquidationAddressId',
  ),
  ...calls(SANDBOX, 'POST /test-payment', 'GET /test-payment/:id', 'POST /test-payment/:id/refund'),
  ...calls(BILLS, 'GET /invoices', 'POST /invoices', 'GET /invoices/:id', 'PUT /invoices/:id'),
  ...calls(LINKS, 'POST /payment-intents/stablecoin', 'POST /payment-intents/bank'),
  ...calls('Name the addresses of images where the product is made', 'POST /products/:id/images'),
];

export function pathsNotOffered(method: NotOffered['method'], { toAnybody = false } = {}): string[] {
  return NOT_OFFERED.filter((call) => call.method === method && call.toAnybody === toAnybody).map(({ path }) =>
    path.slice(1),
  );
}
