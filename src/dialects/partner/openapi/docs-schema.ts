import { escapeHtml } from '../../../http/html';
import type { JsonSchema } from '../../../http/json-schema';

/** Rows of `name, shape, meaning` for the members of an object, those of nested objects after a point. */
export function memberRows(schema: JsonSchema, prefix = ''): string {
  return Object.entries(schema.properties ?? {})
    .map(([name, member]) => {
      const required = schema.required?.includes(name) === true ? ', required' : '';
      const own = `<tr><td><code>${escapeHtml(prefix + name)}</code></td><td>${shape(member)}${required}</td><td>${prose(member.description ?? '')}</td></tr>`;
      return own + memberRows(member.items ?? member, `${prefix}${name}${member.items === undefined ? '' : '[]'}.`);
    })
    .join('');
}

/** A schema in a few words. */
export function shape(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return linked(schema.$ref.split('/').at(-1) ?? '');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map(shape).join(' or ');
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`;
  if (schema.enum !== undefined) return schema.enum.map((each) => `<code>${escapeHtml(each)}</code>`).join(' ');
  const type = [schema.type ?? 'anything'].flat().join(' or ');
  if (schema.items !== undefined) return `${type} of ${shape(schema.items)}${bound('up to', schema.maxItems)}`;
  const range =
    schema.minimum === undefined && schema.maximum === undefined
      ? ''
      : `${bound('from', schema.minimum)}${bound('to', schema.maximum)}`;
  return (
    escapeHtml(`${type}${schema.format === undefined ? '' : ` (${schema.format})`}`) +
    bound('up to', schema.maxLength) +
    range +
    (schema.pattern === undefined ? '' : ` <code>${escapeHtml(schema.pattern)}</code>`)
  );
}

/** Text of ours, in which only code is marked. */
export function prose(text: string): string {
  return escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll('\n', '<br>');
}

function linked(name: string): string {
  return `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
}

function bound(word: string, value: number | undefined): string {
  return value === undefined ? '' : `, ${word} ${value}`;
}
