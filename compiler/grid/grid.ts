/** A grid, resolved: the base, its recipe, the groups that multiply, the match, the conditions. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Match, Point, Where } from '../../dsl/tree.ts';
import { FACTS, isFactName } from '../cost/facts.ts';
import { createSession, type Frame, fail } from '../elaborate/context.ts';
import { settleSettings } from '../elaborate/model.ts';
import { type ResolvedPoint, resolvePoint, topFrame } from '../elaborate/point.ts';
import { type ResolvedRecipe, resolveRecipe } from '../elaborate/recipe.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import { fieldType, type Spec } from '../elaborate/spec.ts';
import type { GridSymbol } from '../elaborate/symbol.ts';
import { differences, type Group, groupOf, type Move } from './move.ts';

export interface Grid {
  readonly symbol: GridSymbol;
  readonly name: string;
  readonly base: ResolvedPoint;
  readonly recipe?: ResolvedRecipe;
  readonly groups: readonly Group[];
  readonly matches: readonly Match[];
  readonly wheres: readonly Where[];
  /** combinations before anything is rejected */
  readonly size: number;
}

/** More combinations are refused before the first is looked at. */
export const MAX_COMBINATIONS = 10_000_000;

export function resolveGrid(
  spec: Spec,
  symbol: GridSymbol,
): { readonly grid?: Grid; readonly diagnostics: readonly Diagnostic[] } {
  const { decl, scope } = symbol;
  const session = createSession(spec.instances, `grid ${decl.name.text}`, false);
  const frame = topFrame(scope, session, '');
  const base = resolvePoint(decl.of, scope, session);
  const recipe = decl.with === undefined ? undefined : scope.recipes.get(decl.with.text);
  if (decl.with !== undefined && recipe === undefined && !scope.broken.has(decl.with.text)) {
    const close = nearest(decl.with.text, [...scope.recipes.keys()]);
    fail(
      frame,
      'D0601',
      decl.with.span,
      { what: 'recipe', name: decl.with.text, where: 'this file' },
      { help: close === undefined ? undefined : `did you mean \`${close}\`?` },
    );
  }
  const resolved = recipe === undefined ? undefined : resolveRecipe(recipe, session);
  if (base === undefined) return { diagnostics: session.diagnostics };
  const groups: Group[] = [];
  for (const vary of decl.varies) {
    const group =
      vary.kind === 'axis' || vary.kind === 'zip'
        ? groupOf(vary, base, frame)
        : vary.kind === 'path' || vary.kind === 'leave_one_out'
          ? towards(spec, vary.to, vary.kind, base, frame)
          : undefined;
    if (group !== undefined) groups.push(group);
    if (vary.kind === 'match-cost') checkMatch(vary, base, frame);
  }
  if (session.failed) return { diagnostics: session.diagnostics };
  const size = groups.reduce((product, group) => product * group.moves.length, 1);
  if (size > MAX_COMBINATIONS) {
    const longest = [...groups].sort((a, b) => b.moves.length - a.moves.length)[0]!;
    fail(
      frame,
      'D0901',
      decl.name.span,
      { what: `the grid has ${size.toExponential(2)} combinations`, limit: `${MAX_COMBINATIONS}` },
      { help: `shorten an axis: \`${longest.axes.join('`, `')}\` has ${longest.moves.length} values` },
    );
    return { diagnostics: session.diagnostics };
  }
  const matches = decl.varies.filter((vary) => vary.kind === 'match-cost');
  const wheres = decl.varies.filter((vary) => vary.kind === 'where');
  return {
    grid: { symbol, name: decl.name.text, base, recipe: resolved, groups, matches, wheres, size },
    diagnostics: session.diagnostics,
  };
}

/** `path to P`: one difference after the other; `leave_one_out to P`: each alone. Both begin with the base. */
function towards(
  spec: Spec,
  to: Point,
  kind: 'path' | 'leave_one_out',
  base: ResolvedPoint,
  frame: Frame,
): Group | undefined {
  const { scope, session } = frame;
  const other = resolvePoint(to, scope, session);
  if (other === undefined) return undefined;
  if (other.model !== base.model) {
    fail(frame, 'D0609', to.of.span, {
      name: to.of.text,
      model: other.model.decl.name.text,
      base: base.model.decl.name.text,
    });
    return undefined;
  }
  const here = settleSettings(base.model, base.settings, '', spec.instances).settings;
  const there = settleSettings(other.model, other.settings, '', spec.instances).settings;
  if (here === undefined || there === undefined) return undefined;
  const changes = differences(here, there);
  const moves: Move[] = [[]];
  for (const [index, change] of changes.entries()) moves.push(kind === 'path' ? changes.slice(0, index + 1) : [change]);
  return { moves, axes: changes.map(({ path }) => path.join('.')) };
}

function checkMatch(match: Match, base: ResolvedPoint, frame: Frame): void {
  const { fact, by } = match;
  if (!isFactName(fact.text)) {
    const close = nearest(fact.text, FACTS);
    fail(
      frame,
      'D0603',
      fact.span,
      { name: fact.text, target: `a point of this grid` },
      {
        help:
          close === undefined
            ? `the facts are ${FACTS.map((each) => `\`${each}\``).join(', ')}`
            : `did you mean \`${close}\`?`,
      },
    );
  }
  const parameter = signatureOf(base.model).byName.get(by[0]!.text);
  const field =
    parameter?.kind === 'value'
      ? fieldType(
          parameter.type,
          by.slice(1).map((name) => name.text),
        )
      : undefined;
  const numeric = field?.type.kind === 'basic' && (field.type.basic === 'int' || field.type.basic === 'float');
  if (!numeric)
    fail(
      frame,
      'D0606',
      by[0]!.span,
      { axis: by.map((name) => name.text).join('.'), of: base.model.decl.name.text },
      { help: '`by` names an int or float parameter, or such a field of one' },
    );
}
