import { domainToASCII } from 'node:url';
import type { MigrationInterface, QueryRunner } from 'typeorm';

interface Row {
  readonly merchant_id: string;
  readonly id: string;
  readonly text: string;
}

/** What was stored before addresses and references had one spelling. Where the new spelling is another row's, the old one stays. */
export class SpellTextsOnce1763600000261 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const free = (table: string, same: string): string =>
      `not exists (select 1 from ${table} o where o.merchant_id = t.merchant_id and o.id <> t.id and ${same})`;
    await respell(runner, 'customers', 'email', emailAddress, free('customers', 'lower(o.email) = lower($3)'));
    await respell(runner, 'invoices', 'client_email', emailAddress, 'true');
    await respell(
      runner,
      'payment_links',
      'reference',
      referenceText,
      free('payment_links', 'o.network = t.network and o.reference = $3'),
    );
    await respell(runner, 'invoices', 'reference', referenceText, 'true');
  }

  down(): Promise<void> {
    return Promise.resolve();
  }
}

async function respell(
  runner: QueryRunner,
  table: string,
  column: string,
  spell: (text: string) => string,
  condition: string,
): Promise<void> {
  const rows = (await runner.query(
    `select merchant_id, id, ${column} as text from ${table} where ${column} ~ '[^!-~]'`,
  )) as Row[];
  for (const { merchant_id: merchantId, id, text } of rows) {
    const spelled = spell(text);
    if (spelled !== text && spelled !== '')
      await runner.query(
        `update ${table} t set ${column} = $3 where t.merchant_id = $1 and t.id = $2 and ${condition}`,
        [merchantId, id, spelled],
      );
  }
}

/** As they are spelled from now on; a migration keeps its own copy. */
function emailAddress(text: string): string {
  const at = text.lastIndexOf('@');
  const domain = domainToASCII(text.slice(at + 1));
  return at < 0 || domain === '' ? text : `${text.slice(0, at).normalize('NFC')}@${domain}`;
}

function referenceText(text: string): string {
  return text.normalize('NFC').trim();
}
