import { escapeHtml } from '../http/html';

/** HTML that is safe to place in a page: made only by `html`. */
export class Markup {
  constructor(readonly text: string) {}
}

const BARE_ATTRIBUTE = /\s[\w-]+=$/;

type Part = string | number | Markup | readonly Markup[] | null;

/**
 * Every hole is escaped unless it is markup already; null leaves nothing. Attribute values must stand in quotes:
 * a hole right after `name=` is a defect and throws.
 */
export function html(chunks: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = chunks[0] ?? '';
  parts.forEach((part, index) => {
    if (BARE_ATTRIBUTE.test(chunks[index] ?? '')) throw new Error('an attribute without quotes');
    text += textOf(part) + (chunks[index + 1] ?? '');
  });
  return new Markup(text);
}

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map((each) => each.text).join('');
}
