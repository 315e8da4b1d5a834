/** A grid, resolved: the base, its recipe, the groups that multiply, the match, the conditions. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Match, Name, Point, Where } from '../../dsl/tree.ts';
import { showQuantity } from '../check/quantity.ts';
import { createSession, type Frame, fail } from '../elaborate/context.ts';
import { settleSettings } from '../elaborate/model.ts';
import { type ResolvedPoint, resolvePoint, topFrame } from '../elaborate/point.ts';
import { type ResolvedRecipe, resolveRecipe } from '../elaborate/recipe.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import type { Spec } from '../elaborate/spec.ts';
import type { GridSymbol, ModelSymbol } from '../elaborate/symbol.ts';
import { namesIn } from './condition.ts';
import { checkCondition, checkMatch } from './constraint-check.ts';
import { checkDoubled, type Setting } from './doubled.ts';
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
  /** `apart`: no default is made of another parameter, so that one set of defaults goes with all points */
  readonly settled: 'apart' | 'together';
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
  const settings: Setting[] = [];
  for (const vary of decl.varies) {
    const group =
      vary.kind === 'axis' || vary.kind === 'zip'
        ? groupOf(vary, base, frame)
        : vary.kind === 'path' || vary.kind === 'leave_one_out'
          ? towards(spec, vary.to, vary.kind, base, frame)
          : undefined;
    if (group !== undefined) {
      groups.push(group);
      const spans = vary.kind === 'zip' ? vary.axes.map(({ span }) => span) : [];
      settings.push(...group.axes.map((axis, index) => ({ axis, span: spans[index] ?? vary.span })));
    }
    if (vary.kind === 'match-cost') checkMatch(vary, base.model, frame);
    if (vary.kind === 'where') checkCondition(vary, base.model, frame);
  }
  const matches = decl.varies.filter((vary) => vary.kind === 'match-cost');
  checkDoubled(settings, matches, frame);
  if (session.failed) return { diagnostics: session.diagnostics };
  const size = groups.reduce((product, group) => product * group.moves.length, 1);
  if (size > MAX_COMBINATIONS) {
    sayTooLarge(size, decl.name, groups, frame);
    return { diagnostics: session.diagnostics };
  }
  const wheres = decl.varies.filter((vary) => vary.kind === 'where');
  const name = decl.name.text;
  const settled = defaultsAreApart(base.model) ? 'apart' : 'together';
  return {
    grid: { symbol, name, base, recipe: resolved, groups, matches, wheres, size, settled },
    diagnostics: session.diagnostics,
  };
}

function sayTooLarge(size: number, name: Name, groups: readonly Group[], frame: Frame): void {
  const longest = [...groups].sort((a, b) => b.moves.length - a.moves.length).slice(0, 3);
  const lengths = longest.map(({ axes, moves }) => `\`${axes.join('`, `')}\` has ${showQuantity(moves.length)} values`);
  fail(
    frame,
    'D0901',
    name.span,
    {
      what: `the grid \`${name.text}\` has ${showQuantity(size, 3)} combinations`,
      limit: showQuantity(MAX_COMBINATIONS),
    },
    { help: `${lengths.join(', ')}: shorten an axis, \`zip\` those that go together, or make several grids` },
  );
}

function defaultsAreApart(model: ModelSymbol): boolean {
  const { parameters, byName } = signatureOf(model);
  return parameters.every(
    (parameter) =>
      parameter.kind !== 'value' ||
      parameter.default === undefined ||
      !namesIn(parameter.default).some((name) => byName.has(name)),
  );
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
