import { httpsAddress } from '../../common/https-address';

/** The host of a link's cover image, with its port if it has one, as a content security policy lists it. Null where there is no image. */
export function coverHost(url: string | null): string | null {
  return url === null ? null : (httpsAddress(url)?.host ?? null);
}

/** Whether a merchant may give this text as the address of a cover image. */
export function isCoverImage(text: unknown): text is string {
  return typeof text === 'string' && coverHost(text) !== null;
}
