/** How the kernels of tfjs that programs are lowered to are nodes of a TensorFlow graph, and what shape comes out. */
import type { Dtype } from '../../ir/type.ts';
import { DTYPE } from '../tfjs/kernels.ts';
import { type NodeAttribute, TYPE_CODES } from './graph.ts';
import type { Recorded, Recorder } from './record.ts';

type Inputs = Readonly<Record<string, Recorded>>;
type Shape = readonly number[];

/** As tfjs names them; each kernel has its own few. */
interface Attributes {
  /** of reductions several, of joins one */
  readonly axis: Shape | number;
  readonly reductionIndices: Shape;
  readonly keepDims: boolean;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly dtype: string;
  readonly shape: Shape;
  readonly perm: Shape;
  readonly begin: Shape;
  readonly size: Shape;
  readonly reps: Shape;
  readonly paddings: readonly (readonly [number, number])[];
  readonly constantValue: number;
  readonly k: number;
  readonly sorted: boolean;
  readonly strides: Shape;
  readonly dilations: Shape;
  readonly inputShape: Shape;
}

/** What a kernel adds to a graph. */
export type Entry = (recorder: Recorder, inputs: Inputs, attributes: Attributes) => readonly Recorded[];

const typed = (dtype: Dtype): NodeAttribute => ({ type: TYPE_CODES[dtype] });
const INDEX = typed('int');

/** Right-aligned; an axis of 1 grows. */
function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const dim = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => {
    const [one, two] = [dim(a, axis), dim(b, axis)];
    return one === 1 ? two : one;
  });
}

const binary =
  (op: string, result?: Dtype): Entry =>
  (recorder, { a, b }) =>
    recorder.node(
      op,
      [a!, b!],
      { T: typed(a!.dtype) },
      { dtype: result ?? a!.dtype, shape: broadcast(a!.shape, b!.shape) },
    );

const unary =
  (op: string, operand = 'x'): Entry =>
  (recorder, inputs) => {
    const x = inputs[operand]!;
    return recorder.node(op, [x], { T: typed(x.dtype) }, x);
  };

const reduction =
  (op: string, axes: 'axis' | 'reductionIndices' = 'axis'): Entry =>
  (recorder, { x }, attributes) => {
    const axis = attributes[axes] as Shape;
    const { keepDims } = attributes;
    const shape = keepDims
      ? x!.shape.map((dim, at) => (axis.includes(at) ? 1 : dim))
      : x!.shape.filter((_, at) => !axis.includes(at));
    const settings = { T: typed(x!.dtype), Tidx: INDEX, keep_dims: { b: keepDims } };
    return recorder.node(op, [x!, recorder.ints(axis)], settings, { dtype: x!.dtype, shape });
  };

/** Of two matrices MatMul, which TensorFlow's passes know best. */
const multiply: Entry = (recorder, { a, b }, { transposeA, transposeB }) => {
  const [one, two] = [a!.shape, b!.shape];
  const rows = one.at(transposeA ? -1 : -2)!;
  const columns = two.at(transposeB ? -2 : -1)!;
  const shape = [...broadcast(one.slice(0, -2), two.slice(0, -2)), rows, columns];
  const flat = one.length === 2 && two.length === 2;
  const [turnA, turnB] = flat ? ['transpose_a', 'transpose_b'] : ['adj_x', 'adj_y'];
  const settings = { T: typed('f32'), [turnA!]: { b: transposeA }, [turnB!]: { b: transposeB } };
  return recorder.node(flat ? 'MatMul' : 'BatchMatMulV2', [a!, b!], settings, { dtype: 'f32', shape });
};

const DTYPES = Object.fromEntries(Object.entries(DTYPE).map(([dtype, name]) => [name, dtype as Dtype]));

const cast: Entry = (recorder, { x }, { dtype: name }) => {
  const dtype = DTYPES[name]!;
  return recorder.node('Cast', [x!], { SrcT: typed(x!.dtype), DstT: typed(dtype) }, { dtype, shape: x!.shape });
};

const reshape: Entry = (recorder, { x }, { shape }) =>
  recorder.node(
    'Reshape',
    [x!, recorder.ints(shape)],
    { T: typed(x!.dtype), Tshape: INDEX },
    { dtype: x!.dtype, shape },
  );

const transpose: Entry = (recorder, { x }, { perm }) =>
  recorder.node(
    'Transpose',
    [x!, recorder.ints(perm)],
    { T: typed(x!.dtype), Tperm: INDEX },
    { dtype: x!.dtype, shape: perm.map((axis) => x!.shape[axis]!) },
  );

const slice: Entry = (recorder, { x }, { begin, size }) =>
  recorder.node(
    'Slice',
    [x!, recorder.ints(begin), recorder.ints(size)],
    { T: typed(x!.dtype), Index: INDEX },
    { dtype: x!.dtype, shape: size },
  );

const concat: Entry = (recorder, inputs, attributes) => {
  const axis = attributes.axis as number;
  const parts = Object.values(inputs);
  const { dtype, shape } = parts[0]!;
  const whole = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  return recorder.node(
    'ConcatV2',
    [...parts, recorder.ints([axis], [])],
    { N: { i: parts.length }, T: typed(dtype), Tidx: INDEX },
    { dtype, shape: shape.map((dim, at) => (at === axis ? whole : dim)) },
  );
};

const pad: Entry = (recorder, { x }, { paddings: sides, constantValue }) => {
  const { dtype } = x!;
  const filler = recorder.constant({ dtype, shape: [], data: Float64Array.of(constantValue) });
  return recorder.node(
    'PadV2',
    [x!, recorder.ints(sides.flat(), [sides.length, 2]), filler],
    { T: typed(dtype), Tpaddings: INDEX },
    { dtype, shape: x!.shape.map((dim, at) => dim + sides[at]![0] + sides[at]![1]) },
  );
};

const tile: Entry = (recorder, { x }, { reps }) =>
  recorder.node(
    'Tile',
    [x!, recorder.ints(reps)],
    { T: typed(x!.dtype), Tmultiples: INDEX },
    { dtype: x!.dtype, shape: x!.shape.map((dim, at) => dim * reps[at]!) },
  );

/** Along the first axis, which is all that programs ask for. */
const gather: Entry = (recorder, { x, indices }) =>
  recorder.node(
    'GatherV2',
    [x!, indices!, recorder.ints([0], [])],
    { Tparams: typed(x!.dtype), Tindices: INDEX, Taxis: INDEX, batch_dims: { i: 0 } },
    { dtype: x!.dtype, shape: [...indices!.shape, ...x!.shape.slice(1)] },
  );

const scatter: Entry = (recorder, { indices, updates }, { shape }) =>
  recorder.node(
    'ScatterNd',
    [indices!, updates!, recorder.ints(shape)],
    { T: typed(updates!.dtype), Tindices: INDEX },
    { dtype: updates!.dtype, shape },
  );

const select: Entry = (recorder, { condition, t, e }) =>
  recorder.node('SelectV2', [condition!, t!, e!], { T: typed(t!.dtype) }, t!);

const topK: Entry = (recorder, { x }, { k, sorted }) => {
  const shape = [...x!.shape.slice(0, -1), k];
  const settings = { T: typed(x!.dtype), sorted: { b: sorted } };
  const results = [{ dtype: x!.dtype, shape } as const, { dtype: 'int', shape } as const];
  return recorder.node('TopKV2', [x!, recorder.ints([k], [])], settings, ...results);
};

const convolution = (attributes: Attributes): Readonly<Record<string, NodeAttribute>> => {
  const around = ([h, w]: Shape): NodeAttribute => ({ ints: [1, h!, w!, 1] });
  const { strides, dilations } = attributes;
  return {
    T: typed('f32'),
    strides: around(strides),
    dilations: around(dilations),
    padding: { s: 'VALID' },
    data_format: { s: 'NHWC' },
  };
};

const conv2d: Entry = (recorder, { x, filter }, attributes) => {
  const [kernel, channels] = [filter!.shape.slice(0, 2), filter!.shape[3]!];
  const { strides, dilations } = attributes;
  const sides = kernel.map((size, at) => {
    const room = x!.shape[at + 1]! - (size - 1) * dilations[at]! - 1;
    return Math.floor(room / strides[at]!) + 1;
  });
  const shape = [x!.shape[0]!, ...sides, channels];
  return recorder.node('Conv2D', [x!, filter!], convolution(attributes), { dtype: 'f32', shape });
};

const conv2dInput: Entry = (recorder, { dy, filter }, attributes) => {
  const shape = attributes.inputShape;
  const inputs = [recorder.ints(shape), filter!, dy!];
  return recorder.node('Conv2DBackpropInput', inputs, convolution(attributes), { dtype: 'f32', shape });
};

const SAME = ['Cos', 'Erf', 'Exp', 'Identity', 'Log', 'Neg', 'Rsqrt', 'Sigmoid', 'Sin', 'Sqrt', 'Square', 'Tanh'];

export const KERNELS: Readonly<Record<string, Entry | undefined>> = {
  ...Object.fromEntries(SAME.map((name) => [name, unary(name)])),
  Softmax: unary('Softmax', 'logits'),
  Add: binary('AddV2'),
  Sub: binary('Sub'),
  Multiply: binary('Mul'),
  RealDiv: binary('RealDiv'),
  Maximum: binary('Maximum'),
  Minimum: binary('Minimum'),
  Pow: binary('Pow'),
  Equal: binary('Equal', 'bool'),
  NotEqual: binary('NotEqual', 'bool'),
  Less: binary('Less', 'bool'),
  LessEqual: binary('LessEqual', 'bool'),
  Sum: reduction('Sum'),
  Mean: reduction('Mean'),
  Max: reduction('Max', 'reductionIndices'),
  Min: reduction('Min'),
  BatchMatMul: multiply,
  Cast: cast,
  Reshape: reshape,
  Transpose: transpose,
  Slice: slice,
  Concat: concat,
  PadV2: pad,
  Tile: tile,
  GatherV2: gather,
  ScatterNd: scatter,
  Select: select,
  TopK: topK,
  Conv2D: conv2d,
  Conv2DBackpropInput: conv2dInput,
};
