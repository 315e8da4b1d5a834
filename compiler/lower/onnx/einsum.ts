/**
 * einsum as one product of matrices, as its plan arranges them: what the plan leaves in place is only reshaped, which
 * moves nothing. Without batch it is a Gemm, which reads either side transposed; with batch a MatMul, into which ONNX
 * Runtime folds a transposition of the last two axes.
 */
import type { Shape } from '../../ir/type.ts';
import { type EinsumPlan, type EinsumSide, einsumPlan } from '../../ops/einsum-plan.ts';
import { isMistake } from '../../ops/op.ts';
import type { BoundAttributes } from '../bind-batch.ts';
import type { Emitter, Name } from './emitter.ts';
import { cast, isIdentity, type Lowering, type Operand, permute, product, reshape } from './lowering.ts';

/** A plan of shapes without N, and the sizes of its four kinds of axes. */
interface Contraction extends EinsumPlan {
  readonly sizes: {
    readonly batch: number;
    readonly left: number;
    readonly contracted: number;
    readonly right: number;
  };
}

const sizeOf = (dims: Shape): number => product(dims as readonly number[]);

function contractionOf({ pattern }: BoundAttributes, a: Shape, b: Shape): Contraction {
  const plan = einsumPlan(pattern as string, a, b);
  if (isMistake(plan)) throw new Error(`einsum: ${plan.misfit}`);
  const { batch, left, contracted, right } = plan;
  const sizes = { batch: sizeOf(batch), left: sizeOf(left), contracted: sizeOf(contracted), right: sizeOf(right) };
  return { ...plan, sizes };
}

/** The operand of a side, summed over what it has alone, in the order of the plan, as a tensor of `dims`. */
function arrange(emit: Emitter, operand: Operand, side: EinsumSide, dims: readonly number[]): Name {
  const { shape } = operand.type;
  const kept = shape.filter((_, axis) => !side.sum.includes(axis));
  const x = cast(emit, operand, 'f32');
  const summed = side.sum.length === 0 ? x : emit.node('ReduceSum', [x, emit.ints(side.sum)], { keepdims: 0 });
  const moved = permute(emit, summed, kept, side.permutation);
  return reshape(
    emit,
    moved,
    side.permutation.map((axis) => kept[axis]!),
    dims,
  );
}

/** A matrix that lies transposed behind `batch` axes. */
function turn(emit: Emitter, name: Name, batch: number): Name {
  const axes = Array.from({ length: batch }, (_, axis) => axis);
  return emit.node('Transpose', [name], { perm: [...axes, batch + 1, batch] });
}

interface Product {
  readonly name: Name;
  readonly dims: readonly number[];
}

/** [batch …, left, right] or, where the batch is 1, [left, right] */
function multiply(emit: Emitter, operands: readonly Operand[], plan: Contraction): Product {
  const { batch, left, contracted, right } = plan.sizes;
  const [one, two] = plan.sides;
  const [first, second] = [operands[one.operand]!, operands[two.operand]!];
  if (contracted === 1) {
    const sides = [arrange(emit, first, one, [batch, left, 1]), arrange(emit, second, two, [batch, 1, right])];
    return { name: emit.node('Mul', sides), dims: [batch, left, right] };
  }
  if (left === 1 && right === 1 && batch > 1) {
    const terms = [arrange(emit, first, one, [batch, contracted]), arrange(emit, second, two, [batch, contracted])];
    return { name: emit.node('ReduceSum', [emit.node('Mul', terms), emit.ints([1])], { keepdims: 0 }), dims: [batch] };
  }
  const rows = one.transposed ? [contracted, left] : [left, contracted];
  const columns = two.transposed ? [right, contracted] : [contracted, right];
  if (batch === 1) {
    const sides = [arrange(emit, first, one, rows), arrange(emit, second, two, columns)];
    const attributes = { transA: Number(one.transposed), transB: Number(two.transposed) };
    return { name: emit.node('Gemm', sides, attributes), dims: [left, right] };
  }
  // the axes of the batch stay apart: scaling follows at once, and ONNX Runtime makes it a part of the product
  const axes = plan.batch as readonly number[];
  const [a, b] = [arrange(emit, first, one, [...axes, ...rows]), arrange(emit, second, two, [...axes, ...columns])];
  const sides = [one.transposed ? turn(emit, a, axes.length) : a, two.transposed ? turn(emit, b, axes.length) : b];
  return { name: emit.node('MatMul', sides), dims: [...axes, left, right] };
}

export const einsum: Lowering = ({ emit, operands, attributes }) => {
  const plan = contractionOf(attributes, operands[0]!.type.shape, operands[1]!.type.shape);
  const { name, dims } = multiply(emit, operands, plan);
  const order = [...plan.batch, ...plan.left, ...plan.right] as readonly number[];
  const shape = plan.shape as readonly number[];
  if (isIdentity(plan.permutation)) return reshape(emit, name, dims, shape);
  return reshape(
    emit,
    permute(emit, reshape(emit, name, dims, order), order, plan.permutation),
    plan.permutation.map((axis) => order[axis]!),
    shape,
  );
};
