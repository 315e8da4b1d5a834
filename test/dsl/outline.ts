/** A tree as one line of parentheses: what the tables of the parser's tests compare. */
import type {
  Arg,
  Decl,
  Dim,
  Entry,
  Expr,
  Item,
  Param,
  Path,
  Pattern,
  Point,
  Stmt,
  Tolerance,
  Type,
  Vary,
} from '../../dsl/tree.ts';

const list = (parts: readonly string[]) => `(${parts.filter((part) => part !== '').join(' ')})`;
const some = <T>(value: T | undefined, show: (value: T) => string) => (value === undefined ? '' : show(value));

export function expr(node: Expr): string {
  switch (node.kind) {
    case 'number':
      return node.raw;
    case 'string':
      return JSON.stringify(node.value);
    case 'bool':
      return String(node.value);
    case 'none':
    case 'missing':
      return node.kind;
    case 'name':
      return node.name.text;
    case 'call':
      return list(['call', node.callee.text, ...node.args.map(arg)]);
    case 'pipe':
      return list([
        'pipe',
        expr(node.input),
        node.callee.text,
        some(node.args, (args) => list(args.map(arg))),
        some(node.path, path),
      ]);
    case 'list':
      return `[${node.items.map(expr).join(' ')}]`;
    case 'unary':
      return list([node.op, expr(node.operand)]);
    case 'binary':
      return list([node.op, expr(node.left), expr(node.right)]);
    case 'range':
      return list(['..', expr(node.from), expr(node.to)]);
    case 'member':
      return list(['.', expr(node.of), node.name.text]);
    case 'index':
      return list(['index', expr(node.of), ...node.items.map(item)]);
    case 'path':
      return list(['as', expr(node.of), path(node.path)]);
    case 'choice':
      return list(['if', expr(node.condition), expr(node.then), expr(node.else)]);
    case 'match':
      return list([
        'match',
        expr(node.subject),
        ...node.arms.map((arm) => list([...arm.patterns.map(pattern), '=>', expr(arm.value)])),
      ]);
    case 'paren':
      return list(['paren', expr(node.of)]);
  }
}

const pattern = (node: Pattern): string => (node.kind === 'any' ? '_' : expr(node));
const arg = (node: Arg): string => `${some(node.name, (name) => `${name.text}:`)}${expr(node.value)}`;
const dim = (node: Dim): string => (node.kind === 'rest' ? '...' : expr(node.expr));

function item(node: Item): string {
  if (node.kind === 'new') return node.rest ? '_...' : '_';
  if (node.kind === 'rest') return '...';
  if (node.kind === 'at') return expr(node.expr);
  return `${some(node.from, expr)}:${some(node.to, expr)}`;
}

export function path(node: Path): string {
  const segments = node.segments.map((segment) => (segment.kind === 'word' ? segment.text : `[${expr(segment.expr)}]`));
  return `${node.shared ? 'shared ' : ''}@${node.none ? '_' : segments.join('/')}`;
}

export function type(node: Type): string {
  const args = some(node.args, (args) => list(args.map(arg)));
  const shape = some(node.shape, (shape) => `[${shape.map(dim).join(' ')}]`);
  return `${node.name?.text ?? ''}${args}${shape}${node.optional ? '?' : ''}`;
}

export const statements = (nodes: readonly Stmt[]): string => `{${nodes.map(statement).join('; ')}}`;

export function statement(node: Stmt): string {
  switch (node.kind) {
    case 'assign':
      return list([node.op, ...node.targets.map(({ text }) => text), ':', expr(node.value)]);
    case 'weight':
      return list([
        node.trained ? 'param' : 'frozen',
        node.name.text,
        some(node.path, path),
        type(node.type),
        expr(node.init),
      ]);
    case 'input':
      return list(['input', node.name.text, type(node.type)]);
    case 'output':
      return list(['output', ...node.targets.map(({ text }) => text), ':', expr(node.value)]);
    case 'require':
      return list(['require', expr(node.condition), JSON.stringify(node.message.value)]);
    case 'if':
      return list([
        'if',
        expr(node.condition),
        statements(node.then),
        some(node.else, statements),
        node.elseIf ? 'else-if' : '',
      ]);
    case 'for':
      return list(['for', ...node.names.map(({ text }) => text), 'in', expr(node.over), statements(node.body)]);
  }
}

const param = (node: Param): string => list([node.name.text, type(node.type), some(node.default, expr)]);
const tolerance = (node: Tolerance): string => `+-${node.value.raw}${node.percent ? '%' : ''}`;
const point = (node: Point): string =>
  list([node.ofPreset ? JSON.stringify(node.of.text) : node.of.text, ...node.args.map(arg)]);
const dotted = (names: readonly { readonly text: string }[]) => names.map(({ text }) => text).join('.');

function entry(node: Entry): string {
  const { value } = node;
  return `${node.name.text}:${value.kind === 'entries' ? `{${value.entries.map(entry).join(' ')}}` : expr(value)}`;
}

function vary(node: Vary): string {
  switch (node.kind) {
    case 'axis':
      return `${dotted(node.dotted)}:${expr(node.values)}`;
    case 'zip':
      return list(['zip', ...node.axes.map(vary)]);
    case 'where':
      return list(['where', expr(node.condition)]);
    case 'match-cost':
      return list([
        'match',
        node.fact.text,
        tolerance(node.tolerance),
        some(node.to, (to) => `to ${expr(to)}`),
        `by ${dotted(node.by)}`,
        `step ${expr(node.step)}`,
      ]);
    case 'path':
    case 'leave_one_out':
      return list([node.kind, point(node.to)]);
  }
}

export function declaration(node: Decl): string {
  switch (node.kind) {
    case 'use': {
      const items = node.items.map((one) =>
        one.kind === 'preset'
          ? JSON.stringify(one.name.text)
          : `${one.name.text}${some(one.as, (as) => `=${as.text}`)}`,
      );
      return list([
        node.export ? 'export' : '',
        'use',
        node.from.kind === 'path' ? JSON.stringify(node.from.text) : node.from.text,
        ...items,
      ]);
    }
    case 'const':
      return list(['const', node.name.text, expr(node.value)]);
    case 'enum':
      return list(['enum', node.name.text, ...node.members.map(({ text }) => text)]);
    case 'record':
      return list(['record', node.name.text, ...node.fields.map(param)]);
    case 'block': {
      const results = node.results.map(
        (result) => `${some(result.name, (name) => `${name.text}:`)}${type(result.type)}`,
      );
      const back = node.listed ? list(results) : results.join(' ');
      const body = node.short ? '=' : statements(node.body);
      return list(['block', node.name.text, list(node.params.map(param)), '->', back, body, ...node.returns.map(expr)]);
    }
    case 'model':
      return list(['model', node.name.text, list(node.params.map(param)), statements(node.body)]);
    case 'preset': {
      const facts = node.expect.map(
        (fact) => `${fact.name.text}:${expr(fact.value)}${some(fact.tolerance, tolerance)}`,
      );
      return list(['preset', JSON.stringify(node.name.text), point(node.point), ...facts]);
    }
    case 'recipe':
      return list(['recipe', node.name.text, some(node.of, (of) => `of ${of.text}`), ...node.entries.map(entry)]);
    case 'grid':
      return list([
        'grid',
        node.name.text,
        point(node.of),
        some(node.with, (name) => `with ${name.text}`),
        ...node.varies.map(vary),
      ]);
  }
}
