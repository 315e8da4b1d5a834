/**
 * einsum as products of matrices, as its plan arranges them. Where a backend is slow at matrices that lie transposed, or
 * at many in one call, they are transposed first, and multiplied one after the other.
 */
import type { Shape } from '../../ir/type.ts';
import { type EinsumSide, einsumPlan } from '../../ops/einsum-plan.ts';
import { isMistake } from '../../ops/op.ts';
import type { Backend, Read, Scope, Tensor } from './kernels.ts';
import { type Lowered, type Lowering, permute, product, read, reshape } from './lowering.ts';

/** Below this many multiplications a call costs more than it saves. */
const WORTH_A_CALL = 1 << 14;

interface Sizes {
  readonly batch: number;
  readonly left: number;
  readonly contracted: number;
  readonly right: number;
}

const sizeOf = (dims: Shape): number => product(dims as readonly number[]);

/** The operand of a side, summed over what it has alone, in the order of the plan. */
function arranged(node: Lowered, side: EinsumSide): Read {
  const x = read(node, side.operand, 'f32');
  return (scope) => {
    const given = x(scope);
    const summed =
      side.sum.length === 0 ? given : scope.run('Sum', { x: given }, { axis: [...side.sum], keepDims: false });
    return permute(scope, summed, side.permutation);
  };
}

const matrixAt = (scope: Scope, x: Tensor, at: number): Tensor => {
  const [rows, columns] = x.shape.slice(1) as [number, number];
  const cut = scope.run('Slice', { x }, { begin: [at, 0, 0], size: [1, rows, columns] });
  return reshape(scope, cut, [rows, columns]);
};

/** Matrices [batch, rows, columns] one by one, joined again. */
function oneByOne(scope: Scope, a: Tensor, b: Tensor, { batch, left, right }: Sizes): Tensor {
  const products = Array.from({ length: batch }, (_, at) => {
    const sides = { a: matrixAt(scope, a, at), b: matrixAt(scope, b, at) };
    return scope.run('BatchMatMul', sides, { transposeA: false, transposeB: false });
  });
  return reshape(scope, scope.run('Concat', products, { axis: 0 }), [batch, left, right]);
}

type Multiply = (scope: Scope, a: Tensor, b: Tensor) => Tensor;

/** [batch, left, contracted] · [batch, contracted, right], either lying transposed */
function multiplication(sizes: Sizes, turnA: boolean, turnB: boolean, backend: Backend): Multiply {
  const { batch, left, contracted, right } = sizes;
  const [rows, columns] = [
    turnA ? [contracted, left] : [left, contracted],
    turnB ? [right, contracted] : [contracted, right],
  ];
  const lead = batch === 1 ? [] : [batch];
  const turn = batch === 1 ? [1, 0] : [0, 2, 1];
  const apart = !backend.batches && batch > 1 && left * contracted * right >= WORTH_A_CALL;
  return (scope, a, b) => {
    let [one, two] = [reshape(scope, a, [...lead, ...rows]), reshape(scope, b, [...lead, ...columns])];
    if (!backend.transposes && turnA) one = permute(scope, one, turn);
    if (!backend.transposes && turnB) two = permute(scope, two, turn);
    if (apart) return oneByOne(scope, one, two, sizes);
    return scope.run(
      'BatchMatMul',
      { a: one, b: two },
      { transposeA: backend.transposes && turnA, transposeB: backend.transposes && turnB },
    );
  };
}

export const einsum: Lowering = (node) => {
  const [a, b] = node.operands;
  const plan = einsumPlan(node.attributes.pattern as string, a!.type.shape, b!.type.shape);
  if (isMistake(plan)) throw new Error(`einsum: ${plan.misfit}`);
  const sizes: Sizes = {
    batch: sizeOf(plan.batch),
    left: sizeOf(plan.left),
    contracted: sizeOf(plan.contracted),
    right: sizeOf(plan.right),
  };
  const { batch, left, contracted, right } = sizes;
  const [one, two] = [arranged(node, plan.sides[0]), arranged(node, plan.sides[1])];
  const order = [...plan.batch, ...plan.left, ...plan.right] as readonly number[];
  const shape = plan.shape as readonly number[];
  const finish = (scope: Scope, made: Tensor): Tensor =>
    reshape(scope, permute(scope, reshape(scope, made, order), plan.permutation), shape);

  if (contracted === 1) {
    return (scope) => {
      const sides = {
        a: reshape(scope, one(scope), [batch, left, 1]),
        b: reshape(scope, two(scope), [batch, 1, right]),
      };
      return finish(scope, scope.run('Multiply', sides));
    };
  }
  if (left === 1 && right === 1) {
    return (scope) => {
      const terms = {
        a: reshape(scope, one(scope), [batch, contracted]),
        b: reshape(scope, two(scope), [batch, contracted]),
      };
      const x = scope.run('Multiply', terms);
      return finish(scope, scope.run('Sum', { x }, { axis: [1], keepDims: false }));
    };
  }
  const multiply = multiplication(sizes, plan.sides[0].transposed, plan.sides[1].transposed, node.backend);
  return (scope) => finish(scope, multiply(scope, one(scope), two(scope)));
};
