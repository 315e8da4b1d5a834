/** Where that is written which decides a plan: settings of the base, fields of the recipe, values of axes, lines. */
import { type Place, positionOf } from '../../dsl/span.ts';
import type { Expr, Point } from '../../dsl/tree.ts';
import { isEntries } from '../elaborate/recipe.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import { placeIn, type Scope } from '../elaborate/symbol.ts';
import type { Grid } from './grid.ts';
import { lineText } from './grid-lines.ts';

/** By the names that a lock has for them. */
export interface Blame {
  /** `size.depth` */
  base(name: string): Place | undefined;
  /** `sample.guidance.scale` */
  recipe(name: string): Place | undefined;
  /** `large`, a value of an axis */
  value(name: string): Place | undefined;
  /** `where params < 50M` */
  line(text: string): Place | undefined;
}

export const showPlace = (place: Place | undefined): string =>
  place === undefined ? '' : ` (${place.source.path}:${positionOf(place.source, place.span.start).line})`;

export function createBlame({ symbol, recipe }: Grid): Blame {
  const { decl, scope } = symbol;
  const lines = new Map(decl.varies.map((vary) => [lineText(vary), placeIn(scope, vary.span)]));
  return {
    base: (name) => ofSetting(decl.of, scope, name.split('.')),
    recipe(name) {
      let entries = recipe?.entries;
      let place: Place | undefined;
      for (const part of name.split('.')) {
        const entry = entries?.get(part);
        if (entry === undefined) break;
        place = entry.place;
        entries = isEntries(entry.value) ? entry.value : undefined;
      }
      return place;
    },
    value(name) {
      const named = scope.names.get(name);
      return named?.kind === 'const' ? placeIn(named.scope, named.decl.name.span) : undefined;
    },
    line: (text) => lines.get(text),
  };
}

/** An argument of the point, or of the preset that it is made of, or the default of the model. */
function ofSetting(point: Point, scope: Scope, path: readonly string[]): Place | undefined {
  const [first, ...rest] = path;
  const argument = point.args.find(({ name }) => name?.text === first);
  if (argument !== undefined) return inside(argument.value, scope, rest);
  if (point.ofPreset) {
    const preset = scope.presets.get(point.of.text);
    return preset && ofSetting(preset.decl.point, preset.scope, path);
  }
  const model = scope.names.get(point.of.text);
  if (model?.kind !== 'model') return undefined;
  const parameter = model.decl.params.find(({ name }) => name.text === first);
  if (parameter === undefined) return undefined;
  return parameter.default === undefined
    ? placeIn(model.scope, parameter.span)
    : inside(parameter.default, model.scope, rest);
}

/** A field of a record, through the consts that stand for it. */
function inside(expr: Expr, scope: Scope, path: readonly string[]): Place {
  if (expr.kind === 'paren') return inside(expr.of, scope, path);
  if (expr.kind === 'name') {
    const named = scope.names.get(expr.name.text);
    if (named?.kind === 'const') return inside(named.decl.value, named.scope, path);
  }
  const [first, ...rest] = path;
  const record = expr.kind === 'call' ? scope.names.get(expr.callee.text) : undefined;
  if (expr.kind !== 'call' || record?.kind !== 'record' || first === undefined) return placeIn(scope, expr.span);
  const { names } = signatureOf(record);
  const argument =
    expr.args.find(({ name }) => name?.text === first) ??
    expr.args.find(({ name }, index) => name === undefined && names[index] === first);
  if (argument !== undefined) return inside(argument.value, scope, rest);
  const field = record.decl.fields.find(({ name }) => name.text === first);
  return field === undefined ? placeIn(scope, expr.span) : placeIn(record.scope, field.span);
}
