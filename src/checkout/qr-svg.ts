import { encode } from 'uqr';

/** Light modules around the code that scanners need (ISO/IEC 18004, 9.1). */
const QUIET_ZONE = 4;

/** A picture of nothing, square as a code is. */
export const NO_CODE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>';

/** A QR code as SVG: one path, a stroke one module high for each dark run. Throws when the text exceeds 2,953 bytes. */
export function qrSvg(text: string): string {
  const { data, size } = encode(text, { ecc: 'L', boostEcc: true, border: QUIET_ZONE });
  const rows = data.map((row, y) =>
    runsOf(row)
      .map(({ from, length }) => `M${from} ${y}.5h${length}`)
      .join(''),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path stroke="#000" d="${rows.join('')}"/></svg>`;
}

interface Run {
  readonly from: number;
  readonly length: number;
}

function runsOf(row: readonly boolean[]): Run[] {
  const runs: Run[] = [];
  let from = -1;
  row.forEach((dark, x) => {
    if (dark && from < 0) from = x;
    if (dark && row[x + 1] !== true) {
      runs.push({ from, length: x - from + 1 });
      from = -1;
    }
  });
  return runs;
}
