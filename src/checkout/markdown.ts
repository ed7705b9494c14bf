import { leavesMark } from '../common/plain-text';
import { type Block, type Inline, inlineText, readMarkdown, saysWhere } from '../links/terms/markdown';
import { html, type Markup } from './markup';

/**
 * A merchant's description as HTML. Of all elements there are p, ul, ol, li, strong, em, br, a and bdi, and each is written
 * here. A link shows its host behind its words, so that words cannot pretend to lead elsewhere.
 */
export function wordsMarkup(text: string): Markup {
  return html`${readMarkdown(text).map(blockMarkup)}`;
}

function blockMarkup(block: Block): Markup {
  if (block.kind === 'paragraph') return html`<p dir="auto">${block.of.map(inlineMarkup)}</p>`;
  const items = block.items.map((item) => html`<li>${item.map(blockMarkup)}</li>`);
  if (block.first === null) return html`<ul dir="auto">${items}</ul>`;
  return block.first === 1
    ? html`<ol dir="auto">${items}</ol>`
    : html`<ol dir="auto" start="${block.first}">${items}</ol>`;
}

function inlineMarkup(inline: Inline): Markup {
  switch (inline.kind) {
    case 'text':
      return html`${inline.text}`;
    case 'break':
      return html`<br>`;
    case 'strong':
      return html`<strong>${inline.of.map(inlineMarkup)}</strong>`;
    case 'em':
      return html`<em>${inline.of.map(inlineMarkup)}</em>`;
    case 'link':
      return html`<a href="${inline.url.href}" rel="nofollow noopener noreferrer">${inline.of.map(inlineMarkup)}${hostOf(inline)}</a>`;
  }
}

function hostOf({ url, of }: Extract<Inline, { kind: 'link' }>): Markup | null {
  const words = inlineText(of);
  if (saysWhere(words, url)) return null;
  return leavesMark(words) ? html` <bdi class="host">(${url.host})</bdi>` : html`<bdi class="host">${url.host}</bdi>`;
}
