/**
 * What every name of a pattern stands for, given the shape of the operand: one unknown in a group is what the known
 * ones leave of the axis. Nothing is rounded; what does not come out is a misfit.
 */
import { bindDim, type Dim, type Shape, showDim, showShape } from '../ir/type.ts';
import { productOf, quotientOf } from './dim-product.ts';
import { type Misfit, misfit } from './op.ts';
import {
  ELLIPSIS,
  type Factor,
  type Group,
  isRest,
  type Pattern,
  parsePattern,
  showPattern,
  wrongPattern,
} from './pattern.ts';

export type Sizes = Readonly<Record<string, Dim>>;

/** Sizes when the batch is `n`: what goes with a shape that is bound. */
export const bindSizes = (sizes: Sizes | undefined, n: number): Sizes | undefined =>
  sizes && Object.fromEntries(Object.entries(sizes).map(([name, dim]) => [name, bindDim(dim, n)]));

/** One elementary axis and its size; `...` has been replaced by one axis for each that it stands for. */
export interface Axis {
  readonly key: string;
  readonly dim: Dim;
}

export interface Resolved {
  readonly pattern: Pattern;
  readonly left: readonly (readonly Axis[])[];
  readonly right: readonly (readonly Axis[])[];
}

export type PatternKind = 'rearrange' | 'repeat' | 'reduce';

export const nameOf = (factor: Factor): string => (factor.size === undefined ? factor.key : String(factor.size));
const showGroup = (factors: readonly Factor[]): string => `(${factors.map(nameOf).join(' ')})`;
export const factorsOf = (side: readonly Group[]): readonly Factor[] => side.flatMap((group) => group.factors);
const keysOf = (side: readonly Group[]): Set<string> => new Set(factorsOf(side).map((factor) => factor.key));

/** Names on one side only, where the op does not allow it. */
function checkSides({ text, left, right }: Pattern, kind: PatternKind, sizes: Sizes): Misfit | undefined {
  const [before, after] = [keysOf(left), keysOf(right)];
  const fault = (why: string, help?: string) => wrongPattern(text, why, help);
  if (kind !== 'reduce') {
    const lost = factorsOf(left).find((factor) => factor.size !== 1 && !after.has(factor.key));
    if (lost) return fault(`\`${nameOf(lost)}\` is missing on the right`, '`reduce` is what drops an axis');
  }
  for (const factor of factorsOf(right)) {
    if (factor.size === 1 || before.has(factor.key)) continue;
    if (factor.key === ELLIPSIS) return fault('`...` is missing on the left');
    if (kind !== 'repeat')
      return fault(`\`${nameOf(factor)}\` is missing on the left`, '`repeat` is what adds an axis');
    if (factor.size === undefined && !Object.hasOwn(sizes, factor.key)) {
      return fault(`the size of \`${factor.key}\` is not known`, `give it: \`${factor.key}: …\``);
    }
  }
  const unused = Object.keys(sizes).find((name) => !before.has(name) && !after.has(name));
  if (unused !== undefined) {
    return misfit(`pattern ${showPattern(text)} has no axis \`${unused}\``, unused);
  }
  return undefined;
}

const given = (factor: Factor, sizes: Sizes): Dim | undefined =>
  factor.size ?? (Object.hasOwn(sizes, factor.key) ? sizes[factor.key] : undefined);

/** The factors of one axis of the operand. */
function splitAxis(
  { factors: group, grouped }: Group,
  axis: number,
  shape: Shape,
  sizes: Sizes,
  text: string,
): readonly Axis[] | Misfit {
  const dim = shape[axis]!;
  const where = `axis ${axis} of \`${showShape(shape)}\``;
  const known = group.map((factor) => given(factor, sizes));
  const unknown = group.filter((_, i) => known[i] === undefined);
  if (unknown.length > 1) {
    const names = unknown.map((factor) => `\`${factor.key}\``).join(' and ');
    const help = `give all but one of them: \`${unknown[0]!.key}: …\``;
    return misfit(`pattern ${showPattern(text)} cannot split ${where}: ${names} are not known`, 'pattern', help);
  }
  const product = productOf(known.filter((size) => size !== undefined));
  const rest = product === undefined ? undefined : quotientOf(dim, product);
  if (product === undefined || rest === undefined || (unknown.length === 0 && rest !== 1)) {
    const sized = group.map((factor, i) => (known[i] === undefined ? factor.key : showDim(known[i])));
    if (!grouped) {
      const factor = group[0]!;
      const own = factor.size === undefined ? `\`${factor.key}\` is ${sized[0]}` : `the pattern says ${sized[0]}`;
      return misfit(`${where} is ${showDim(dim)}, but ${own}`, factor.size === undefined ? factor.key : 'pattern');
    }
    const by = sized.filter((_, i) => known[i] !== undefined).join(' · ');
    const why =
      unknown.length === 0
        ? `${sized.join(' · ') || 1} is not ${showDim(dim)}`
        : `${showDim(dim)} is not a multiple of ${by}`;
    const at = group.find((factor, i) => factor.size === undefined && known[i] !== undefined)?.key;
    return misfit(`cannot split ${where} into \`${showGroup(group)}\`: ${why}`, at ?? 'pattern');
  }
  return group.map((factor, i) => ({ key: factor.key, dim: known[i] ?? rest }));
}

const restAxes = (dims: Shape): Axis[] => dims.map((dim, i) => ({ key: `${ELLIPSIS}${i}`, dim }));

/** Sizes of all axes of both sides. `text` is a pattern of `kind` for an operand of `shape`. */
export function resolvePattern(kind: PatternKind, text: string, sizes: Sizes, shape: Shape): Resolved | Misfit {
  const pattern = parsePattern(text);
  if ('misfit' in pattern) return pattern;
  const fault = checkSides(pattern, kind, sizes);
  if (fault) return fault;

  const at = pattern.left.findIndex(isRest);
  if (at < 0 && keysOf(pattern.left).has(ELLIPSIS)) {
    return misfit(`pattern ${showPattern(text)}: \`...\` stands in a group on the left`, 'pattern', 'name the axes');
  }
  const named = pattern.left.length - (at < 0 ? 0 : 1);
  if (at < 0 ? named !== shape.length : named > shape.length) {
    const axes = `${named} ${named === 1 ? 'axis' : 'axes'}${at < 0 ? '' : ' besides `...`'}`;
    return misfit(`pattern ${showPattern(text)} names ${axes}, but \`${showShape(shape)}\` has ${shape.length}`, 0);
  }
  const rest = at < 0 ? [] : restAxes(shape.slice(at, at + shape.length - named));

  const left: (readonly Axis[])[] = [];
  for (const [i, group] of pattern.left.entries()) {
    if (i === at) left.push(...rest.map((axis) => [axis]));
    else {
      const axes = splitAxis(group, left.length, shape, sizes, text);
      if ('misfit' in axes) return axes;
      left.push(axes);
    }
  }
  const dims = new Map(left.flat().map((axis) => [axis.key, axis.dim]));
  const right: (readonly Axis[])[] = [];
  for (const group of pattern.right) {
    if (isRest(group)) right.push(...rest.map((axis) => [axis]));
    else {
      right.push(
        group.factors.flatMap((factor) =>
          factor.key === ELLIPSIS ? rest : [{ key: factor.key, dim: dims.get(factor.key) ?? given(factor, sizes)! }],
        ),
      );
    }
  }
  return { pattern, left, right };
}

/** The shape that a side stands for; a misfit where a group has no size. */
export function shapeOf(side: readonly (readonly Axis[])[], text: string): Dim[] | Misfit {
  const shape: Dim[] = [];
  for (const group of side) {
    const dim = productOf(group.map((axis) => axis.dim));
    if (dim === undefined) {
      const why = `${group.map((axis) => showDim(axis.dim)).join(' · ')} is not a size`;
      return misfit(`pattern ${showPattern(text)}: ${why}`, 'pattern', 'a size is a number or a multiple of N');
    }
    shape.push(dim);
  }
  return shape;
}
