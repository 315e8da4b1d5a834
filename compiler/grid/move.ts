/**
 * What a grid does to its base. A move sets some parameters, fields of the recipe, or the seed; a group is a list of
 * moves of which each point makes one; groups multiply in written order.
 */
import type { Span } from '../../dsl/span.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Axis, Name, Vary } from '../../dsl/tree.ts';
import { coerce } from '../elaborate/coerce.ts';
import { type Frame, fail, LIMITS, placeOf } from '../elaborate/context.ts';
import { listed, pathsTo } from '../elaborate/fields.ts';
import { intOf } from '../elaborate/indexing.ts';
import type { ResolvedPoint } from '../elaborate/point.ts';
import { type Entries, settleData } from '../elaborate/recipe.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import { fieldType, missingField } from '../elaborate/spec.ts';
import { keyOf, showTerm, type Term } from '../elaborate/term.ts';

export interface Assignment {
  readonly target: 'parameter' | 'recipe' | 'seed';
  /** of a parameter or field of one: `size.ratio`; of the recipe without the word `recipe` */
  readonly path: readonly string[];
  readonly term: Term;
  /** as it was written */
  readonly shown: string;
  /** where an axis of the grid is named */
  readonly axis?: Span;
}

export type Move = readonly Assignment[];

export interface Group {
  readonly moves: readonly Move[];
  /** what it varies, for people: `size.width` */
  readonly axes: readonly string[];
}

/** The name of what an assignment sets: `size.ratio`, `recipe.lr`, `seed`. */
export const axisName = ({ target, path }: Pick<Assignment, 'target' | 'path'>): string =>
  (target === 'recipe' ? ['recipe', ...path] : path).join('.');

/** The group of an axis or of a `zip`; none when something is wrong, which is said. */
export function groupOf(
  vary: Extract<Vary, { kind: 'axis' | 'zip' }>,
  base: ResolvedPoint,
  frame: Frame,
  recipe?: Entries,
): Group | undefined {
  const axes = vary.kind === 'axis' ? [vary] : vary.axes;
  if (axes.length === 0) {
    const help = 'write the axes that go in step: `zip { a: [1, 2], b: [3, 4] }`';
    fail(frame, 'D0305', vary.span, { expected: 'axes in the zip', given: 'none' }, { help });
    return undefined;
  }
  const lists = axes.map((axis) => assignmentsOf(axis, base, frame, recipe));
  if (lists.some((list) => list === undefined)) return undefined;
  const [first, ...others] = lists as Assignment[][];
  const odd = others.findIndex((list) => list.length !== first!.length);
  if (odd >= 0) {
    fail(frame, 'D0607', axes[odd + 1]!.values.span, { first: first!.length, other: others[odd]!.length });
    return undefined;
  }
  const moves = first!.map((_, index) => (lists as Assignment[][]).map((list) => list[index]!));
  return { moves, axes: axes.map((axis) => axis.dotted.map((name) => name.text).join('.')) };
}

function assignmentsOf(
  axis: Axis,
  base: ResolvedPoint,
  frame: Frame,
  recipe: Entries | undefined,
): Assignment[] | undefined {
  const names = axis.dotted.map((name) => name.text);
  const [head] = names;
  const at: Span = { start: axis.dotted[0]!.span.start, end: axis.dotted.at(-1)!.span.end };
  if (head === 'recipe' && names.length > 1)
    return listOf(axis, frame, (expr) => settleData(expr, frame))?.map(({ term, shown }) => ({
      target: 'recipe',
      path: names.slice(1),
      term,
      shown,
      axis: at,
    }));
  if (head === 'seed' && names.length === 1 && !signatureOf(base.model).byName.has('seed')) {
    const seeds = listOf(axis, frame, (expr) => frame.evaluate.expression(expr, frame));
    if (seeds?.some(({ term, span }) => !isSeed(term, span, frame))) return undefined;
    return seeds?.map(({ term, shown }) => ({ target: 'seed', path: ['seed'], term, shown }));
  }
  const parameter = signatureOf(base.model).byName.get(head!);
  const field = parameter?.kind === 'value' ? fieldType(parameter.type, names.slice(1)) : undefined;
  if (parameter?.kind !== 'value' || field === undefined) {
    sayUnknown(axis, base, frame, recipe);
    return undefined;
  }
  let sound = true;
  const list = listOf(axis, frame, (expr) => frame.evaluate.expression(expr, frame, { type: field.type }))?.map(
    ({ term, shown, span }) => {
      const value = coerce(
        term,
        field.type,
        field.optional || (names.length === 1 && parameter.optional),
        `\`${names.join('.')}\``,
        span,
        frame,
      );
      if (value.kind === 'error') sound = false;
      return { target: 'parameter' as const, path: names, term: value, shown };
    },
  );
  return sound ? list : undefined;
}

function sayUnknown({ dotted }: Axis, { model }: ResolvedPoint, frame: Frame, recipe: Entries | undefined): void {
  const [head, ...rest] = dotted as [Name, ...Name[]];
  const { byName } = signatureOf(model);
  const parameter = byName.get(head.text);
  const holes = { axis: dotted.map((name) => name.text).join('.'), of: model.decl.name.text };
  if (parameter?.kind === 'value') {
    const { at, help } = missingField(
      parameter,
      rest.map(({ text }) => text),
    );
    fail(frame, 'D0606', rest[at]!.span, holes, { help });
    return;
  }
  const inside = [...pathsTo(head.text, model), ...(recipe?.has(head.text) === true ? [`recipe.${head.text}`] : [])];
  const close = inside[0] ?? nearest(head.text, [...byName.keys(), 'recipe', 'seed']);
  const help =
    head.text === 'recipe'
      ? 'an axis is a field of the recipe: `recipe.lr: [1e-3, 2e-3]`'
      : close !== undefined
        ? `did you mean ${(inside.length > 0 ? inside : [close]).map((each) => `\`${each}\``).join(' or ')}?`
        : `it has ${listed([...byName.keys()])}; and there are \`recipe.…\` and \`seed\``;
  const fixes =
    close === undefined || close === 'recipe' || inside.length > 1
      ? []
      : [{ message: `write \`${close}\``, edits: [{ place: placeOf(frame, head.span), text: close }] }];
  fail(frame, 'D0606', head.span, holes, { help, fixes });
}

function isSeed(term: Term, span: Span, frame: Frame): boolean {
  const seed = intOf(term, 'a seed', span, frame);
  if (seed !== undefined && seed < 0) fail(frame, 'D0305', span, { expected: 'a seed from 0', given: showTerm(term) });
  return seed !== undefined && seed >= 0;
}

interface Written {
  readonly term: Term;
  readonly shown: string;
  readonly span: Span;
}

/** The values of an axis, each with its own text: a list that is written out, or any expression that is a list. */
function listOf(axis: Axis, frame: Frame, evaluate: (expr: Axis['values']) => Term): Written[] | undefined {
  const { values } = axis;
  const name = axis.dotted.map(({ text }) => text).join('.');
  const textOf = (span: Span): string =>
    frame.scope.file.source.text.slice(span.start, span.end).replaceAll(/\s+/g, ' ');
  const wanted = `a list of values for the axis \`${name}\``;
  let list: Written[];
  if (values.kind === 'list') {
    list = values.items.map((item) => ({ term: evaluate(item), shown: textOf(item.span), span: item.span }));
    if (list.some(({ term }) => term.kind === 'error')) return undefined;
  } else {
    const term = frame.evaluate.expression(values, frame);
    if (term.kind === 'error') return undefined;
    if (term.kind !== 'list') {
      const help = `one value is \`[${showTerm(term)}]\`, a range of ints \`0..3\``;
      fail(frame, 'D0305', values.span, { expected: wanted, given: showTerm(term) }, { help });
      return undefined;
    }
    list = term.items.map((item) => ({ term: item, shown: showTerm(item), span: values.span }));
  }
  if (list.length === 0) {
    const help = 'a grid multiplies its axes, so that an empty one leaves no point: leave it out, or give it a value';
    fail(frame, 'D0305', values.span, { expected: wanted, given: 'an empty one' }, { help });
  }
  if (list.length > LIMITS.items)
    fail(frame, 'D0901', values.span, { what: 'the axis is too long', limit: `${LIMITS.items} values` });
  return list.length > 0 && list.length <= LIMITS.items ? list : undefined;
}

/** The parameters in which two points of one model differ, in declared order, with the values of the other. */
export function differences(from: ReadonlyMap<string, Term>, to: ReadonlyMap<string, Term>): readonly Assignment[] {
  const changed: Assignment[] = [];
  for (const [name, term] of to) {
    const before = from.get(name);
    if (before === undefined || keyOf(before) !== keyOf(term))
      changed.push({ target: 'parameter', path: [name], term, shown: showTerm(term) });
  }
  return changed;
}
