import { isUtf8 } from 'node:buffer';
import { DomainError } from '../common/errors';
import { type FormMembers, gathered } from './form-body';

export const MULTIPART = 'multipart/form-data';
/** Twenty texts at their longest, and room for what clients write around them. */
export const MULTIPART_LIMIT = 256 * 1024;
export const MAX_PARTS = 64;
const MAX_PART_HEADERS = 4 * 1024;
/** RFC 2046 section 5.1.1. */
const MAX_BOUNDARY = 70;
const BOUNDARY = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i;
const END_OF_HEADERS = '\r\n\r\n';

export function isMultipart(contentType: string | undefined): boolean {
  return contentType !== undefined && /^multipart\/form-data\s*(;|$)/i.test(contentType);
}

/**
 * The texts of a multipart/form-data body (RFC 7578), which is there as a whole: no part can keep the reader waiting. Parts and their
 * headers are counted before anything is made of them. Throws `malformed_request` saying what to mend, and `validation_failed` for files.
 */
export async function parseMultipartBody(contentType: string, body: Buffer): Promise<FormMembers> {
  assertFew(body, `--${boundaryOf(contentType)}`);
  const entries = await partsOf(contentType, body);
  const files = entries.filter(([, value]) => typeof value !== 'string').map(([name]) => name);
  if (files.length > 0)
    throw new DomainError('validation_failed', {
      faults: [...new Set(files)].map((path) => ({ path, message: 'must be text, not a file: files are not stored' })),
    });
  if (!isUtf8(body)) throw malformed('The form is not valid UTF-8');
  return gathered(entries as [string, string][]);
}

function boundaryOf(contentType: string): string {
  const [, quoted, bare] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined || boundary.length > MAX_BOUNDARY)
    throw malformed(
      `The Content-Type ${MULTIPART} must name the boundary between its parts, of at most ${MAX_BOUNDARY} characters: let the client set this header`,
    );
  return boundary;
}

/** Too many parts cost time that nobody has authenticated for yet. */
function assertFew(body: Buffer, delimiter: string): void {
  let parts = 0;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + delimiter.length)) {
    parts += 1;
    if (parts > MAX_PARTS + 1) throw malformed(`A form may have at most ${MAX_PARTS} parts`);
    const end = body.indexOf(END_OF_HEADERS, at);
    const next = body.indexOf(delimiter, at + delimiter.length);
    if (next >= 0 && (end < 0 ? body.length : Math.min(end, next)) - at > MAX_PART_HEADERS)
      throw malformed(`The headers of a part may have at most ${MAX_PART_HEADERS} bytes`);
  }
}

async function partsOf(contentType: string, body: Buffer): Promise<(readonly [string, unknown])[]> {
  try {
    // Node's own reader (WHATWG Fetch, "multipart/form-data parser"). It refuses what it does not know instead of skipping it.
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    return [...form];
  } catch (error) {
    throw malformed(
      'The form cannot be read: it ends before its last boundary, or a part lacks its Content-Disposition with a name',
      error,
    );
  }
}

function malformed(detail: string, cause?: unknown): DomainError {
  return new DomainError('malformed_request', { detail, cause });
}
