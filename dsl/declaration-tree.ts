/** Concrete tree → typed tree: declarations. One whose head is broken is left out. */
import type { CstNode } from 'chevrotain';
import {
  type Context,
  missing,
  nameOf,
  nodeOf,
  nodesOf,
  spanOf,
  spanOfToken,
  stringName,
  tokenOf,
  tokensOf,
  unquote,
} from './cst.ts';
import { exprOf, typeOf } from './expression-tree.ts';
import { statementsOf } from './statement-tree.ts';
import { gridOf, presetOf, recipeOf } from './study-tree.ts';
import type { Block, Decl, Expr, Param, Result, Use, UseItem } from './tree.ts';

export function declarationsOf(context: Context, file: CstNode): Decl[] {
  return nodesOf(file, 'declaration').flatMap((node) => {
    const only = Object.values(node.children)[0]?.[0] as CstNode | undefined;
    return (only && declarationOf(context, only)) ?? [];
  });
}

function declarationOf(context: Context, node: CstNode): Decl | undefined {
  const span = spanOf(node);
  const doc = context.doc(span.start);
  const name = () => nameOf(tokenOf(node, 'Id')!);
  switch (node.name) {
    case 'use':
      return useOf(node, doc);
    case 'const':
      return { kind: 'const', name: name(), value: exprOf(context, nodeOf(node, 'expr'), span.end, 0), span, doc };
    case 'enum':
      return { kind: 'enum', name: name(), members: tokensOf(node, 'Id').slice(1).map(nameOf), span, doc };
    case 'record':
      return { kind: 'record', name: name(), fields: paramsOf(context, nodesOf(node, 'field'), 'Name'), span, doc };
    case 'block':
      return blockOf(context, node, doc);
    case 'model': {
      const params = nodeOf(node, 'params');
      const body = nodeOf(node, 'body');
      if (params === undefined || body === undefined) return undefined;
      const statements = statementsOf(context, nodeOf(body, 'statements'), 0);
      const own = paramsOf(context, nodesOf(params, 'param'), 'Id');
      return { kind: 'model', name: name(), params: own, body: statements, span, doc };
    }
    case 'preset':
      return presetOf(context, node, doc);
    case 'recipe':
      return recipeOf(context, node, doc);
    default:
      return gridOf(context, node, doc);
  }
}

function useOf(node: CstNode, doc: string | undefined): Use {
  const string = tokenOf(node, 'String');
  const words = tokensOf(node, 'Id');
  const from: Use['from'] =
    string !== undefined
      ? { kind: 'path', text: unquote(string.image), span: spanOfToken(string) }
      : {
          kind: 'module',
          text: words.map((word) => word.image).join('.'),
          span: { start: words[0]!.startOffset, end: words.at(-1)!.endOffset + 1 },
        };
  const items = nodesOf(node, 'useItem').map((item): UseItem => {
    const preset = tokenOf(item, 'String');
    const [own, other] = tokensOf(item, 'Id');
    if (preset !== undefined) return { kind: 'preset', name: stringName(preset), span: spanOf(item) };
    return { kind: 'name', name: nameOf(own!), as: other && nameOf(other), span: spanOf(item) };
  });
  return { kind: 'use', export: tokenOf(node, 'EXPORT') !== undefined, from, items, span: spanOf(node), doc };
}

function paramsOf(context: Context, nodes: readonly CstNode[], key: 'Id' | 'Name'): Param[] {
  return nodes.map((node) => {
    const span = spanOf(node);
    const value = nodeOf(node, 'expr');
    return {
      name: nameOf(tokenOf(node, key)!),
      type: typeOf(context, nodeOf(node, 'type'), span.end, 0),
      default: value && exprOf(context, value, span.end, 0),
      doc: context.doc(span.start),
      span,
    };
  });
}

function blockOf(context: Context, node: CstNode, doc: string | undefined): Block | undefined {
  const params = nodeOf(node, 'params');
  const result = nodeOf(node, 'result');
  if (params === undefined || result === undefined) return undefined;
  const span = spanOf(node);
  const short = tokenOf(node, 'Assign') !== undefined;
  const back = nodeOf(node, 'return');
  const returns: Expr[] = (short ? [nodeOf(node, 'expr')] : nodesOf(back ?? node, 'expr')).map((expr) =>
    exprOf(context, expr, span.end, 0),
  );
  return {
    kind: 'block',
    name: nameOf(tokenOf(node, 'Id')!),
    params: paramsOf(context, nodesOf(params, 'param'), 'Id'),
    results: resultsOf(context, result),
    listed: tokenOf(result, 'LParen') !== undefined,
    short,
    body: statementsOf(context, nodeOf(node, 'statements'), 0),
    returns: returns.length > 0 ? returns : [missing(span.end - 1)],
    span,
    doc,
  };
}

function resultsOf(context: Context, node: CstNode): Result[] {
  const single = nodeOf(node, 'type');
  if (single !== undefined) return [{ type: typeOf(context, single, 0, 0), span: spanOf(single) }];
  return nodesOf(node, 'namedType').map((named) => {
    const name = tokenOf(named, 'Id');
    const span = spanOf(named);
    return { name: name && nameOf(name), type: typeOf(context, nodeOf(named, 'type'), span.end, 0), span };
  });
}
