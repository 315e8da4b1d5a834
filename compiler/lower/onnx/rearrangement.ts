/** rearrange, repeat and reduce, by the plans of the op: reshape, transpose, broadcast or reduce, reshape. */
import type { Shape } from '../../ir/type.ts';
import { isMistake, type Misfit } from '../../ops/op.ts';
import { rearrangePlan, reducePlan, repeatPlan } from '../../ops/pattern-plan.ts';
import type { Sizes } from '../../ops/pattern-sizes.ts';
import { cast, expand, isIdentity, type Lowered, type Lowering, permute, product, reshape } from './lowering.ts';

type Planner<Plan> = (pattern: string, sizes: Sizes | undefined, shape: Shape) => Plan | Misfit;

function planFor<Plan extends object>(planner: Planner<Plan>, { operands, attributes }: Lowered): Plan {
  const plan = planner(attributes.pattern as string, attributes.sizes as Sizes | undefined, operands[0]!.type.shape);
  if (isMistake(plan)) throw new Error(plan.misfit);
  return plan as Plan;
}

/** Shapes of a plan for a graph without N. */
const numbers = (dims: Shape): readonly number[] => dims as readonly number[];

const rearrange: Lowering = (node) => {
  const { emit, operands, result } = node;
  const { split, permutation } = planFor(rearrangePlan, node);
  const { name, type } = operands[0]!;
  if (isIdentity(permutation)) return reshape(emit, name, type.shape, result.shape);
  const moved = permute(emit, reshape(emit, name, type.shape, numbers(split)), numbers(split), permutation);
  return reshape(
    emit,
    moved,
    permutation.map((axis) => numbers(split)[axis]!),
    result.shape,
  );
};

const repeat: Lowering = (node) => {
  const { emit, operands, result } = node;
  const plan = planFor(repeatPlan, node);
  const [split, insert, grown] = [numbers(plan.split), numbers(plan.insert), numbers(plan.expand)];
  const { name, type } = operands[0]!;
  const moved = permute(emit, reshape(emit, name, type.shape, split), split, plan.permutation);
  const open = reshape(
    emit,
    moved,
    plan.permutation.map((axis) => split[axis]!),
    insert,
  );
  return reshape(emit, expand(emit, open, insert, grown), grown, result.shape);
};

const REDUCE: Readonly<Record<string, string>> = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  max: 'ReduceMax',
  min: 'ReduceMin',
};

const reduce: Lowering = (node) => {
  const { emit, operands, result, attributes } = node;
  const plan = planFor(reducePlan, node);
  const split = numbers(plan.split);
  const open = reshape(emit, cast(emit, operands[0]!, result.dtype), operands[0]!.type.shape, split);
  const left = split.filter((_, axis) => !plan.axes.includes(axis));
  const reduced =
    product(numbers(plan.reduced)) === 1
      ? reshape(emit, open, split, left)
      : emit.node(REDUCE[attributes.op as string]!, [open, emit.ints(plan.axes)], { keepdims: 0 });
  const moved = permute(emit, reduced, left, plan.permutation);
  return reshape(
    emit,
    moved,
    plan.permutation.map((axis) => left[axis]!),
    result.shape,
  );
};

export const PATTERNS = { rearrange, repeat, reduce } as const satisfies Readonly<Record<string, Lowering>>;
