/** Ops that move, repeat and reduce elements, by the plans of the ops, and those that pick them by an index. */
import { type Dim, type Shape, sameDim, sameShape } from '../../ir/type.ts';
import { productOf } from '../../ops/dim-product.ts';
import { isMistake, type Misfit } from '../../ops/op.ts';
import { rearrangePlan, reducePlan, repeatPlan } from '../../ops/pattern-plan.ts';
import type { Sizes } from '../../ops/pattern-sizes.ts';
import { call, type Expression, list, numbers, text } from './expression.ts';
import {
  axisOf,
  cast,
  isStill,
  numberAt,
  reshape,
  shapeText,
  tensor,
  transpose,
  type Writing,
  type Written,
} from './writing.ts';

type Planner<Plan> = (pattern: string, sizes: Sizes | undefined, shape: Shape) => Plan | Misfit;

function planFor<Plan extends object>(planner: Planner<Plan>, { operands, attributes }: Written): Plan {
  const plan = planner(attributes.pattern as string, attributes.sizes as Sizes | undefined, operands[0]!.type.shape);
  if (isMistake(plan)) throw new Error(plan.misfit);
  return plan as Plan;
}

/** Bools move as ints, which every backend can. */
function moving(op: Written, move: (x: Expression) => Expression): Expression {
  const { dtype } = op.result;
  const carried = dtype === 'bool' ? 'int' : dtype;
  return cast(move(tensor(op, 0, carried)), carried, dtype);
}

const permuted = (shape: Shape, permutation: readonly number[]): Shape => permutation.map((axis) => shape[axis]!);

const rearrange: Writing = (op) => {
  const { split, permutation } = planFor(rearrangePlan, op);
  const from = op.operands[0]!.type.shape;
  const { shape } = op.result;
  if (permutation.length < 2) return reshape(tensor(op, 0), from, shape);
  return moving(op, (x) => {
    const moved = transpose(reshape(x, from, split), permutation);
    return reshape(moved, permuted(split, permutation), shape);
  });
};

const repeat: Writing = (op) => {
  const { split, permutation, insert, expand } = planFor(repeatPlan, op);
  const from = op.operands[0]!.type.shape;
  return moving(op, (x) => {
    const moved = transpose(reshape(x, from, split), permutation);
    const open = reshape(moved, permuted(split, permutation), insert);
    const wide = sameShape(insert, expand) ? open : call('expand', open, shapeText(expand));
    return reshape(wide, expand, op.result.shape);
  });
};

/** The axes of `shape` that each axis of `split` is made of, where it only puts neighbours together. */
function partsOf(shape: Shape, split: Shape): readonly (readonly number[])[] | undefined {
  const parts: number[][] = [];
  let axis = 0;
  for (const dim of split) {
    const part: number[] = [];
    let size: Dim = 1;
    while (!sameDim(size, dim)) {
      const product: Dim | undefined = axis < shape.length ? productOf([size, shape[axis]!]) : undefined;
      if (product === undefined) return undefined;
      if (shape[axis] !== 1) part.push(axis);
      size = product;
      axis += 1;
    }
    parts.push(part);
  }
  return shape.slice(axis).every((dim) => dim === 1) ? parts : undefined;
}

/** Backends reduce ints in their own ways; f32 holds them. */
const reduce: Writing = (op) => {
  const { split, axes, permutation } = planFor(reducePlan, op);
  const { shape, dtype } = op.result;
  const from = op.operands[0]!.type.shape;
  const x = tensor(op, 0, 'f32');
  const name = `tf.${op.attributes.op as string}`;
  if (axes.length === 0) return cast(reshape(x, from, shape), 'f32', dtype);
  const parts = isStill(permutation) ? partsOf(from, split) : undefined;
  if (parts !== undefined) {
    const over = axes.flatMap((axis) => parts[axis]!);
    const kept = from.map((dim, axis) => (over.includes(axis) ? 1 : dim));
    const left = from.filter((_, axis) => !over.includes(axis));
    const plain = call(name, x, numbers(over));
    if (!sameShape(kept, shape)) return cast(reshape(plain, left, shape), 'f32', dtype);
    const args = [x, numbers(over), text('true')];
    return cast({ kind: 'call', name, args, reshaped: { from: plain, shape: left } }, 'f32', dtype);
  }
  const reduced = call(name, reshape(x, from, split), numbers(axes));
  const left = split.filter((_, axis) => !axes.includes(axis));
  return cast(reshape(transpose(reduced, permutation), permuted(left, permutation), shape), 'f32', dtype);
};

const slice: Writing = (op) => {
  const axis = axisOf(op, op.result.shape.length);
  const start = numberAt(op, 'start');
  const end = start + (op.result.shape[axis] as number);
  return call('slice', tensor(op, 0), text(axis), text(start), text(end));
};

const concat: Writing = (op) => {
  const { dtype, shape } = op.result;
  const carried = dtype === 'bool' ? 'int' : dtype;
  const parts = op.operands.map((_, at) => tensor(op, at, carried));
  if (parts.length === 1) return cast(parts[0]!, carried, dtype);
  return cast(call('tf.concat', list(parts), text(axisOf(op, shape.length))), carried, dtype);
};

const pad: Writing = (op) => {
  const { shape } = op.result;
  const axis = axisOf(op, shape.length);
  const before = numberAt(op, 'before');
  const after = (shape[axis] as number) - before - (op.operands[0]!.type.shape[axis] as number);
  return call('pad', tensor(op, 0), text(axis), text(before), text(after));
};

const gather: Writing = (op) => {
  const axis = axisOf(op, op.operands[0]!.type.shape.length);
  const batch = numberAt(op, 'batch');
  return moving(op, (x) => call('gather', x, tensor(op, 1, 'int'), text(axis), text(batch)));
};

const scatter: Writing = (op) => {
  const axis = axisOf(op, op.result.shape.length);
  const more = [axis, numberAt(op, 'batch'), op.result.shape[axis] as number].map(text);
  return cast(call('scatter', tensor(op, 0, 'f32'), tensor(op, 1, 'int'), ...more), 'f32', op.result.dtype);
};

const argsort: Writing = (op) => call('argsort', tensor(op, 0, 'f32'));

const arange: Writing = (op) => call('tf.range', text(0), text(op.result.shape[0] as number), text(1), text(`'int32'`));

export const MOVEMENT = {
  rearrange,
  repeat,
  reduce,
  slice,
  concat,
  pad,
  gather,
  scatter,
  argsort,
  arange,
} as const satisfies Readonly<Record<string, Writing>>;
