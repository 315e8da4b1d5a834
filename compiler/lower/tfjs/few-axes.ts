/**
 * Kernels take few axes, and not every backend says so: of seven, WebAssembly adds up whatever lies in memory; of five,
 * WebGPU pads with it and chooses nothing; TensorFlow broadcasts five and no more, and has no softmax of six. So what goes
 * element by element, along the last axis or along one axis is done on views with fewer: a reshape moves nothing.
 */
import type { Scope, Tensor } from './kernels.ts';
import { axisOf, cast, expand, type Lowered, type Lowering, product, reshape } from './lowering.ts';

type Shape = readonly number[];

/** From so many axes on a view is made. */
const MANY = 5;

/** The shapes of a node as they are to be seen. */
interface View {
  readonly operands: readonly Shape[];
  readonly result: Shape;
  /** what becomes of the attribute `axis` */
  readonly axis?: number;
}

/** The lowering on views of a node's tensors; `adapt` makes an operand fit its view. */
function seen(
  lowering: Lowering,
  node: Lowered,
  view: View,
  adapt: (scope: Scope, x: Tensor, at: number) => Tensor,
): ReturnType<Lowering> {
  const { operands, result, attributes } = node;
  const step = lowering({
    ...node,
    operands: operands.map((operand, at) => ({
      ...operand,
      type: { dtype: operand.type.dtype, shape: view.operands[at]! },
    })),
    result: { dtype: result.dtype, shape: view.result },
    attributes: view.axis === undefined ? attributes : { ...attributes, axis: view.axis },
  });
  return (scope) => {
    const adapted = scope.operands.map((x, at) => x && adapt(scope, x, at));
    return reshape(scope, step({ ...scope, operands: adapted }), result.shape);
  };
}

const plainly =
  (viewOf: (node: Lowered) => View) =>
  (lowering: Lowering): Lowering =>
  (node) => {
    if (node.result.shape.length < MANY) return lowering(node);
    const view = viewOf(node);
    return seen(lowering, node, view, (scope, x, at) => reshape(scope, x, view.operands[at]!));
  };

/** Along the last axis: all others as one */
export const inRows = plainly(({ operands, result }) => {
  const rows = (shape: Shape): Shape => [product(shape.slice(0, -1)), shape.at(-1)!];
  return { operands: operands.map(({ type }) => rows(type.shape)), result: rows(result.shape) };
});

/** Along the axis of the attribute: what stands before it as one, and what stands behind it */
export const aroundAxis = plainly((node) => {
  const axis = axisOf(node, node.result.shape.length);
  const split = (shape: Shape): Shape => [product(shape.slice(0, axis)), shape[axis]!, product(shape.slice(axis + 1))];
  return { operands: node.operands.map(({ type }) => split(type.shape)), result: split(node.result.shape), axis: 1 };
});

/** Neighbours that every operand has, or lacks, as one axis; axes of 1 are left out, scalars stay. */
function fused({ operands, result }: Lowered): View {
  const shapes = operands.map(({ type }) => type.shape);
  const whose = (axis: number): string => shapes.map((shape) => (shape[axis] === 1 ? '1' : 'n')).join('');
  const runs: number[][] = [];
  for (const axis of result.shape.keys()) {
    if (result.shape[axis] === 1) continue;
    const run = runs.at(-1);
    if (run !== undefined && whose(run[0]!) === whose(axis)) run.push(axis);
    else runs.push([axis]);
  }
  const view = (shape: Shape): Shape => runs.map((run) => product(run.map((axis) => shape[axis]!)));
  return { operands: shapes.map((shape) => (shape.length === 0 ? shape : view(shape))), result: view(result.shape) };
}

/** Element by element, operands broadcast: where that still has many axes, operands are repeated before. */
export const inRuns =
  (lowering: Lowering): Lowering =>
  (node) => {
    if (node.result.shape.length < MANY) return lowering(node);
    const view = fused(node);
    const fit = (scope: Scope, x: Tensor, at: number): Tensor => reshape(scope, x, view.operands[at]!);
    if (view.result.length < MANY) return seen(lowering, node, view, fit);
    const line = [product(view.result)];
    const lines = { operands: view.operands.map((shape) => (shape.length === 0 ? shape : line)), result: line };
    return seen(lowering, node, lines, (scope, x, at) => {
      const { dtype, shape } = node.operands[at]!.type;
      if (shape.length === 0) return x;
      // bools are repeated as ints, which every backend can
      const source = fit(scope, dtype === 'bool' ? cast(scope, x, 'int') : x, at);
      const whole = reshape(scope, expand(scope, source, view.result), line);
      return dtype === 'bool' ? cast(scope, whole, 'bool') : whole;
    });
  };
