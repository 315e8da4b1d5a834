/**
 * Ops that move elements to or from places given by an index. The `batch` leading axes and the axis that is picked from
 * are made one axis of rows, the index counting through all of them, so that one plain gather or scatter is left.
 */
import type { ConstantSlot, Scope, Tensor } from './kernels.ts';
import { axisOf, cast, type Lowered, type Lowering, numberOf, permute, product, read, reshape } from './lowering.ts';

/** Above this many elements the matrix of hits costs more than scattering one row after the other. */
const ONE_HOT_LIMIT = 1 << 22;

interface Rows {
  /** product of the batch axes, of the axes between them and `rows`, and of those behind */
  readonly outer: number;
  readonly middle: number;
  readonly rows: number;
  readonly inner: number;
  readonly picks: number;
  /** what is added to the index of each pick: rows × its place in the batch; none where that is zero */
  readonly offsets?: ConstantSlot;
}

function rowsOf(node: Lowered, full: readonly number[], index: readonly number[]): Rows {
  const [axis, batch] = [axisOf(node, full.length), numberOf(node, 'batch')];
  const outer = product(full.slice(0, batch));
  const rows = full[axis]!;
  const picks = product(index.slice(batch));
  const sizes = { outer, middle: product(full.slice(batch, axis)), rows, inner: product(full.slice(axis + 1)), picks };
  if (outer === 1) return sizes;
  const data = Int32Array.from({ length: outer * picks }, (_, at) => rows * Math.floor(at / picks));
  return { ...sizes, offsets: node.constants.add({ dtype: 'int', shape: [outer * picks], data }) };
}

/** The index as rows counted through the whole batch: [outer · picks] */
function flatIndex(scope: Scope, index: Tensor, { outer, picks, offsets }: Rows): Tensor {
  const flat = reshape(scope, index, [outer * picks]);
  return offsets === undefined ? flat : scope.run('Add', { a: flat, b: scope.constant(offsets) });
}

const gather: Lowering = (node) => {
  const [x, index] = [read(node, 0), read(node, 1, 'int')];
  const rows = rowsOf(node, node.operands[0]!.type.shape, node.operands[1]!.type.shape);
  const { outer, middle, inner, picks } = rows;
  return (scope) => {
    const split = reshape(scope, x(scope), [outer, middle, rows.rows, inner]);
    const table = reshape(scope, permute(scope, split, [0, 2, 1, 3]), [outer * rows.rows, middle * inner]);
    const indices = flatIndex(scope, index(scope), rows);
    const found = scope.run('GatherV2', { x: table, indices }, { axis: 0, batchDims: 0 });
    const apart = reshape(scope, found, [outer, picks, middle, inner]);
    return reshape(scope, permute(scope, apart, [0, 2, 1, 3]), node.result.shape);
  };
};

/** (row = index) · gradient where that is small: the same bits every time, and as fast as a product */
const scatter: Lowering = (node) => {
  const [gradient, index] = [read(node, 0, 'f32'), read(node, 1, 'int')];
  const rows = rowsOf(node, node.result.shape, node.operands[1]!.type.shape);
  const { outer, middle, inner, picks } = rows;
  const [all, count, width] = [outer * rows.rows, outer * picks, middle * inner];
  const every = node.constants.add({
    dtype: 'f32',
    shape: [all, 1],
    data: Float32Array.from({ length: all }, (_, at) => at),
  });
  const sum = (scope: Scope, updates: Tensor, indices: Tensor): Tensor => {
    if (all * count > ONE_HOT_LIMIT) {
      const places = reshape(scope, indices, [count, 1]);
      return scope.run('ScatterNd', { indices: places, updates }, { shape: [all, width] });
    }
    const places = reshape(scope, cast(scope, indices, 'f32'), [1, count]);
    const hits = scope.run('Equal', { a: scope.constant(every), b: places });
    const sides = { a: cast(scope, hits, 'f32'), b: updates };
    return scope.run('BatchMatMul', sides, { transposeA: false, transposeB: false });
  };
  return (scope) => {
    const split = reshape(scope, gradient(scope), [outer, middle, picks, inner]);
    const updates = reshape(scope, permute(scope, split, [0, 2, 1, 3]), [count, width]);
    const sums = sum(scope, updates, flatIndex(scope, index(scope), rows));
    const apart = reshape(scope, sums, [outer, rows.rows, middle, inner]);
    const made = reshape(scope, permute(scope, apart, [0, 2, 1, 3]), node.result.shape);
    return node.result.dtype === 'f32' ? made : cast(scope, made, node.result.dtype);
  };
};

/** Ascending; equal elements keep their order, which TopK promises (the lower index comes first) */
const argsort: Lowering = (node) => {
  const x = read(node, 0, 'f32');
  const k = node.result.shape.at(-1)!;
  return (scope) => {
    const negative = scope.run('Neg', { x: x(scope) });
    return scope.runAll('TopK', { x: negative }, { k, sorted: true })[1]!;
  };
};

const arange: Lowering = (node) => {
  const data = Int32Array.from({ length: node.result.shape[0]! }, (_, at) => at);
  const slot = node.constants.add({ dtype: 'int', shape: node.result.shape, data });
  return (scope) => scope.constant(slot);
};

export const INDEXING = { gather, scatter, argsort, arange } as const satisfies Readonly<Record<string, Lowering>>;
