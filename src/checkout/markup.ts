import { escapeHtml } from '../http/html';

/** HTML that is safe to place in a page: made only by `html`. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = string | number | Markup | readonly Markup[] | null;

/**
 * Every hole is escaped unless it is markup already; null leaves nothing. Attribute values must stand in quotes:
 * a hole right after `=` is a defect and throws.
 */
export function html(chunks: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = chunks[0] ?? '';
  parts.forEach((part, index) => {
    if (text.endsWith('=')) throw new Error('an attribute without quotes');
    text += textOf(part) + (chunks[index + 1] ?? '');
  });
  return new Markup(text);
}

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return (part as readonly Markup[]).map((each) => each.text).join('');
  return escapeHtml(String(part));
}
