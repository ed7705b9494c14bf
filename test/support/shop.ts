import type { Network } from '../../src/common/network';
import type { Scope } from '../../src/common/principal';
import type { ApiClient } from './api-client';
import type { PartnerProgram } from './partner-program';
import type { TestWallet } from './wallet';

/** Who has signed in with a wallet. */
export interface TestMerchant {
  readonly merchantId: string;
  readonly wallet: TestWallet;
  /** Of the session. */
  readonly token: string;
  /** Speaks with the session. */
  readonly client: ApiClient;
}

/** A merchant whose partner has an API key. */
export interface TestShop extends TestMerchant {
  readonly key: string;
  /** Speaks with the key. */
  readonly partner: PartnerProgram;
}

/** An API key for the sandbox with the usual scopes, unless it says otherwise. */
export interface KeyWish {
  readonly network?: Network;
  readonly scopes?: readonly Scope[];
}
