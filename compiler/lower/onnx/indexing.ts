/** Ops that move elements to or from places given by an index. */

import type { Name } from './emitter.ts';
import {
  axisOf,
  cast,
  expand,
  type Lowered,
  type Lowering,
  numberOf,
  type Operand,
  product,
  reshape,
} from './lowering.ts';
import { ELEMENT_CODES, ELEMENT_OF } from './model.ts';

/** Above this many elements a one-hot matrix costs more than scattering one element after the other. */
const ONE_HOT_LIMIT = 1 << 22;

/**
 * The index with its own axes made one, and axes of 1 for those of `full` that it lacks: from [b…, k…] to
 * [b…, 1…, K, 1…], grown to `full`, as GatherElements and ScatterElements want it.
 */
function spread(node: Lowered, index: Operand, full: readonly number[]): Name {
  const { emit } = node;
  const [axis, batch] = [axisOf(node, full.length), numberOf(node, 'batch')];
  const dims = full.map((dim, at) => (at < batch || at === axis ? dim : 1));
  return expand(emit, reshape(emit, index.name, index.type.shape, dims), dims, full);
}

const gather: Lowering = (node) => {
  const { emit, operands } = node;
  const [x, index] = operands as [Operand, Operand];
  const [axis, batch] = [axisOf(node, x.type.shape.length), numberOf(node, 'batch')];
  if (batch === 0) return emit.node('Gather', [x.name, index.name], { axis });

  const count = product(index.type.shape.slice(batch));
  const flat = [...x.type.shape.slice(0, axis), count, ...x.type.shape.slice(axis + 1)];
  if (axis === batch) {
    const whole = emit.node('Cast', [index.name], { to: ELEMENT_CODES.int64 });
    const rows = reshape(emit, whole, index.type.shape, [...index.type.shape.slice(0, batch), count, 1]);
    const found = emit.node('GatherND', [x.name, rows], { batch_dims: batch });
    return reshape(emit, found, flat, node.result.shape);
  }
  const found = emit.node('GatherElements', [x.name, spread(node, index, flat)], { axis });
  return reshape(emit, found, flat, node.result.shape);
};

/** onehot(index)ᵀ · gradient: the same bits every time, and as fast as a product */
function scatterByProduct({ emit, operands, result }: Lowered, count: number): Name {
  const [gradient, index] = operands as [Operand, Operand];
  const rows = result.shape[0]!;
  const flat = reshape(emit, index.name, index.type.shape, [count]);
  const values = emit.constant({ dtype: 'f32', shape: [2], data: Float32Array.of(0, 1) }, 'off.on', 'float');
  // ONNX Runtime has OneHot for an index and a depth of one type only
  const depth = emit.scalar(rows, 'int32');
  const hot = emit.node('OneHot', [flat, depth, values], { axis: 0 });
  const width = product(result.shape.slice(1));
  const slices = reshape(emit, cast(emit, gradient, 'f32'), gradient.type.shape, [count, width]);
  const sums = reshape(emit, emit.node('MatMul', [hot, slices]), [rows, width], result.shape);
  return result.dtype === 'f32' ? sums : emit.node('Cast', [sums], { to: ELEMENT_CODES[ELEMENT_OF[result.dtype]] });
}

const scatter: Lowering = (node) => {
  const { emit, operands, result } = node;
  const [gradient, index] = operands as [Operand, Operand];
  const [axis, batch] = [axisOf(node, result.shape.length), numberOf(node, 'batch')];
  const count = product(index.type.shape.slice(batch));
  if (axis === 0 && count * result.shape[0]! <= ONE_HOT_LIMIT) return scatterByProduct(node, count);

  const flat = [...result.shape.slice(0, axis), count, ...result.shape.slice(axis + 1)];
  const updates = reshape(emit, gradient.name, gradient.type.shape, flat);
  const zeros = emit.node('Expand', [emit.scalar(0, ELEMENT_OF[result.dtype]), emit.ints(result.shape)]);
  return emit.node('ScatterElements', [zeros, spread(node, index, flat), updates], { axis, reduction: 'add' });
};

/** Ascending; equal elements keep their order, which TopK promises (the lower index comes first) */
const argsort: Lowering = ({ emit, operands, result }) => {
  const x = cast(emit, operands[0]!, 'f32');
  const [values, places] = [emit.unique('TopK.values'), emit.unique('TopK.indices')];
  const size = emit.ints([result.shape.at(-1)!]);
  emit.nodeTo('TopK', [x, size], [values, places], { axis: -1, largest: 0, sorted: 1 });
  return emit.node('Cast', [places], { to: ELEMENT_CODES.int32 });
};

const arange: Lowering = ({ emit, result }) => {
  const data = Int32Array.from({ length: result.shape[0]! }, (_, at) => at);
  return emit.constant({ dtype: 'int', shape: result.shape as number[], data }, 'arange', 'int32');
};

export const INDEXING = { gather, scatter, argsort, arange } as const satisfies Readonly<Record<string, Lowering>>;
