import { publicIdOf, secretOf } from './seed-rows';

/** What a load is made of. Its parts are plain data, so that another process can make the requests. */
export type Shots =
  /** Polls of the links 1 to `links`, in scattered order. */
  | { readonly kind: 'status'; readonly links: number }
  /** Creations for the merchants 1 to `merchants` in turns, each under a new key that begins with `keys`, if there is one. */
  | { readonly kind: 'create'; readonly merchants: number; readonly keys?: string }
  /** Repeats what the first merchant has created under the keys `k1` to `k<keys>`. */
  | { readonly kind: 'replay'; readonly keys: number }
  /** The same reading request of the first merchant. */
  | { readonly kind: 'read'; readonly path: string; readonly accept: string };

/** Coprime to the counts below, so that the steps visit every row. */
const STEP = 7919;
export const CREATION = JSON.stringify({
  amount: 12.5,
  asset: 'XLM',
  metadata: { title: 'Two bags of beans', reference: 'ORDER-1' },
});

/** The whole request with number `n` (from 0), as it goes over the wire; only ASCII. */
export function requestMaker(shots: Shots, host: string): (n: number) => string {
  const post = `POST /api/links HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${CREATION.length}\r\nauthorization: Bearer `;
  switch (shots.kind) {
    case 'status':
      return (n) =>
        `GET /api/links/${publicIdOf(((n * STEP) % shots.links) + 1)}/status HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
    case 'create': {
      const heads = Array.from({ length: shots.merchants }, (_unused, at) => `${post}${secretOf(at + 1)}`);
      const key = shots.keys === undefined ? '' : `\r\nidempotency-key: ${shots.keys}`;
      return (n) => `${heads[n % shots.merchants]}${key}${key === '' ? '' : n}\r\n\r\n${CREATION}`;
    }
    case 'replay':
      return (n) => `${post}${secretOf(1)}\r\nidempotency-key: k${((n * STEP) % shots.keys) + 1}\r\n\r\n${CREATION}`;
    case 'read':
      return () =>
        `GET ${shots.path} HTTP/1.1\r\nhost: ${host}\r\naccept: ${shots.accept}\r\nauthorization: Bearer ${secretOf(1)}\r\n\r\n`;
  }
}
