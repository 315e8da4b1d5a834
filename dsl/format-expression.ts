/** Expressions, types and weight paths in canonical form. */
import { type Comments, rowsOf, separated, stacked } from './format-comments.ts';
import {
  concat,
  type Doc,
  fill,
  group,
  hardline,
  ifBroken,
  indent,
  join,
  keptline,
  line,
  sequence,
  softline,
} from './layout.ts';
import { precedenceOf, sidesOf } from './operators.ts';
import type { Span } from './span.ts';
import type { Arg, Arm, BinaryExpr, ChoiceExpr, Dim, Expr, Item, Path, Pattern, PipeExpr, Type } from './tree.ts';

const TIGHTEST = 10;

export const quote = (value: string) =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/** An expression, in parentheses where its place asks for one that holds tighter. */
export function exprDoc(comments: Comments, expr: Expr, least = 0): Doc {
  const doc = bare(comments, expr);
  return precedenceOf(expr) < least ? concat('(', doc, ')') : doc;
}

function bare(comments: Comments, expr: Expr): Doc {
  switch (expr.kind) {
    case 'number':
      return expr.raw;
    case 'string':
      return quote(expr.value);
    case 'bool':
      return String(expr.value);
    case 'none':
      return 'none';
    case 'name':
      return expr.name.text;
    case 'missing':
      return '';
    case 'call':
      return concat(expr.callee.text, argsDoc(comments, expr.args, expr.callee.span.end, expr.span.end));
    case 'paren':
      return concat('(', exprDoc(comments, expr.of), ')');
    case 'list':
      return listDoc(comments, expr.items, expr.span);
    case 'unary':
      return expr.op === 'not'
        ? concat('not ', exprDoc(comments, expr.operand, 3))
        : concat('-', exprDoc(comments, expr.operand, 8));
    case 'range': {
      const [left, right] = sidesOf(expr);
      return concat(exprDoc(comments, expr.from, left), '..', exprDoc(comments, expr.to, right));
    }
    case 'binary':
      return binaryDoc(comments, expr);
    case 'pipe':
      return pipeDoc(comments, expr);
    case 'member':
      return concat(postfixed(comments, expr.of), '.', expr.name.text);
    case 'index':
      return concat(
        postfixed(comments, expr.of),
        '[',
        bracketed(comments, expr.items, expr.of.span.end, expr.span.end, itemDoc),
        ']',
      );
    case 'path':
      return concat(exprDoc(comments, expr.of, TIGHTEST), ' ', pathDoc(comments, expr.path));
    case 'choice':
      return choiceDoc(comments, expr);
    case 'match': {
      const arms = (node: Arm) =>
        concat(node.patterns.map(patternText).join(' | '), ' => ', exprDoc(comments, node.value));
      const from = expr.subject.span.end;
      return concat(
        'match ',
        exprDoc(comments, expr.subject),
        ' ',
        braces(comments, expr.arms, from, expr.span.end, arms),
      );
    }
  }
}

/** Before `.` and `[`: a path would take them for its own. */
const postfixed = (comments: Comments, of: Expr) =>
  of.kind === 'path' ? concat('(', bare(comments, of), ')') : exprDoc(comments, of, TIGHTEST);

const patternText = (pattern: Pattern): string => {
  if (pattern.kind === 'any') return '_';
  if (pattern.kind === 'name') return pattern.name.text;
  if (pattern.kind === 'number') return pattern.raw;
  if (pattern.kind === 'string') return quote(pattern.value);
  return pattern.kind === 'bool' ? String(pattern.value) : 'none';
};

/** A chain of operators of one precedence breaks before each of them, where it must. */
function binaryDoc(comments: Comments, expr: BinaryExpr): Doc {
  const [level, side] = sidesOf(expr);
  if (expr.op === '^') return concat(exprDoc(comments, expr.left, level), '^', exprDoc(comments, expr.right, side));
  const chain: BinaryExpr[] = [expr];
  // comparisons do not chain: there the left side needs parentheses
  const leans = level === precedenceOf(expr);
  let left = expr.left;
  for (; leans && left.kind === 'binary' && precedenceOf(left) === level; left = left.left) chain.unshift(left);
  const parts = [exprDoc(comments, left, level)];
  for (const { op, right } of chain) parts.push(line, concat(`${op} `, exprDoc(comments, right, side)));
  return group(indent(fill(parts)));
}

/** A chain of pipes breaks before every `|>`, or where its author broke it. */
function pipeDoc(comments: Comments, expr: PipeExpr): Doc {
  const chain: PipeExpr[] = [];
  let head: Expr = expr;
  for (; head.kind === 'pipe'; head = head.input) chain.unshift(head);
  const breaks = chain.map((step) => comments.breaks(step.input.span.end, step.callee.span.start));
  const any = breaks.includes(true);
  const first = exprDoc(comments, head, 1);
  const contents: Doc[] = [];
  let behindHead: Doc = '';
  for (const step of chain) {
    const { start, end } = { start: step.input.span.end, end: step.callee.span.start };
    const [behind, above] = comments.split(start, end);
    if (contents.length === 0) behindHead = behind;
    else contents.push(concat(contents.pop()!, behind));
    contents.push(concat(sequence(above.flatMap((comment) => [comment, hardline])), stepDoc(comments, step)));
  }
  const lines = contents.flatMap((content, i) => [breaks[i] ? hardline : line, content]);
  if (!any) return group(first, behindHead, indent(sequence(lines)));
  // its author's breaks, and more only where a line is too long
  return concat(first, behindHead, indent(fill(['', ...lines])));
}

function stepDoc(comments: Comments, step: PipeExpr): Doc {
  const args = step.args
    ? argsDoc(comments, step.args, step.callee.span.end, step.path?.span.start ?? step.span.end)
    : '';
  const path = step.path ? concat(' ', pathDoc(comments, step.path)) : '';
  return concat('|> ', step.callee.text, args, path);
}

function choiceDoc(comments: Comments, expr: ChoiceExpr): Doc {
  const parts: Doc[] = [];
  let rest: Expr = expr;
  let broken = false;
  for (; rest.kind === 'choice'; rest = rest.else) {
    const open = rest.condition.span.end;
    broken ||= comments.breaks(open, rest.then.span.start);
    parts.push(
      'if ',
      exprDoc(comments, rest.condition),
      ' {',
      indent(line, exprDoc(comments, rest.then)),
      line,
      '} else ',
    );
  }
  parts.push('{', indent(line, exprDoc(comments, rest)), line, '}');
  return broken ? group(...parts, forced) : group(...parts);
}

/** Nothing, in a group that must be broken. */
export const forced: Doc = { kind: 'concat', parts: [], hard: true };

export function pathDoc(comments: Comments, path: Path): Doc {
  const shared = path.shared ? 'shared ' : '';
  if (path.none) return `as ${shared}_`;
  const segments = path.segments.map((segment, i) => {
    if (segment.kind === 'computed') return concat('[', exprDoc(comments, segment.expr), ']');
    return i === 0 ? segment.text : `.${segment.text}`;
  });
  return concat(`as ${shared}`, ...segments);
}

export function typeDoc(comments: Comments, type: Type): Doc {
  const args = type.args ? argsDoc(comments, type.args, type.name?.span.end ?? type.span.start, type.span.end) : '';
  const from = type.args?.at(-1)?.span.end ?? type.name?.span.end ?? type.span.start;
  const shape = type.shape ? concat('[', bracketed(comments, type.shape, from, type.span.end, dimDoc), ']') : '';
  return concat(type.name?.text ?? '', args, shape, type.optional ? '?' : '');
}

const dimDoc = (comments: Comments, dim: Dim): Doc => (dim.kind === 'rest' ? '...' : exprDoc(comments, dim.expr));

function itemDoc(comments: Comments, item: Item): Doc {
  if (item.kind === 'new') return item.rest ? '_...' : '_';
  if (item.kind === 'rest') return '...';
  if (item.kind === 'at') return exprDoc(comments, item.expr);
  const from = item.from ? exprDoc(comments, item.from) : '';
  return concat(from, ':', item.to ? exprDoc(comments, item.to) : '');
}

const argDoc = (comments: Comments, arg: Arg): Doc =>
  concat(arg.name ? `${arg.name.text}: ` : '', exprDoc(comments, arg.value));

/** A list as the only argument keeps its brackets with those of the call. */
export function argsDoc(comments: Comments, args: readonly Arg[], from: number, to: number): Doc {
  const only =
    args.length === 1 && args[0]!.value.kind === 'list' && args[0]!.name === undefined ? args[0]! : undefined;
  if (only !== undefined) return concat('(', exprDoc(comments, only.value), ')');
  return concat('(', bracketed(comments, args, from, to, argDoc), ')');
}

type Spanned = { readonly span: Span };

/** Things with commas between them: on one line, or filled on lines of their own, or one a line where there are comments. */
function bracketed<T extends Spanned>(
  comments: Comments,
  nodes: readonly T[],
  from: number,
  to: number,
  print: (comments: Comments, node: T) => Doc,
): Doc {
  const { rows, commented } = rowsOf(comments, nodes, from, to, (node) => print(comments, node));
  if (rows.length === 0) return '';
  const docs = separated(rows);
  if (commented) return concat(indent(hardline, join(hardline, docs)), hardline);
  return group(indent(softline, fill(docs.flatMap((doc, i) => (i === 0 ? [doc] : [line, doc])))), softline);
}

/** One item a line when it does not fit, with a comma after the last; plain values are filled. */
function listDoc(comments: Comments, items: readonly Expr[], span: Span): Doc {
  const { rows, commented } = rowsOf(comments, items, span.start + 1, span.end, (item) => exprDoc(comments, item));
  if (rows.length === 0) return '[]';
  if (commented) return concat('[', indent(hardline, join(hardline, separated(rows, true))), hardline, ']');
  const lines = separated(rows).flatMap((doc, i) => (i === 0 ? [doc] : [line, doc]));
  const body = items.every(({ kind }) => !NESTING.has(kind)) ? fill(lines) : sequence(lines);
  return group('[', indent(softline, body, ifBroken(',', '')), softline, ']');
}

const NESTING: ReadonlySet<Expr['kind']> = new Set(['call', 'list', 'match', 'paren', 'path', 'pipe', 'choice']);

/** Entries in braces: on one line with commas, or one a line without; where the author broke the line, so it stays. */
export function braces<T extends Spanned & { readonly doc?: string }>(
  comments: Comments,
  nodes: readonly T[],
  from: number,
  to: number,
  print: (node: T) => Doc,
): Doc {
  const open = comments.seek(from, '{');
  const broken = nodes.length > 0 && comments.breaks(open, nodes[0]!.span.start);
  let next = 0;
  const {
    open: behind,
    rows,
    commented,
  } = rowsOf(
    comments,
    nodes,
    open,
    to,
    (node) => {
      next++;
      return concat(print(node), continues(nodes[next]) ? ifBroken(',', '') : '');
    },
    true,
  );
  if (rows.length === 0) return concat('{', behind, '}');
  if (broken || commented) return concat('{', behind, indent(hardline, stacked(comments, rows)), hardline, '}');
  const separator = concat(ifBroken('', ','), keptline);
  return group(
    '{',
    indent(
      line,
      join(
        separator,
        rows.map(({ doc }) => doc),
      ),
    ),
    line,
    '}',
  );
}

/** Whether an entry is named by a word that would go on with the value before it: there a comma stays. */
function continues(node: unknown): boolean {
  const { name, dotted } = (node ?? {}) as { name?: { text: string }; dotted?: readonly { text: string }[] };
  return ['as', 'and', 'or'].includes(dotted?.[0]?.text ?? name?.text ?? '');
}
