/** Raised with every change of how a receipt looks, so that no cache keeps the old bytes under the same tag. */
export const EDITION = 2;
