import type { Asset } from '../../common/money';

/** What the published stellar.toml says beside the sign-in key; the root provides the one instance. */
export abstract class TomlSettings {
  abstract readonly publicUrl: string;
  /** G address of the key that signs payment requests (SEP-7); null when none does. */
  abstract readonly uriRequestSigningKey: string | null;
  /** Assets that can be paid with on the default network. */
  abstract readonly currencies: readonly Asset[];
}
