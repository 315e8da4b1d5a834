/** A grid, resolved: the base, its recipe, the groups that multiply, the match, the conditions. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Grid as GridDecl, Match, Name, Point, Where } from '../../dsl/tree.ts';
import { showQuantity } from '../check/quantity.ts';
import { createSession, type Frame, fail, markFailed, placeOf, type Session, say } from '../elaborate/context.ts';
import { type Settings, settleSettings } from '../elaborate/model.ts';
import { applyOverrides, type Override } from '../elaborate/override.ts';
import { type ResolvedPoint, resolvePoint, topFrame } from '../elaborate/point.ts';
import { type ResolvedRecipe, resolveRecipe } from '../elaborate/recipe.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import type { Spec } from '../elaborate/spec.ts';
import type { GridSymbol, ModelSymbol, Scope } from '../elaborate/symbol.ts';
import { namesIn } from './condition.ts';
import { checkNames, tryCondition } from './condition-check.ts';
import { checkDoubled, type Setting } from './doubled.ts';
import { checkMatch } from './match-check.ts';
import { differences, type Group, groupOf, type Move } from './move.ts';
import { tryRecipe } from './recipe-trial.ts';
import { trialsOf } from './trial.ts';

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

/** What the compiler does not know by itself. */
export interface GridOptions {
  /** what the runtime says of recipes: their fields and words */
  readonly recipe?: (recipe: ResolvedRecipe) => readonly Diagnostic[];
  /** parameters of the base that are other than the spec says */
  readonly overrides?: readonly Override[];
  /** the recipe as it is before the axes; none after a mistake, which was said */
  readonly changeRecipe?: (recipe: ResolvedRecipe, session: Session) => ResolvedRecipe | undefined;
}

/** None when something is wrong with it, or with every point of it as far as that can be seen without building one. */
export function resolveGrid(
  spec: Spec,
  symbol: GridSymbol,
  options: GridOptions = {},
): { readonly grid?: Grid; readonly diagnostics: readonly Diagnostic[] } {
  const { decl, scope } = symbol;
  const session = createSession(spec.instances, `grid ${decl.name.text}`, false);
  const frame = topFrame(scope, session, '');
  const base = resolveBase(decl.of, scope, session, options);
  const recipe = decl.with === undefined ? undefined : scope.recipes.get(decl.with.text);
  if (decl.with !== undefined && recipe === undefined && !scope.broken.has(decl.with.text)) {
    const close = nearest(decl.with.text, [...scope.recipes.keys()]);
    fail(
      frame,
      'D0601',
      decl.with.span,
      { what: 'recipe', name: decl.with.text, where: 'this file' },
      close === undefined
        ? {}
        : {
            help: `did you mean \`${close}\`?`,
            fixes: [{ message: `write \`${close}\``, edits: [{ place: placeOf(frame, decl.with.span), text: close }] }],
          },
    );
  }
  const written = recipe === undefined ? undefined : resolveRecipe(recipe, session);
  const resolved = written && options.changeRecipe ? options.changeRecipe(written, session) : written;
  if (base === undefined || (written !== undefined && resolved === undefined))
    return { diagnostics: session.diagnostics };
  const groups: Group[] = [];
  const settings: Setting[] = [];
  for (const vary of decl.varies) {
    const group =
      vary.kind === 'axis' || vary.kind === 'zip'
        ? groupOf(vary, base, frame, resolved?.entries)
        : vary.kind === 'path' || vary.kind === 'leave_one_out'
          ? towards(spec, vary.to, vary.kind, base, frame)
          : undefined;
    if (group !== undefined) {
      groups.push(group);
      const spans = vary.kind === 'zip' ? vary.axes.map(({ span }) => span) : [];
      settings.push(...group.axes.map((axis, index) => ({ axis, span: spans[index] ?? vary.span })));
    }
    if (vary.kind === 'match-cost') checkMatch(vary, base.model, frame);
    if (vary.kind === 'where') checkNames(vary.condition, base.model, frame);
  }
  if (decl.with === undefined) wantRecipe(decl, frame);
  const matches = decl.varies.filter((vary) => vary.kind === 'match-cost');
  checkDoubled(settings, matches, frame);
  if (session.failed) return { diagnostics: session.diagnostics };
  const size = groups.reduce((product, group) => product * group.moves.length, 1);
  if (size > MAX_COMBINATIONS) {
    sayTooLarge(size, decl.name, groups, frame);
    return { diagnostics: session.diagnostics };
  }
  const wheres = decl.varies.filter((vary) => vary.kind === 'where');
  const trials = trialsOf(spec, base, groups);
  for (const { condition } of wheres) tryCondition(condition, frame, trials);
  if (resolved !== undefined) tryRecipe(resolved, frame, trials, options);
  if (session.failed) return { diagnostics: session.diagnostics };
  const name = decl.name.text;
  const settled = defaultsAreApart(base.model) ? 'apart' : 'together';
  return {
    grid: { symbol, name, base, recipe: resolved, groups, matches, wheres, size, settled },
    diagnostics: session.diagnostics,
  };
}

function resolveBase(
  of: Point,
  scope: Scope,
  session: Session,
  { overrides = [] }: GridOptions,
): ResolvedPoint | undefined {
  const base = resolvePoint(of, scope, session);
  if (base === undefined || overrides.length === 0) return base;
  const settings = applyOverrides(scope, base, overrides, session);
  return settings && { model: base.model, settings };
}

/** Axes of a recipe change one: nothing else says how long, with what batch and with which objective a point is trained. */
function wantRecipe({ varies, name, of }: GridDecl, frame: Frame): void {
  const axes = varies.flatMap((vary) => (vary.kind === 'axis' ? [vary] : vary.kind === 'zip' ? vary.axes : []));
  const axis = axes.find(({ dotted }) => dotted.length > 1 && dotted[0]!.text === 'recipe');
  if (axis === undefined) return;
  const expected = `a recipe for the axis \`${axis.dotted.map(({ text }) => text).join('.')}\``;
  const base = of.ofPreset ? `"${of.of.text}"` : of.of.text;
  const help = `say which it changes: \`grid ${name.text} of ${base} with RECIPE { … }\``;
  fail(frame, 'D0305', axis.span, { expected, given: 'none' }, { help });
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
  const here = settledOf(spec, base, frame);
  const there = here && settledOf(spec, other, frame);
  if (here === undefined || there === undefined) return undefined;
  const changes = differences(here, there);
  const moves: Move[] = [[]];
  for (const [index, change] of changes.entries()) moves.push(kind === 'path' ? changes.slice(0, index + 1) : [change]);
  return { moves, axes: changes.map(({ path }) => path.join('.')) };
}

function settledOf(spec: Spec, { model, settings }: ResolvedPoint, frame: Frame): Settings | undefined {
  const settled = settleSettings(model, settings, frame.session.target, spec.instances);
  if (settled.settings === undefined) {
    for (const diagnostic of settled.diagnostics) say(frame.session, diagnostic);
    markFailed(frame);
  }
  return settled.settings;
}
