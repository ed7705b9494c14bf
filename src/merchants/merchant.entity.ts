import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { Network } from '../common/network';

/** The business that gets paid, with its rules for money that does not fit. */
@Entity('merchants')
@Check('merchants_name_check', `char_length(name) between 1 and 200`)
@Check('merchants_tolerance_bp_check', `tolerance_bp between 0 and 10000`)
@Check('merchants_time_zone_check', `char_length(time_zone) between 1 and 64`)
@Check('merchants_late_grace_seconds_check', `late_grace_seconds between 0 and 31536000`)
export class Merchant {
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('text', { name: 'default_network' }) defaultNetwork: Network;
  /** Basis points of the total that may be missing. */
  @Column('integer', { name: 'tolerance_bp', default: 0 }) toleranceBp: number;
  @Column('integer', { name: 'late_grace_seconds', default: 86400 }) lateGraceSeconds: number;
  /** Name of the IANA database: where a due date ends. */
  @Column('text', { name: 'time_zone', default: 'UTC' }) timeZone: string;
  @Column('bigint', { default: 1 }) version: bigint;
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 }) createdAt: Date;
  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 }) updatedAt: Date;
}
