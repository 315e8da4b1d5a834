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
export interface Contraction extends EinsumPlan {
  readonly sizes: {
    readonly batch: number;
    readonly left: number;
    readonly contracted: number;
    readonly right: number;
  };
}

const sizeOf = (dims: Shape): number => product(dims as readonly number[]);

export function contractionOf({ pattern }: BoundAttributes, a: Shape, b: Shape): Contraction {
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

const swapLast = (emit: Emitter, name: Name, swap: boolean): Name =>
  swap ? emit.node('Transpose', [name], { perm: [0, 2, 1] }) : name;

/** [batch, left, right] or, where the batch is 1, [left, right] */
function multiply(emit: Emitter, operands: readonly Operand[], plan: Contraction, bias?: Name): Name {
  const { batch, left, contracted, right } = plan.sizes;
  const [one, two] = plan.sides;
  const [first, second] = [operands[one.operand]!, operands[two.operand]!];
  if (contracted === 1) {
    return emit.node('Mul', [
      arrange(emit, first, one, [batch, left, 1]),
      arrange(emit, second, two, [batch, 1, right]),
    ]);
  }
  if (left === 1 && right === 1 && batch > 1) {
    const terms = [arrange(emit, first, one, [batch, contracted]), arrange(emit, second, two, [batch, contracted])];
    return emit.node('ReduceSum', [emit.node('Mul', terms), emit.ints([1])], { keepdims: 0 });
  }
  const rows = one.transposed ? [contracted, left] : [left, contracted];
  const columns = two.transposed ? [right, contracted] : [contracted, right];
  if (batch === 1) {
    const sides = [arrange(emit, first, one, rows), arrange(emit, second, two, columns)];
    const attributes = { transA: Number(one.transposed), transB: Number(two.transposed) };
    return emit.node('Gemm', bias === undefined ? sides : [...sides, bias], attributes);
  }
  return emit.node('MatMul', [
    swapLast(emit, arrange(emit, first, one, [batch, ...rows]), one.transposed),
    swapLast(emit, arrange(emit, second, two, [batch, ...columns]), two.transposed),
  ]);
}

/** `bias` is added to every row, [right]; it wants a plan for which `takesBias`. */
export function contract(emit: Emitter, operands: readonly Operand[], plan: Contraction, bias?: Name): Name {
  const made = multiply(emit, operands, plan, bias);
  const order = [...plan.batch, ...plan.left, ...plan.right] as readonly number[];
  const sorted = isIdentity(plan.permutation)
    ? made
    : permute(emit, emit.node('Reshape', [made, emit.ints(order)]), order, plan.permutation);
  return emit.node('Reshape', [sorted, emit.ints(plan.shape as readonly number[])]);
}

/** Whether the product is one Gemm whose columns are the last axis of the result. */
export const takesBias = ({ sizes, permutation }: Contraction): boolean =>
  sizes.batch === 1 && sizes.contracted > 1 && isIdentity(permutation);

export const einsum: Lowering = ({ emit, operands, attributes }) =>
  contract(emit, operands, contractionOf(attributes, operands[0]!.type.shape, operands[1]!.type.shape));
