/** Concrete tree → typed tree: statements. */
import type { CstNode } from 'chevrotain';
import { type Context, nameOf, nodeOf, nodesOf, spanOf, spanOfToken, tokenOf, tokensOf, unquote } from './cst.ts';
import { exprOf, pathOf, typeOf } from './expression-tree.ts';
import type { Expr, Name, Stmt, StringExpr } from './tree.ts';

export function statementsOf(context: Context, node: CstNode | undefined, depth: number): Stmt[] {
  if (node === undefined) return [];
  return nodesOf(node, 'statement').flatMap((statement) => statementOf(context, statement, depth) ?? []);
}

const bodyOf = (context: Context, node: CstNode | undefined, depth: number) =>
  statementsOf(context, node && nodeOf(node, 'statements'), depth);

const targetsOf = (node: CstNode): Name[] =>
  nodesOf(nodeOf(node, 'targets')!, 'target').map((target) =>
    nameOf(tokenOf(target, 'Id') ?? tokenOf(target, 'Underscore')!),
  );

function assigned(context: Context, node: CstNode, depth: number): Expr {
  const value = nodeOf(node, 'assigned');
  return exprOf(context, value && nodeOf(value, 'expr'), spanOf(node).end, depth);
}

function statementOf(context: Context, node: CstNode, above: number): Stmt | undefined {
  const span = spanOf(node);
  const doc = context.doc(span.start);
  const depth = above + 1;
  const only = Object.values(node.children)[0]?.[0] as CstNode;
  switch (only.name) {
    case 'assign': {
      const op = tokenOf(only, 'PlusAssign') ? '+=' : '=';
      return { kind: 'assign', targets: targetsOf(only), op, value: assigned(context, only, depth), span, doc };
    }
    case 'weight': {
      const path = nodeOf(only, 'path');
      return {
        kind: 'weight',
        trained: tokenOf(only, 'PARAM') !== undefined,
        name: nameOf(tokenOf(only, 'Id')!),
        path: path && pathOf(context, path, depth),
        type: typeOf(context, nodeOf(only, 'type'), span.end, depth),
        init: assigned(context, only, depth),
        span,
        doc,
      };
    }
    case 'inputStatement': {
      const type = typeOf(context, nodeOf(only, 'type'), span.end, depth);
      return { kind: 'input', name: nameOf(tokenOf(only, 'Id')!), type, span, doc };
    }
    case 'output':
      return { kind: 'output', targets: targetsOf(only), value: assigned(context, only, depth), span, doc };
    case 'require': {
      const token = tokenOf(only, 'String')!;
      const message: StringExpr = { kind: 'string', value: unquote(token.image), span: spanOfToken(token) };
      const condition = exprOf(context, nodeOf(only, 'expr'), span.end, depth);
      return { kind: 'require', condition, message, span, doc };
    }
    case 'if':
      return ifOf(context, only, depth, doc);
    default: {
      const names = tokensOf(only, 'Id').map(nameOf);
      const over = exprOf(context, nodeOf(only, 'expr'), span.end, depth);
      return { kind: 'for', names, over, body: bodyOf(context, nodeOf(only, 'body'), depth), span, doc };
    }
  }
}

function ifOf(context: Context, node: CstNode, depth: number, doc: string | undefined): Stmt | undefined {
  const conditions = nodesOf(node, 'expr');
  const bodies = nodesOf(node, 'body');
  const words = tokensOf(node, 'IF');
  const { end } = spanOf(node);
  const deep = depth + conditions.length - 1;
  const last = bodies[conditions.length];
  let otherwise: Stmt[] | undefined = last && bodyOf(context, last, deep);
  let elseIf = false;
  for (let i = conditions.length - 1; i >= 0; i--) {
    const condition = exprOf(context, conditions[i], end, deep);
    const span = { start: words[i]!.startOffset, end };
    const then = bodyOf(context, bodies[i], deep);
    const stmt: Stmt = { kind: 'if', condition, then, else: otherwise, elseIf, span, doc: i === 0 ? doc : undefined };
    if (i === 0) return stmt;
    otherwise = [stmt];
    elseIf = true;
  }
  return undefined;
}
