/** The walk over expressions that finds what each name means; see `resolve`. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/span.ts';
import type { Arg, Expr, Name, Path } from '../../dsl/tree.ts';
import { isOpName } from '../ops/registry.ts';
import { BUILTIN_VALUES, BUILTINS } from './builtin.ts';
import type { BlockSymbol, Scope } from './symbol.ts';
import { unknownName } from './unknown-name.ts';

export interface Walk {
  readonly scope: Scope;
  readonly standard: () => readonly Scope[];
  readonly said: Diagnostic[];
  readonly values: Set<BlockSymbol>;
  readonly members: ReadonlySet<string>;
  /** locals of the body by name; absent at the top level */
  locals?: Map<string, Local>;
  /** unknown names are words or parameters of somebody else: recipes, grids, facts */
  lenient: boolean;
  /** help for a name that nothing is like */
  hint?: string;
}

export interface Local {
  readonly span: Span;
  readonly kind: 'parameter' | 'dim' | 'value' | 'other';
  read: boolean;
}

export function walkPath(written: Path, walk: Walk): void {
  for (const segment of written.segments) if (segment.kind === 'computed') walkExpr(segment.expr, walk);
}

export function walkArgs(list: readonly Arg[], walk: Walk): void {
  for (const arg of list) walkExpr(arg.value, walk);
}

export function markUsed(text: string, walk: Walk): void {
  const made = walk.scope.imports.get(text);
  if (made !== undefined) made.used = true;
}

/** A name that is read; `asValue` when it is not the callee of a call. */
export function walkName(written: Name, walk: Walk, asValue: boolean): void {
  const { text } = written;
  const local = walk.locals?.get(text);
  if (local !== undefined) {
    local.read = true;
    return;
  }
  const symbol = walk.scope.names.get(text);
  if (symbol !== undefined) {
    markUsed(text, walk);
    if (asValue && symbol.kind === 'block') walk.values.add(symbol);
    return;
  }
  if (walk.lenient || walk.members.has(text) || walk.scope.broken.has(text) || text === 'training' || text === 'label')
    return;
  if (isOpName(text) || Object.hasOwn(BUILTINS, text) || Object.hasOwn(BUILTIN_VALUES, text)) return;
  walk.said.push(unknownName('D0201', written, walk, [...(walk.locals?.keys() ?? [])]));
}

export function walkExpr(written: Expr, walk: Walk): void {
  switch (written.kind) {
    case 'name':
      return walkName(written.name, walk, true);
    case 'call':
      walkName(written.callee, walk, false);
      if (fills(written.args)) walkName(written.callee, { ...walk, lenient: true }, true);
      return walkArgs(written.args, walk);
    case 'pipe':
      walkExpr(written.input, walk);
      walkName(written.callee, walk, false);
      if (written.path !== undefined) walkPath(written.path, walk);
      return walkArgs(written.args ?? [], walk);
    case 'list':
      for (const item of written.items) walkExpr(item, walk);
      return;
    case 'unary':
      return walkExpr(written.operand, walk);
    case 'binary':
      walkExpr(written.left, walk);
      return walkExpr(written.right, walk);
    case 'range':
      walkExpr(written.from, walk);
      return walkExpr(written.to, walk);
    case 'member':
    case 'paren':
      return walkExpr(written.of, walk);
    case 'path':
      walkExpr(written.of, walk);
      return walkPath(written.path, walk);
    case 'index':
      walkExpr(written.of, walk);
      for (const item of written.items) {
        if (item.kind === 'at') walkExpr(item.expr, walk);
        if (item.kind === 'slice')
          for (const side of [item.from, item.to]) if (side !== undefined) walkExpr(side, walk);
      }
      return;
    case 'choice':
      walkExpr(written.condition, walk);
      walkExpr(written.then, walk);
      return walkExpr(written.else, walk);
    case 'match':
      walkExpr(written.subject, walk);
      for (const arm of written.arms) {
        for (const pattern of arm.patterns) if (pattern.kind === 'name') walkName(pattern.name, walk, true);
        walkExpr(arm.value, walk);
      }
  }
}

/** `F(k: v)` may be F with k filled in. */
const fills = (list: readonly Arg[]): boolean => list.length > 0 && list.every((arg) => arg.name !== undefined);
