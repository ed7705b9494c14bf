import { Injectable } from '@nestjs/common';
import { Transactions } from '../../database/transactions';

/** How far the clock was moved, and the number of the last move. */
export interface ClockState {
  readonly offsetMs: number;
  readonly epoch: bigint;
}

/** A process that says nothing for so long has ended, or is frozen and reads the clock when it goes on. */
const SILENT_SECONDS = 10;
const FORGET_SECONDS = 3600;

/** The one row that says how far the sandbox's clock was moved, and the processes that follow it. */
@Injectable()
export class ClockRepository {
  constructor(private readonly transactions: Transactions) {}

  async read(): Promise<ClockState> {
    const [row] = await this.transactions.rows<{ offsetMs: bigint; epoch: bigint }>(
      'select offset_ms as "offsetMs", epoch from sandbox_clock',
    );
    if (row === undefined) throw new Error('the row of the sandbox clock vanished');
    return { offsetMs: Number(row.offsetMs), epoch: row.epoch };
  }

  /** False when another process has moved the clock since it was read. */
  async move(from: ClockState, offsetMs: number): Promise<boolean> {
    const moved = await this.transactions.affected(
      'update sandbox_clock set offset_ms = $2, epoch = epoch + 1 where epoch = $1 and offset_ms <= $2',
      [from.epoch, offsetMs],
    );
    return moved === 1;
  }

  /** A process says that it lives in this epoch. */
  async note(process: string, epoch: bigint): Promise<void> {
    await this.transactions.affected(
      `with old as (delete from sandbox_clock_readers where process <> $1 and seen_at < clock_timestamp() - make_interval(secs => ${FORGET_SECONDS}))
       insert into sandbox_clock_readers (process, epoch, seen_at) values ($1, $2, clock_timestamp())
       on conflict (process) do update set epoch = excluded.epoch, seen_at = excluded.seen_at`,
      [process, epoch],
    );
  }

  async forget(process: string): Promise<void> {
    await this.transactions.affected('delete from sandbox_clock_readers where process = $1', [process]);
  }

  /** True when every process that is there lives in this epoch, or in a later one. */
  async isSeen(epoch: bigint): Promise<boolean> {
    const behind = await this.transactions.rows(
      `select 1 from sandbox_clock_readers where epoch < $1 and seen_at > clock_timestamp() - make_interval(secs => ${SILENT_SECONDS}) limit 1`,
      [epoch],
    );
    return behind.length === 0;
  }
}
