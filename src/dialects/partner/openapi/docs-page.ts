import { createHash } from 'node:crypto';
import { escapeHtml } from '../../../http/html';
import { memberRows, prose, shape } from './docs-schema';
import { DOCS_STYLE } from './docs-style';
import type { OpenApi } from './document';
import type { JsonSchema } from '../../../http/json-schema';
import type { Operation } from './operation';
import type { Parameter } from './parameters';

const styleHash = createHash('sha256').update(DOCS_STYLE).digest('base64');

/** Nothing runs, nothing is loaded but the empty icon that stands in the page, nothing is sent, and no frame shows it. */
export const DOCS_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; img-src data:; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cross-origin-opener-policy': 'same-origin',
};

/** What the examples take for granted; RANDOM is the shell's own. */
const variables = (origin: string): string => `URL=${origin}
KEY=sk_...
IN_A_DAY=$(node -p 'new Date(Date.now() + 864e5).toISOString()')`;

interface Placed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The whole document as one page, every operation with its parameters, shapes and an example for a shell; `origin` is where this service is reached. */
export function docsPage(document: OpenApi, origin: string): string {
  const placed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Placed => ({
      method: method.toUpperCase(),
      path: (document.servers[0]?.url ?? '') + path,
      operation,
    })),
  );
  const groups = document.tags.map((tag) => ({
    ...tag,
    placed: placed.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const navigation = groups
    .map(
      ({ name, placed: those }) =>
        `<li><a href="#tag-${slug(name)}"><strong>${escapeHtml(name)}</strong></a><ul>${those.map(({ operation }) => `<li><a href="#${operation.operationId}">${escapeHtml(operation.summary)}</a></li>`).join('')}</ul></li>`,
    )
    .join('');
  const sections = groups
    .map(
      ({ name, description, placed: those }) =>
        `<section id="tag-${slug(name)}"><h2>${escapeHtml(name)}</h2><p>${prose(description)}</p>${those.map((each) => article(document, each)).join('')}</section>`,
    )
    .join('');
  const schemas = Object.entries(document.components.schemas)
    .map(
      ([name, schema]) =>
        `<article id="schema-${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3>${table(MEMBER, memberRows(schema))}</article>`,
    )
    .join('');
  const title = escapeHtml(String(document.info['title']));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${title}</title><style>${DOCS_STYLE}</style></head>
<body><nav aria-label="Operations"><ul>${navigation}<li><a href="#schemas"><strong>schemas</strong></a></li></ul></nav>
<main><h1>${title}</h1><p>${prose(String(document.info['description']))}</p><p>For programs: <a href="${escapeHtml(document.servers[0]?.url ?? '')}/openapi.json">openapi.json</a>. The examples are for a shell that knows these, and the ids they name:</p>
<pre><code>${escapeHtml(variables(origin))}</code></pre>
${sections}<section id="schemas"><h2>schemas</h2>${schemas}</section></main></body></html>
`;
}

function article(document: OpenApi, { method, path, operation }: Placed): string {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const known = parameters.map((each) =>
    '$ref' in each ? (document.components.parameters[each.$ref.split('/').at(-1) ?? ''] as Parameter) : each,
  );
  const inputs = known
    .map(
      (each) =>
        `<tr><td><code>${escapeHtml(each.name)}</code></td><td>${each.in}${each.required === true ? ', required' : ''}</td><td>${shape(each.schema)}</td><td>${prose(each.description)}</td></tr>`,
    )
    .join('');
  const bodies = Object.values(requestBody?.content ?? {})
    .map(({ schema }) => `<h4>Body</h4>${table(MEMBER, memberRows(schema))}`)
    .join('');
  const samples = operation['x-codeSamples']
    .map(({ source }) => `<pre><code>${escapeHtml(source)}</code></pre>`)
    .join('');
  return `<article id="${operationId}"><h3>${escapeHtml(summary)}</h3><p><code>${method} ${escapeHtml(path)}</code></p><p>${prose(description)}</p>${samples}
${inputs === '' ? '' : `<h4>Parameters</h4>${table(['Name', 'Place', 'Shape', 'Meaning'], inputs)}`}${bodies}<details><summary>Answers</summary>${table(['Status', 'When', 'Data'], Object.entries(responses).map(answerRow).join(''))}</details></article>`;
}

function answerRow([status, response]: [string, unknown]): string {
  const { description, content } = response as {
    readonly description: string;
    readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
  };
  const data = Object.values(content ?? {})
    .map(({ schema }) =>
      schema.properties?.['data'] === undefined ? shape(schema) : `data: ${shape(schema.properties['data'])}`,
    )
    .join('');
  return `<tr><td>${status}</td><td>${prose(description)}</td><td>${data}</td></tr>`;
}

const MEMBER = ['Member', 'Shape', 'Meaning'];

function table(heads: readonly string[], rows: string): string {
  return rows === ''
    ? ''
    : `<table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>${rows}</tbody></table>`;
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]+/g, '-');
}
