/**
 * A contraction as one batched matrix product. Axes are of four kinds: in both operands and the result (batch), in the
 * left one and the result, in the right one and the result, in both but not in the result (contracted). What stands in
 * one operand alone is summed first. Of all orders and both sides of the product, the plan takes those that move the
 * fewest elements; a matrix that lies transposed is not moved.
 */
import { bindDim, type Dim, type Shape } from '../ir/type.ts';
import { type EinsumAxes, einsumAxes } from './einsum-pattern.ts';
import { isMistake, type Misfit } from './op.ts';

export interface EinsumSide {
  /** which operand of the op */
  readonly operand: 0 | 1;
  /** axes to sum over first; they are gone afterwards */
  readonly sum: readonly number[];
  /** of the axes that are left */
  readonly permutation: readonly number[];
  readonly transposed: boolean;
}

export interface EinsumPlan {
  readonly batch: Shape;
  readonly left: Shape;
  readonly contracted: Shape;
  readonly right: Shape;
  /**
   * After `permutation` the first side is [...batch, ...left, ...contracted], or [...batch, ...contracted, ...left] when
   * `transposed`; the second [...batch, ...contracted, ...right], or [...batch, ...right, ...contracted].
   */
  readonly sides: readonly [EinsumSide, EinsumSide];
  /** from [...batch, ...left, ...right] to the result */
  readonly permutation: readonly number[];
  /** of the result */
  readonly shape: Shape;
}

type Names = readonly string[];

const same = (a: Names, b: Names): boolean => a.length === b.length && a.every((name, i) => name === b[i]);
const isIdentity = (permutation: readonly number[]): boolean => permutation.every((from, to) => from === to);
const permutationTo = (from: Names, to: Names): number[] => to.map((name) => from.indexOf(name));

/** Different orders of the same names. */
function orders(...candidates: Names[]): Names[] {
  return candidates.filter((names, i) => candidates.findIndex((other) => same(names, other)) === i);
}

interface Way {
  readonly plan: EinsumPlan;
  readonly moved: number;
}

/** What an operand looks like for the product: as it is or transposed, whichever needs no move. */
function sideOf(names: Names, operand: 0 | 1, axes: EinsumAxes, straight: Names, turned: Names): EinsumSide {
  const all = axes.operands[operand];
  const sum = [...all.keys()].filter((axis) => !names.includes(all[axis]!));
  const turn = !isIdentity(permutationTo(names, straight)) && isIdentity(permutationTo(names, turned));
  return { operand, sum, permutation: permutationTo(names, turn ? turned : straight), transposed: turn };
}

function* ways(axes: EinsumAxes): Generator<Way> {
  const { result, sizes } = axes;
  const dims = (names: Names): Dim[] => names.map((name) => sizes.get(name)!);
  // one sample says enough about what is large
  const elements = (names: Names): number => names.reduce((product, name) => product * bindDim(sizes.get(name)!, 1), 1);
  for (const [one, two] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const used = ([name, other]: readonly [Names, Names]) =>
      name.filter((n) => other.includes(n) || result.includes(n));
    const a = used([axes.operands[one], axes.operands[two]]);
    const b = used([axes.operands[two], axes.operands[one]]);
    const isBatch = (name: string) => a.includes(name) && b.includes(name) && result.includes(name);
    const isContracted = (name: string) => a.includes(name) && b.includes(name) && !result.includes(name);
    const isLeft = (name: string) => a.includes(name) && !b.includes(name);
    const isRight = (name: string) => b.includes(name) && !a.includes(name);
    for (const batch of orders(a.filter(isBatch), b.filter(isBatch), result.filter(isBatch)))
      for (const contracted of orders(a.filter(isContracted), b.filter(isContracted)))
        for (const left of orders(a.filter(isLeft), result.filter(isLeft)))
          for (const right of orders(b.filter(isRight), result.filter(isRight))) {
            const first = sideOf(a, one, axes, [...batch, ...left, ...contracted], [...batch, ...contracted, ...left]);
            const second = sideOf(
              b,
              two,
              axes,
              [...batch, ...contracted, ...right],
              [...batch, ...right, ...contracted],
            );
            const permutation = permutationTo([...batch, ...left, ...right], result);
            const moved =
              (isIdentity(first.permutation) ? 0 : elements(a)) +
              (isIdentity(second.permutation) ? 0 : elements(b)) +
              (isIdentity(permutation) ? 0 : elements(result));
            const plan: EinsumPlan = {
              batch: dims(batch),
              left: dims(left),
              contracted: dims(contracted),
              right: dims(right),
              sides: [first, second],
              permutation,
              shape: dims(result),
            };
            yield { plan, moved };
          }
  }
}

export function einsumPlan(pattern: string, a: Shape, b: Shape): EinsumPlan | Misfit {
  const axes = einsumAxes(pattern, a, b);
  if (isMistake(axes)) return axes;
  let best: Way | undefined;
  for (const way of ways(axes)) if (best === undefined || way.moved < best.moved) best = way;
  return best!.plan;
}
