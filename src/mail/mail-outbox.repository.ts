import { Injectable } from '@nestjs/common';
import type { LastWriter } from '../database/last-writes';
import { Transactions } from '../database/transactions';
import { placeholders, type WriteFragment } from '../database/write-fragment';
import type { Mail } from './mail-port';

export interface NewMailRow extends Omit<Mail, 'data'> {
  readonly data: Buffer;
  readonly merchantId: string;
  readonly id: string;
  readonly createdAt: Date;
  readonly dueAt: Date;
}

/** In the order of their keys, so that transactions with the same mail wait for each other in one direction. */
const MAIL: LastWriter<NewMailRow> = {
  take: (rows) => ({
    fragment: mailAppend(
      [...new Map(rows.map((row) => [`${row.merchantId} ${row.dedupeKey}`, row])).entries()]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([, row]) => row),
    ),
    later: [],
  }),
};

function mailAppend(rows: readonly NewMailRow[]): WriteFragment {
  const column = <T>(read: (row: NewMailRow) => T): T[] => rows.map(read);
  const values = [
    column((row) => row.merchantId),
    column((row) => row.id),
    column((row) => row.dedupeKey),
    column((row) => row.to),
    column((row) => row.template),
    column((row) => row.locale),
    column((row) => `\\x${row.data.toString('hex')}`),
    column((row) => row.dueAt),
    column((row) => row.createdAt),
  ];
  return { values, sql: (first) => appendSql(placeholders(first, values.length)) };
}

function appendSql([
  merchants,
  ids,
  keys,
  recipients,
  templates,
  locales,
  data,
  dueAt,
  createdAt,
]: readonly string[]): string {
  return `given_mail as materialized (
    select * from unnest(${merchants}::uuid[], ${ids}::uuid[], ${keys}::text[], ${recipients}::text[], ${templates}::text[], ${locales}::text[], ${data}::bytea[], ${dueAt}::timestamptz[], ${createdAt}::timestamptz[])
      with ordinality as m (merchant_id, id, dedupe_key, recipient, template, locale, data, due_at, created_at, place)
  ), added_mail as (
    insert into mail_outbox (merchant_id, id, dedupe_key, recipient, template, locale, data, due_at, created_at)
    select merchant_id, id, dedupe_key, recipient, template, locale, data, due_at, created_at from given_mail order by place
    on conflict (merchant_id, dedupe_key) do nothing
    returning merchant_id, id, due_at
  ), queued_mail as (
    insert into mail_queue (merchant_id, mail_id, due_at) select merchant_id, id, due_at from added_mail
  )`;
}

@Injectable()
export class MailOutboxRepository {
  constructor(private readonly transactions: Transactions) {}

  /** As the last that the open transaction does. */
  insert(rows: readonly NewMailRow[]): Promise<void> {
    return this.transactions.writeLast(MAIL, rows);
  }

  /** An address is the same whatever its case. The queue forgets by itself what it no longer finds. */
  async deleteRecipients(merchantId: string, recipients: readonly string[]): Promise<void> {
    await this.transactions.affected(
      'delete from mail_outbox where merchant_id = $1 and lower(recipient) = any(select lower(r) from unnest($2::text[]) as r)',
      [merchantId, recipients],
    );
  }
}
