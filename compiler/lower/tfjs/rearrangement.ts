/** rearrange, repeat and reduce, by the plans of the op: reshape, transpose, broadcast or reduce, reshape. */
import type { Dtype, Shape } from '../../ir/type.ts';
import { isMistake, type Misfit } from '../../ops/op.ts';
import { rearrangePlan, reducePlan, repeatPlan } from '../../ops/pattern-plan.ts';
import type { Sizes } from '../../ops/pattern-sizes.ts';
import type { Scope, Tensor } from './kernels.ts';
import { cast, expand, type Lowered, type Lowering, permute, product, read, reshape } from './lowering.ts';

type Planner<Plan> = (pattern: string, sizes: Sizes | undefined, shape: Shape) => Plan | Misfit;

function planFor<Plan extends object>(planner: Planner<Plan>, { operands, attributes }: Lowered): Plan {
  const plan = planner(attributes.pattern as string, attributes.sizes as Sizes | undefined, operands[0]!.type.shape);
  if (isMistake(plan)) throw new Error(plan.misfit);
  return plan as Plan;
}

/** Shapes of a plan for a graph without N. */
const numbers = (dims: Shape): readonly number[] => dims as readonly number[];

/** Bools move as ints, which every backend can. */
function moving(node: Lowered, move: (scope: Scope, x: Tensor) => Tensor) {
  const { dtype } = node.result;
  const carried: Dtype = dtype === 'bool' ? 'int' : dtype;
  const x = read(node, 0, carried);
  if (carried === dtype) return (scope: Scope) => move(scope, x(scope));
  return (scope: Scope) => cast(scope, move(scope, x(scope)), dtype);
}

const rearrange: Lowering = (node) => {
  const { split, permutation } = planFor(rearrangePlan, node);
  const { shape } = node.result;
  if (permutation.length < 2) {
    const x = read(node, 0);
    return (scope) => reshape(scope, x(scope), shape);
  }
  return moving(node, (scope, x) =>
    reshape(scope, permute(scope, reshape(scope, x, numbers(split)), permutation), shape),
  );
};

const repeat: Lowering = (node) => {
  const plan = planFor(repeatPlan, node);
  const { shape } = node.result;
  return moving(node, (scope, x) => {
    const moved = permute(scope, reshape(scope, x, numbers(plan.split)), plan.permutation);
    const open = reshape(scope, moved, numbers(plan.insert));
    return reshape(scope, expand(scope, open, numbers(plan.expand)), shape);
  });
};

const REDUCE: Readonly<Record<string, string>> = { sum: 'Sum', mean: 'Mean', max: 'Max', min: 'Min' };

/** Backends reduce ints in their own ways; f32 holds them. */
const reduce: Lowering = (node) => {
  const plan = planFor(reducePlan, node);
  const { shape, dtype } = node.result;
  const kernel = REDUCE[node.attributes.op as string]!;
  const split = numbers(plan.split);
  const left = split.filter((_, axis) => !plan.axes.includes(axis));
  const axes = [...plan.axes];
  const attributes =
    kernel === 'Max' ? { reductionIndices: axes, axis: axes, keepDims: false } : { axis: axes, keepDims: false };
  const nothing = product(numbers(plan.reduced)) === 1;
  const x = read(node, 0, 'f32');
  return (scope) => {
    const open = reshape(scope, x(scope), split);
    const reduced = nothing ? reshape(scope, open, left) : scope.run(kernel, { x: open }, attributes);
    const made = reshape(scope, permute(scope, reduced, plan.permutation), shape);
    return dtype === 'f32' ? made : cast(scope, made, dtype);
  };
};

export const PATTERNS = { rearrange, repeat, reduce } as const satisfies Readonly<Record<string, Lowering>>;
