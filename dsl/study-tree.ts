/** Concrete tree → typed tree: presets, recipes, grids. */
import type { CstNode } from 'chevrotain';
import {
  type Context,
  missing,
  nameOf,
  nodeOf,
  nodesOf,
  placeOf,
  spanOf,
  spanOfToken,
  stringName,
  tokenOf,
  tokensOf,
} from './cst.ts';
import { argsOf, exprOf, wrongSign } from './expression-tree.ts';
import { MAX_DEPTH } from './limits.ts';
import { report } from './syntax-codes.ts';
import type { Axis, Entry, Fact, Grid, Name, Point, Preset, Recipe, Tolerance, Vary } from './tree.ts';

export function presetOf(context: Context, node: CstNode, doc: string | undefined): Preset {
  const expect = nodesOf(node, 'fact').map((fact): Fact => {
    const tolerance = nodeOf(fact, 'tolerance');
    return {
      name: nameOf(tokenOf(fact, 'Name')!),
      value: exprOf(context, nodeOf(fact, 'expr'), spanOf(fact).end, 0),
      tolerance: tolerance && toleranceOf(tolerance),
      span: spanOf(fact),
    };
  });
  const name = stringName(tokenOf(node, 'String')!);
  return { kind: 'preset', name, point: pointOf(context, nodeOf(node, 'point')!), expect, span: spanOf(node), doc };
}

function toleranceOf(node: CstNode): Tolerance {
  const number = tokenOf(node, 'Number')!;
  const value = { kind: 'number', raw: number.image, span: spanOfToken(number) } as const;
  return { value, percent: tokenOf(node, 'Percent') !== undefined, span: spanOf(node) };
}

function pointOf(context: Context, node: CstNode): Point {
  const string = tokenOf(node, 'String');
  const args = nodeOf(node, 'args');
  return {
    of: string !== undefined ? stringName(string) : nameOf(tokenOf(node, 'Id')!),
    ofPreset: string !== undefined,
    args: args ? argsOf(context, args, 0) : [],
    span: spanOf(node),
  };
}

export function recipeOf(context: Context, node: CstNode, doc: string | undefined): Recipe {
  const [name, of] = tokensOf(node, 'Id');
  const entries = entriesOf(context, nodeOf(node, 'entries')!, 0);
  return { kind: 'recipe', name: nameOf(name!), of: of && nameOf(of), entries, span: spanOf(node), doc };
}

function entriesOf(context: Context, node: CstNode, depth: number): Entry[] {
  return nodesOf(node, 'entry').map((entry) => {
    const span = spanOf(entry);
    const inner = nodeOf(entry, 'entries');
    const equals = tokenOf(entry, 'Assign');
    if (equals !== undefined) wrongSign(context, equals, 'an entry');
    return {
      name: nameOf(tokenOf(entry, 'Name')!),
      value:
        inner !== undefined
          ? { kind: 'entries', entries: entriesOf(context, inner, depth + 1), span: spanOf(inner) }
          : exprOf(context, nodeOf(entry, 'expr'), span.end, depth),
      doc: context.doc(span.start),
      span,
    };
  });
}

export function gridOf(context: Context, node: CstNode, doc: string | undefined): Grid {
  const [name, recipe] = tokensOf(node, 'Id');
  return {
    kind: 'grid',
    name: nameOf(name!),
    of: pointOf(context, nodeOf(node, 'point')!),
    with: recipe && nameOf(recipe),
    varies: nodesOf(node, 'vary').map((vary) => varyOf(context, vary)),
    span: spanOf(node),
    doc,
  };
}

function dottedOf(context: Context, node: CstNode): Name[] {
  const names = tokensOf(node, 'Name').map(nameOf);
  if (names.length <= MAX_DEPTH) return names;
  context.report(report('D0112', placeOf(context, spanOf(node)), { what: 'this name goes', most: MAX_DEPTH }));
  return names.slice(0, 1);
}

function axisOf(context: Context, node: CstNode): Axis {
  const span = spanOf(node);
  const dotted = dottedOf(context, nodeOf(node, 'dotted')!);
  return { kind: 'axis', dotted, values: exprOf(context, nodeOf(node, 'expr'), span.end, 0), span };
}

function varyOf(context: Context, node: CstNode): Vary {
  const only = Object.values(node.children)[0]![0] as CstNode;
  const span = spanOf(only);
  const expr = () => exprOf(context, nodeOf(only, 'expr'), span.end, 0);
  switch (only.name) {
    case 'axis':
      return axisOf(context, only);
    case 'zip':
      return { kind: 'zip', axes: nodesOf(only, 'axis').map((axis) => axisOf(context, axis)), span };
    case 'where':
      return { kind: 'where', condition: expr(), span };
    case 'matchCost': {
      const to = nodeOf(only, 'to');
      return {
        kind: 'match-cost',
        fact: nameOf((tokenOf(only, 'Id') ?? tokenOf(only, 'FROZEN'))!),
        tolerance: toleranceOf(nodeOf(only, 'tolerance')!),
        to: to && exprOf(context, to, span.end, 0),
        by: dottedOf(context, nodeOf(only, 'dotted')!),
        step: nodeOf(only, 'expr') ? expr() : missing(span.end),
        span,
      };
    }
    default:
      return {
        kind: tokenOf(only, 'PATH') ? 'path' : 'leave_one_out',
        to: pointOf(context, nodeOf(only, 'point')!),
        span,
      };
  }
}
