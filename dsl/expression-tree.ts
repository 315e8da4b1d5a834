/** Concrete tree → typed tree: expressions, types, weight paths. */
import type { CstNode } from 'chevrotain';
import {
  type Context,
  missing,
  nameOf,
  nodeOf,
  nodesOf,
  placeOf,
  spanFrom,
  spanOf,
  spanOfToken,
  tokenOf,
  tokensOf,
  unquote,
} from './cst.ts';
import { excerpt } from './excerpt.ts';
import { MAX_DEPTH } from './limits.ts';
import { climb } from './operators.ts';
import { report } from './syntax-codes.ts';
import type { Token } from './tokens.ts';
import type { Arg, Arm, Dim, Expr, Item, Path, Pattern, Segment, Type } from './tree.ts';

/** `node` may be absent where the parser recovered; `at` is where it should have stood. `depth` is that of the tree above. */
export function exprOf(context: Context, node: CstNode | undefined, at: number, depth: number): Expr {
  if (node === undefined) return missing(at);
  const operands = nodesOf(node, 'operand');
  const operators = tokensOf(node, 'Infix');
  const steps = nodesOf(node, 'step');
  let deep = depth + 1 + operators.length + steps.length;
  for (const operand of operands) deep += tokensOf(operand, 'Prefix').length;
  if (deep > MAX_DEPTH) return tooDeep(context, node);
  let expr = climb(
    context,
    operands.map((operand) => ({ prefixes: tokensOf(operand, 'Prefix'), base: suffixed(context, operand, deep) })),
    operators,
  );
  for (const step of steps) {
    const args = nodeOf(step, 'args');
    const path = nodeOf(step, 'path');
    expr = {
      kind: 'pipe',
      input: expr,
      callee: nameOf(tokenOf(step, 'Id')!),
      args: args && argsOf(context, args, deep),
      path: path && pathOf(context, path, deep),
      span: spanFrom(expr.span, spanOf(step)),
    };
  }
  return expr;
}

function tooDeep(context: Context, node: CstNode): Expr {
  const help = 'give names to parts of it';
  const what = 'operators and brackets nest';
  const { start } = spanOf(node);
  context.report(report('D0112', placeOf(context, { start, end: start + 1 }), { what, most: MAX_DEPTH }, { help }));
  return missing(start);
}

function suffixed(context: Context, node: CstNode, depth: number): Expr {
  const suffixes = nodesOf(node, 'suffix');
  const deep = depth + suffixes.length;
  if (deep > MAX_DEPTH) return tooDeep(context, node);
  let expr = primary(context, node, deep);
  for (const suffix of suffixes) {
    const span = spanFrom(expr.span, spanOf(suffix));
    const member = tokenOf(suffix, 'Name');
    const path = nodeOf(suffix, 'path');
    if (member !== undefined) expr = { kind: 'member', of: expr, name: nameOf(member), span };
    else if (path !== undefined) expr = { kind: 'path', of: expr, path: pathOf(context, path, deep), span };
    else
      expr = {
        kind: 'index',
        of: expr,
        items: nodesOf(suffix, 'item').map((item) => itemOf(context, item, deep)),
        span,
      };
  }
  return expr;
}

function literal(node: CstNode): Exclude<Pattern, { kind: 'any' }> | undefined {
  const { children } = node;
  const span = (token: Token) => spanOfToken(token);
  const first = (key: string) => children[key]?.[0] as Token;
  if (children.Number) return { kind: 'number', raw: first('Number').image, span: span(first('Number')) };
  if (children.String) return { kind: 'string', value: unquote(first('String').image), span: span(first('String')) };
  if (children.TRUE) return { kind: 'bool', value: true, span: span(first('TRUE')) };
  if (children.FALSE) return { kind: 'bool', value: false, span: span(first('FALSE')) };
  if (children.NONE) return { kind: 'none', span: span(first('NONE')) };
  for (const key of ['Id', 'FROZEN'])
    if (children[key]) return { kind: 'name', name: nameOf(first(key)), span: span(first(key)) };
  return undefined;
}

function primary(context: Context, node: CstNode, depth: number): Expr {
  const args = nodeOf(node, 'args');
  if (args !== undefined) {
    const callee = nameOf(tokenOf(node, 'Id')!);
    return { kind: 'call', callee, args: argsOf(context, args, depth), span: spanFrom(callee.span, spanOf(args)) };
  }
  const plain = literal(node);
  if (plain !== undefined) return plain;
  const paren = nodeOf(node, 'paren');
  if (paren !== undefined) {
    const span = spanOf(paren);
    return { kind: 'paren', of: exprOf(context, nodeOf(paren, 'expr'), span.end, depth), span };
  }
  const list = nodeOf(node, 'list');
  if (list !== undefined) {
    return {
      kind: 'list',
      items: nodesOf(list, 'expr').map((item) => exprOf(context, item, 0, depth)),
      span: spanOf(list),
    };
  }
  const choice = nodeOf(node, 'choice');
  if (choice !== undefined) return choiceOf(context, choice, depth);
  return matchOf(context, nodeOf(node, 'match')!, depth);
}

function choiceOf(context: Context, node: CstNode, depth: number): Expr {
  const conditions = nodesOf(node, 'expr');
  const branches = nodesOf(node, 'branch');
  const deep = depth + conditions.length;
  if (deep > MAX_DEPTH) return tooDeep(context, node);
  const { end } = spanOf(node);
  const branch = (i: number) => exprOf(context, branches[i] && nodeOf(branches[i], 'expr'), end, deep);
  let expr = branch(conditions.length);
  for (let i = conditions.length - 1; i >= 0; i--) {
    const span = { start: (tokensOf(node, 'IF')[i] ?? tokenOf(node, 'IF')!).startOffset, end };
    // biome-ignore lint/suspicious/noThenProperty: a branch; nobody awaits a tree
    expr = { kind: 'choice', condition: exprOf(context, conditions[i], end, deep), then: branch(i), else: expr, span };
  }
  return expr;
}

function matchOf(context: Context, node: CstNode, depth: number): Expr {
  const span = spanOf(node);
  const arms = nodesOf(node, 'arm').map((arm): Arm => {
    const patterns = nodesOf(arm, 'pattern').map(
      (pattern): Pattern => literal(pattern) ?? { kind: 'any', span: spanOf(pattern) },
    );
    return { patterns, value: exprOf(context, nodeOf(arm, 'expr'), spanOf(arm).end, depth), span: spanOf(arm) };
  });
  return { kind: 'match', subject: exprOf(context, nodeOf(node, 'expr'), span.start, depth), arms, span };
}

export function argsOf(context: Context, node: CstNode, depth: number): Arg[] {
  const args = nodesOf(node, 'arg').map((arg): Arg => {
    const name = tokenOf(arg, 'Name');
    const equals = tokenOf(arg, 'Assign');
    if (equals !== undefined) wrongSign(context, equals, 'a named argument');
    const value = exprOf(context, nodeOf(arg, 'expr'), spanOf(arg).end, depth);
    return { name: name && nameOf(name), value, span: spanOf(arg) };
  });
  const named = args.findIndex((arg) => arg.name !== undefined);
  const late = named < 0 ? undefined : args.find((arg, i) => i > named && arg.name === undefined);
  if (late !== undefined) {
    const labels = [{ place: placeOf(context, args[named]!.span), text: 'named' }];
    context.report(
      report('D0118', placeOf(context, late.span), {}, { labels, help: 'positional arguments come first' }),
    );
  }
  return args;
}

/** `=` where a name and its value are joined by `:`. */
export function wrongSign(context: Context, equals: Token, what: string): void {
  const place = placeOf(context, spanOfToken(equals));
  const spaced = /\s/.test(context.source.text[equals.startOffset - 1] ?? '');
  const from = { start: equals.startOffset - (spaced ? 1 : 0), end: equals.endOffset + 1 };
  const blank = /\s/.test(context.source.text[equals.endOffset + 1] ?? '') ? '' : ' ';
  const fixes = [{ message: 'write `:`', edits: [{ place: placeOf(context, from), text: `:${blank}` }] }];
  context.report(report('D0115', place, { found: '=', wanted: ':', what }, { fixes }));
}

function itemOf(context: Context, node: CstNode, depth: number): Item {
  const span = spanOf(node);
  if (tokenOf(node, 'Underscore')) return { kind: 'new', rest: tokenOf(node, 'Ellipsis') !== undefined, span };
  if (tokenOf(node, 'Ellipsis')) return { kind: 'rest', span };
  const from = nodeOf(node, 'from');
  if (tokenOf(node, 'Colon') === undefined) return { kind: 'at', expr: exprOf(context, from, span.start, depth), span };
  const to = nodeOf(node, 'to');
  return {
    kind: 'slice',
    from: from && exprOf(context, from, span.start, depth),
    to: to && exprOf(context, to, span.end, depth),
    span,
  };
}

/** A number with a point in it is two segments. */
export function pathOf(context: Context, node: CstNode, depth: number): Path {
  const segments: Segment[] = [];
  const first = tokenOf(node, 'Name');
  if (first !== undefined) segments.push({ kind: 'word', text: first.image, span: spanOfToken(first) });
  for (const segment of nodesOf(node, 'segment')) {
    const name = tokenOf(segment, 'Name');
    const number = tokenOf(segment, 'Number');
    if (name !== undefined) segments.push({ kind: 'word', text: name.image, span: spanOfToken(name) });
    else if (number !== undefined) segments.push(...numbers(context, number));
    else
      segments.push({
        kind: 'computed',
        expr: exprOf(context, nodeOf(segment, 'expr'), spanOf(segment).end, depth),
        span: spanOf(segment),
      });
  }
  const none = first === undefined;
  return { shared: tokenOf(node, 'SHARED') !== undefined, none, segments, span: spanOf(node) };
}

function numbers(context: Context, token: Token): Segment[] {
  if (!/^[0-9]+(\.[0-9]+)?$/.test(token.image)) {
    const help = 'a segment is a name, a decimal number, or an int in brackets';
    context.report(report('D0119', placeOf(context, spanOfToken(token)), { text: excerpt(token.image) }, { help }));
  }
  let start = token.startOffset;
  return token.image.split('.').map((text) => {
    const span = { start, end: start + text.length };
    start = span.end + 1;
    return { kind: 'word', text, span };
  });
}

export function typeOf(context: Context, node: CstNode | undefined, at: number, depth: number): Type {
  if (node === undefined) return { optional: false, span: { start: at, end: at } };
  const name = tokenOf(node, 'Id');
  const args = nodeOf(node, 'args');
  const shape = nodeOf(node, 'shape');
  return {
    name: name && nameOf(name),
    args: args && argsOf(context, args, depth),
    shape: shape && nodesOf(shape, 'dim').map((dim) => dimOf(context, dim, depth)),
    optional: tokenOf(node, 'Question') !== undefined,
    span: spanOf(node),
  };
}

function dimOf(context: Context, node: CstNode, depth: number): Dim {
  const span = spanOf(node);
  if (tokenOf(node, 'Ellipsis')) return { kind: 'rest', span };
  return { kind: 'dim', expr: exprOf(context, nodeOf(node, 'expr'), span.start, depth), span };
}
