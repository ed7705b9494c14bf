// What an expression of TypeScript is, as far as its text tells: strings with what is not known left out as holes, lists, objects
// and functions. Enough of the language to follow how SQL is put together; whatever else there is, is a hole.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** Something that only the running program knows. */
export const HOLE = { kind: 'hole' };
/** Placeholders of parameters, as many as are asked for. */
const PARAMETERS = { kind: 'parameters' };
const MOST_ALTERNATIVES = 12;
const DEEPEST = 60;

/** @typedef {(string | typeof HOLE)[]} Text */
export const string = (...alternatives) => ({ kind: 'string', alternatives: alternatives.slice(0, MOST_ALTERNATIVES) });
const plain = (text) => string([text]);

/** Follows names through the files of one project. `visited` collects every literal that a value was made of. */
export class Values {
  constructor(root) {
    this.root = root;
    this.files = new Map();
    this.visited = new Set();
    /** Constants of files, each read once. */
    this.constants = new Map();
    this.depth = 0;
  }

  /** Undefined where there is no such file. */
  source(file) {
    if (!this.files.has(file)) {
      const full = path.join(this.root, file);
      this.files.set(
        file,
        existsSync(full)
          ? ts.createSourceFile(file, readFileSync(full, 'utf8'), ts.ScriptTarget.ES2023, true)
          : undefined,
      );
    }
    return this.files.get(file);
  }

  /** `frames`: arguments by function node. */
  of(node, frames = new Map()) {
    if (node === undefined || this.depth > DEEPEST) return HOLE;
    this.depth += 1;
    try {
      return this.read(node, frames);
    } finally {
      this.depth -= 1;
    }
  }

  read(node, frames) {
    const of = (each) => this.of(each, frames);
    if (ts.isStringLiteralLike(node)) {
      this.visited.add(node);
      return plain(node.text);
    }
    if (ts.isNumericLiteral(node)) return plain(node.text.replaceAll('_', ''));
    if (ts.isTemplateExpression(node)) return this.template(node, frames);
    if (ts.isIdentifier(node)) return this.name(node, frames);
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isSatisfiesExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isAwaitExpression(node)
    )
      return of(node.expression);
    if (ts.isConditionalExpression(node)) return either(of(node.whenTrue), of(node.whenFalse));
    if (ts.isBinaryExpression(node)) return this.binary(node, frames);
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isFunctionDeclaration(node))
      return { kind: 'function', node, frames };
    if (ts.isArrayLiteralExpression(node))
      return {
        kind: 'list',
        items: node.elements.flatMap((each) => (ts.isSpreadElement(each) ? listed(of(each.expression)) : [of(each)])),
      };
    if (ts.isObjectLiteralExpression(node)) return this.object(node, frames);
    if (ts.isPropertyAccessExpression(node)) return member(of(node.expression), node.name.text);
    if (ts.isElementAccessExpression(node)) return element(of(node.expression), of(node.argumentExpression));
    if (ts.isCallExpression(node)) return this.call(node, frames);
    return HOLE;
  }

  template(node, frames) {
    this.visited.add(node);
    return node.templateSpans.reduce(
      (text, span) => joined(joined(text, textOf(this.of(span.expression, frames))), plain(span.literal.text)),
      plain(node.head.text),
    );
  }

  binary(node, frames) {
    const [left, right] = [this.of(node.left, frames), this.of(node.right, frames)];
    switch (node.operatorToken.kind) {
      case ts.SyntaxKind.PlusToken:
        return left.kind === 'string' || right.kind === 'string' ? joined(textOf(left), textOf(right)) : HOLE;
      case ts.SyntaxKind.QuestionQuestionToken:
        return left === HOLE ? right : left;
      case ts.SyntaxKind.BarBarToken:
        return left === HOLE ? right : either(left, right);
      default:
        return HOLE;
    }
  }

  object(node, frames) {
    const members = new Map();
    for (const each of node.properties) {
      if (ts.isSpreadAssignment(each)) {
        const spread = this.of(each.expression, frames);
        if (spread.kind === 'object') for (const [name, value] of spread.members) members.set(name, value);
      } else if (ts.isShorthandPropertyAssignment(each)) members.set(each.name.text, this.name(each.name, frames));
      else if (ts.isPropertyAssignment(each)) members.set(nameOf(each.name), this.of(each.initializer, frames));
      else if (ts.isMethodDeclaration(each)) members.set(nameOf(each.name), { kind: 'function', node: each, frames });
    }
    return { kind: 'object', members };
  }

  call(node, frames) {
    const args = node.arguments.map((each) => this.of(each, frames));
    const { expression: callee } = node;
    if (ts.isIdentifier(callee) && callee.text === 'placeholders') return PARAMETERS;
    if (ts.isPropertyAccessExpression(callee)) {
      const method = callee.name.text;
      if (callee.expression.kind === ts.SyntaxKind.ThisKeyword) return this.apply(methodOf(node, method, frames), args);
      if (ts.isIdentifier(callee.expression) && callee.expression.text === 'Object') return ofObject(method, args[0]);
      const owner = this.of(callee.expression, frames);
      const made = this.listMethod(owner, method, args);
      if (made !== undefined) return made;
      return this.apply(member(owner, method), args);
    }
    return this.apply(this.of(callee, frames), args);
  }

  listMethod(owner, method, args) {
    if (owner === PARAMETERS) return ['slice', 'filter', 'toReversed'].includes(method) ? owner : undefined;
    if (owner.kind !== 'list') return undefined;
    const each = (value, index) => this.apply(args[0] ?? HOLE, [value, plain(String(index))]);
    switch (method) {
      case 'map':
        return { kind: 'list', items: owner.items.map(each) };
      case 'flatMap':
        return { kind: 'list', items: owner.items.flatMap((value, index) => listed(each(value, index))) };
      case 'join':
        return owner.items.length === 0
          ? plain('')
          : owner.items.map(textOf).reduce((left, right) => joined(joined(left, textOf(args[0] ?? plain(','))), right));
      default:
        return ['filter', 'slice', 'toSorted', 'toReversed'].includes(method) ? owner : undefined;
    }
  }

  /** What a function returns for these arguments, whichever of its ways it takes. */
  apply(callee, args) {
    if (callee.kind === 'choice')
      return callee.options.map((option) => this.apply(option, args)).reduce((left, right) => either(left, right));
    if (callee.kind !== 'function' || callee.node.body === undefined) return HOLE;
    const { node } = callee;
    const frame = new Map();
    node.parameters.forEach((parameter, index) => {
      const given = args[index] ?? (parameter.initializer ? this.of(parameter.initializer, callee.frames) : HOLE);
      bind(parameter.name, given, frame);
    });
    const frames = new Map(callee.frames).set(node, frame);
    if (!ts.isBlock(node.body)) return this.of(node.body, frames);
    const ways = returnsOf(node.body).map((each) => this.of(each, frames));
    return ways.length === 0 ? HOLE : ways.reduce((left, right) => either(left, right));
  }

  name(node, frames) {
    const { text } = node;
    if (text === 'undefined') return HOLE;
    for (let scope = node.parent; scope !== undefined; scope = scope.parent) {
      if (frames.has(scope) && frames.get(scope).has(text)) return frames.get(scope).get(text);
      if (ts.isFunctionLike(scope) && scope.parameters.some((parameter) => declares(parameter.name, text))) return HOLE;
      if (!ts.isBlock(scope) && !ts.isSourceFile(scope)) continue;
      const found = this.declared(scope, text, frames);
      if (found !== undefined) return found;
    }
    return HOLE;
  }

  declared(scope, text, frames) {
    for (const statement of scope.statements) {
      if (ts.isFunctionDeclaration(statement) && statement.name?.text === text)
        return { kind: 'function', node: statement, frames };
      if (ts.isVariableStatement(statement) && statement.declarationList.flags & ts.NodeFlags.Const)
        for (const each of statement.declarationList.declarations)
          if (declares(each.name, text)) return this.variable(each, text, frames);
      if (ts.isImportDeclaration(statement)) {
        const found = this.imported(statement, text);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  variable(declaration, text, frames) {
    const known = this.constants.get(declaration);
    if (known !== undefined) return known.get(text) ?? HOLE;
    const frame = new Map();
    bind(declaration.name, this.of(declaration.initializer, frames), frame);
    if (ts.isSourceFile(declaration.parent.parent.parent) && this.depth < DEEPEST / 2)
      this.constants.set(declaration, frame);
    return frame.get(text) ?? HOLE;
  }

  imported(statement, text) {
    const bindings = statement.importClause?.namedBindings;
    const specifier = statement.moduleSpecifier.text;
    if (bindings === undefined || !ts.isNamedImports(bindings) || !specifier.startsWith('.')) return undefined;
    const found = bindings.elements.find((each) => each.name.text === text);
    if (found === undefined) return undefined;
    const from = path.posix.join(path.posix.dirname(statement.getSourceFile().fileName), specifier);
    const source = this.source(`${from}.ts`);
    return source === undefined
      ? HOLE
      : (this.declared(source, (found.propertyName ?? found.name).text, new Map()) ?? HOLE);
  }
}

function methodOf(node, name, frames) {
  for (let scope = node.parent; scope !== undefined; scope = scope.parent) {
    if (!ts.isClassLike(scope)) continue;
    const found = scope.members.find((each) => ts.isMethodDeclaration(each) && nameOf(each.name) === name);
    return found === undefined ? HOLE : { kind: 'function', node: found, frames };
  }
  return HOLE;
}

function returnsOf(block) {
  const found = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isReturnStatement(node)) found.push(node.expression);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(block, visit);
  return found.filter((each) => each !== undefined);
}

function bind(pattern, value, frame) {
  if (ts.isIdentifier(pattern)) return frame.set(pattern.text, value);
  pattern.elements.forEach((each, index) => {
    if (ts.isOmittedExpression(each)) return;
    if (each.dotDotDotToken) bind(each.name, value === PARAMETERS ? value : HOLE, frame);
    else if (ts.isArrayBindingPattern(pattern)) bind(each.name, element(value, plain(String(index))), frame);
    else bind(each.name, member(value, nameOf(each.propertyName ?? each.name)), frame);
  });
}

function declares(pattern, text) {
  return ts.isIdentifier(pattern)
    ? pattern.text === text
    : pattern.elements.some((each) => !ts.isOmittedExpression(each) && declares(each.name, text));
}

function nameOf(node) {
  return ts.isComputedPropertyName(node) ? '' : node.text;
}

function ofObject(method, value) {
  if (value?.kind !== 'object') return HOLE;
  if (method === 'keys') return { kind: 'list', items: [...value.members.keys()].map(plain) };
  if (method === 'values') return { kind: 'list', items: [...value.members.values()] };
  if (method === 'entries')
    return {
      kind: 'list',
      items: [...value.members].map(([name, each]) => ({ kind: 'list', items: [plain(name), each] })),
    };
  return HOLE;
}

function member(value, name) {
  if (value.kind === 'choice') return value.options.map((option) => member(option, name)).reduce(either);
  return value.kind === 'object' ? (value.members.get(name) ?? HOLE) : HOLE;
}

/** Of a place that only the running program knows: any of them. */
function element(value, place) {
  if (value === PARAMETERS) return plain('$1');
  const known = place.kind === 'string' && place.alternatives.length === 1 ? place.alternatives[0].join('') : undefined;
  if (value.kind === 'object') {
    if (known !== undefined && value.members.has(known)) return value.members.get(known);
    const all = [...value.members.values()];
    return all.length === 0 ? HOLE : all.reduce(either);
  }
  if (value.kind !== 'list') return HOLE;
  if (known !== undefined) return value.items[Number(known)] ?? HOLE;
  return value.items.length === 0 ? HOLE : value.items.reduce(either);
}

function listed(value) {
  return value.kind === 'list' ? value.items : value === HOLE ? [] : [value];
}

/** One or the other; of two lists the longer one, which has what the other leaves out. */
function either(left, right) {
  if (left.kind === 'string' && right.kind === 'string') {
    const seen = new Set(left.alternatives.map(keyOf));
    return string(...left.alternatives, ...right.alternatives.filter((each) => !seen.has(keyOf(each))));
  }
  if (left.kind === 'list' && right.kind === 'list') return left.items.length >= right.items.length ? left : right;
  const options = [left, right].flatMap((each) => (each.kind === 'choice' ? each.options : [each]));
  const known = options.filter((each) => each !== HOLE);
  if (known.length <= 1) return known[0] === undefined || known[0].kind === 'string' ? HOLE : known[0];
  return { kind: 'choice', options: known.slice(0, MOST_ALTERNATIVES) };
}

const keyOf = (text) => JSON.stringify(text.map((part) => (part === HOLE ? 0 : part)));

export function textOf(value) {
  if (value.kind === 'string') return value;
  if (value === PARAMETERS) return plain('$1');
  return string([HOLE]);
}

function joined(left, right) {
  const all = left.alternatives.flatMap((start) => right.alternatives.map((end) => merged([...start, ...end])));
  return string(...all);
}

function merged(parts) {
  return parts.reduce((done, part) => {
    const last = done.at(-1);
    if (typeof part === 'string' && typeof last === 'string') done[done.length - 1] = last + part;
    else done.push(part);
    return done;
  }, []);
}
