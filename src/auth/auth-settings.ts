import type { RateLimits } from '../env';

/** What a deployment decides about signing in; the root provides the one instance. */
export abstract class AuthSettings {
  /** Origin of the service; its host is the domain that wallets see in what they sign. */
  abstract readonly publicUrl: string;
  /** S... of the key that signs SEP-10 challenges; null switches SEP-10 off (404). */
  abstract readonly sep10Secret: string | null;
  abstract readonly limits: RateLimits;
}

/** Host with port, as SEP-10 and the message a wallet signs write it. */
export function domainOf(settings: AuthSettings): string {
  return new URL(settings.publicUrl).host;
}

/**
 * `web_auth_domain` of SEP-10: the host without its port, also on a port of its own. Wallets take it from the endpoint's
 * address that way, while the home domain, from which they fetch stellar.toml, must name the port.
 */
export function webAuthDomainOf(settings: AuthSettings): string {
  return new URL(settings.publicUrl).hostname;
}
