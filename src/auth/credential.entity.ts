import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Network } from '../common/network';
import { Merchant } from '../merchants/merchant.entity';
import type { Scope } from '../common/principal';

/** An API key, or a client key with its secret. The secret itself is shown once and kept nowhere. */
@Entity('credentials')
@Check('credentials_kind_check', `kind in ('api_key', 'client_key')`)
@Check('credentials_secret_digest_check', `octet_length(secret_digest) = 32`)
@Check('credentials_label_check', `char_length(label) between 1 and 100`)
@Index('credentials_secret', ['secretDigest'], { unique: true })
@Index('credentials_client_key', { synchronize: false })
@Index('credentials_merchant', ['merchantId', 'createdAt'])
@ForeignKey(() => Merchant, ['merchantId'], ['id'], { name: 'credentials_merchant_id_fkey' })
export class Credential {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'merchant_id' }) merchantId: string;
  @Column('text') kind: 'api_key' | 'client_key';
  /** The start of an API key, the whole of a client key. */
  @Column('text', { name: 'public_part' }) publicPart: string;
  @Column('bytea', { name: 'secret_digest', select: false }) secretDigest: Buffer;
  @Column('text') label: string;
  @Column('text') network: Network;
  @Column('text', { array: true }) scopes: Scope[];
  /** The wallet of the member who gave it away, himself or by another key; null for the operator. Who made something may not approve it. */
  @Column('text', { name: 'issued_by', nullable: true }) issuedBy: string | null;
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 }) createdAt: Date;
  @Column('timestamp with time zone', { name: 'expires_at', precision: 3, nullable: true }) expiresAt: Date | null;
  @Column('timestamp with time zone', { name: 'revoked_at', precision: 3, nullable: true }) revokedAt: Date | null;
  @Column('timestamp with time zone', { name: 'last_used_at', precision: 3, nullable: true }) lastUsedAt: Date | null;
}
