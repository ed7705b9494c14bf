import { StrKey } from '@stellar/stellar-sdk/base';
import type {
  Asset as AssetXdr,
  ClaimPredicate,
  MuxedAccount,
  OperationBody,
  OperationResult,
  OperationResultTr,
  PublicKey,
  SignerKey,
  TransactionEnvelope,
  XdrType,
} from '@stellar/stellar-sdk/xdr';

import type { SandboxAsset } from './contract';

/** The plain-object shape in which the SDK's schemas decode and encode one XDR type. */
export type WireOf<C extends { readonly schema: unknown }> = C['schema'] extends XdrType<infer W> ? W : never;

export type EnvelopeWire = WireOf<typeof TransactionEnvelope>;
export type TransactionWire = Extract<EnvelopeWire, { type: 2 }>['v1']['tx'];
export type SignatureWire = Extract<EnvelopeWire, { type: 2 }>['v1']['signatures'][number];
export type OperationBodyWire = WireOf<typeof OperationBody>;
export type BodyOf<T extends OperationBodyWire['type']> = Extract<OperationBodyWire, { type: T }>;
export type OperationResultWire = WireOf<typeof OperationResult>;
export type ResultWire = WireOf<typeof OperationResultTr>;
export type AssetWire = WireOf<typeof AssetXdr>;
export type PublicKeyWire = WireOf<typeof PublicKey>;
export type MuxedAccountWire = WireOf<typeof MuxedAccount>;
export type SignerKeyWire = WireOf<typeof SignerKey>;
export type PredicateWire = WireOf<typeof ClaimPredicate>;

/** An account named in a transaction, and the address as it was written (M when an id was attached). */
export interface Party {
  readonly account: string;
  readonly address: string;
  /** null unless muxed. */
  readonly id: bigint | null;
}

export function addressOf(key: PublicKeyWire): string {
  return StrKey.encodeEd25519PublicKey(key.ed25519);
}

export function partyOf(wire: MuxedAccountWire): Party {
  if (wire.type === 0) {
    const account = StrKey.encodeEd25519PublicKey(wire.ed25519);
    return { account, address: account, id: null };
  }
  const payload = Buffer.alloc(40);
  payload.set(wire.med25519.ed25519);
  payload.writeBigUInt64BE(wire.med25519.id, 32);
  return {
    account: StrKey.encodeEd25519PublicKey(wire.med25519.ed25519),
    address: StrKey.encodeMed25519PublicKey(payload),
    id: wire.med25519.id,
  };
}

/** A party known by account only. */
export function plainParty(account: string): Party {
  return { account, address: account, id: null };
}

export function publicKeyWire(address: string): PublicKeyWire {
  return { type: 0, ed25519: StrKey.decodeEd25519PublicKey(address) };
}

export function assetCodeOf(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return Buffer.from(bytes.subarray(0, end)).toString('latin1');
}

export function assetOf(wire: AssetWire): SandboxAsset {
  switch (wire.type) {
    case 0:
      return { code: 'XLM', issuer: null };
    case 1:
      return { code: assetCodeOf(wire.alphaNum4.assetCode), issuer: addressOf(wire.alphaNum4.issuer) };
    case 2:
      return { code: assetCodeOf(wire.alphaNum12.assetCode), issuer: addressOf(wire.alphaNum12.issuer) };
  }
}

export function assetWire(asset: SandboxAsset): AssetWire {
  if (asset.issuer === null) return { type: 0 };
  const issuer = publicKeyWire(asset.issuer);
  const size = asset.code.length <= 4 ? 4 : 12;
  const assetCode = new Uint8Array(size);
  assetCode.set(Buffer.from(asset.code, 'latin1'));
  return size === 4 ? { type: 1, alphaNum4: { assetCode, issuer } } : { type: 2, alphaNum12: { assetCode, issuer } };
}

/** Core's isAssetValid: letters and digits only, padded with zero bytes, and a long form only for long codes. */
export function isAssetValid(wire: AssetWire): boolean {
  if (wire.type === 0) return true;
  const bytes = wire.type === 1 ? wire.alphaNum4.assetCode : wire.alphaNum12.assetCode;
  return isAssetCodeValid(bytes);
}

export function isAssetCodeValid(bytes: Uint8Array): boolean {
  const code = assetCodeOf(bytes);
  return /^[A-Za-z0-9]+$/.test(code) && (bytes.length === 4 || code.length > 4);
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
