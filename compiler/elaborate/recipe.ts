/**
 * Recipes: fields that belong to the runtime. Here they are settled: a name that is no block, const or record is a plain
 * word, `f(...)` on a word is data, and a call of a block or record fills in its parameters.
 */

import type { Place } from '../../dsl/span.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Entry, Expr } from '../../dsl/tree.ts';
import { type Frame, fail, placeOf, type Session } from './context.ts';
import { topFrame } from './point.ts';
import { placeIn, type RecipeSymbol, type Scope } from './symbol.ts';
import { blockTerm, ERROR, list, type Term } from './term.ts';

/** The fields of a recipe in order; nested braces are nested entries. */
export type Entries = ReadonlyMap<string, Entry_>;
export interface Entry_ {
  readonly value: Term | Entries;
  readonly place: Place;
}

export interface ResolvedRecipe {
  readonly name: string;
  readonly entries: Entries;
  readonly place: Place;
}

export const isEntries = (value: Term | Entries): value is Entries => value instanceof Map;

/** The recipe with all that it inherits; none when something was wrong, which was said. */
export function resolveRecipe(
  symbol: RecipeSymbol,
  session: Session,
  through: readonly RecipeSymbol[] = [],
): ResolvedRecipe | undefined {
  const { decl, scope } = symbol;
  const frame = topFrame(scope, session, '');
  let base: Entries = new Map();
  if (decl.of !== undefined) {
    const parent = scope.recipes.get(decl.of.text);
    if (parent === undefined) {
      // the import that should bring it has been spoken of
      if (scope.broken.has(decl.of.text)) {
        session.failed = true;
        return undefined;
      }
      const close = nearest(decl.of.text, [...scope.recipes.keys()]);
      fail(
        frame,
        'D0601',
        decl.of.span,
        { what: 'recipe', name: decl.of.text, where: 'this file' },
        { help: close === undefined ? undefined : `did you mean \`${close}\`?` },
      );
      return undefined;
    }
    if (parent === symbol || through.includes(parent)) {
      fail(frame, 'D0215', decl.of.span, { name: decl.of.text });
      return undefined;
    }
    const resolved = resolveRecipe(parent, session, [...through, symbol]);
    if (resolved === undefined) return undefined;
    base = resolved.entries;
  }
  const entries = settleEntries(decl.entries, base, frame);
  return frame.failed ? undefined : { name: decl.name.text, entries, place: placeIn(scope, decl.name.span) };
}

function settleEntries(entries: readonly Entry[], base: Entries, frame: Frame): Entries {
  const result = new Map(base);
  const here = new Map<string, Entry>();
  for (const entry of entries) {
    const name = entry.name.text;
    const earlier = here.get(name);
    if (earlier !== undefined) {
      fail(
        frame,
        'D0202',
        entry.name.span,
        { what: 'the field', name },
        { labels: [{ place: placeOf(frame, earlier.name.span), text: 'first given here' }] },
      );
      continue;
    }
    here.set(name, entry);
    const before = result.get(name)?.value;
    const value =
      entry.value.kind === 'entries'
        ? settleEntries(entry.value.entries, before !== undefined && isEntries(before) ? before : new Map(), frame)
        : settleData(entry.value, frame);
    result.set(name, { value, place: placeOf(frame, entry.name.span) });
  }
  return result;
}

/** The value of a field: words where nothing has that name. */
export function settleData(expr: Expr, frame: Frame): Term {
  switch (expr.kind) {
    case 'name':
      return known(expr.name.text, frame.scope) ? frame.evaluate.expression(expr, frame) : word(expr.name.text);
    case 'paren':
      return settleData(expr.of, frame);
    case 'list': {
      const items = expr.items.map((item) => settleData(item, frame));
      return items.some((item) => item.kind === 'error') ? ERROR : list(items);
    }
    case 'call': {
      const symbol = frame.scope.names.get(expr.callee.text);
      if (symbol?.kind === 'block') {
        // without arguments it is the block itself
        if (expr.args.length === 0) return blockTerm(symbol);
        return frame.evaluate.call({ callee: expr.callee, args: expr.args, span: expr.span }, frame, {
          type: { kind: 'basic', basic: 'block' },
        });
      }
      if (known(expr.callee.text, frame.scope)) return frame.evaluate.expression(expr, frame);
      const positional: Term[] = [];
      const named = new Map<string, Term>();
      for (const arg of expr.args) {
        const value = settleData(arg.value, frame);
        if (value.kind === 'error') return ERROR;
        if (arg.name === undefined) positional.push(value);
        else if (named.has(arg.name.text))
          return fail(frame, 'D0323', arg.name.span, { name: arg.name.text, callee: expr.callee.text });
        else named.set(arg.name.text, value);
      }
      return { kind: 'word', word: expr.callee.text, positional, named };
    }
    default:
      return frame.evaluate.expression(expr, frame);
  }
}

const known = (name: string, scope: Scope): boolean => {
  const kind = scope.names.get(name)?.kind;
  return kind === 'block' || kind === 'const' || kind === 'record' || scope.broken.has(name);
};

const word = (text: string): Term => ({ kind: 'word', word: text, positional: [], named: new Map() });
