/** Steps by which a random graph grows: one or a few nodes each, right by construction, with values of a few units. */
import { type Builder, createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph, Init, Value, Weight } from '../../compiler/ir/graph.ts';
import { type Dim, f32, isBatch, type Shape, sameShape, sameType, type TensorType } from '../../compiler/ir/type.ts';

export interface Bench {
  readonly build: Builder;
  readonly dice: (n: number) => number;
  readonly pool: Value[];
  readonly level: number;
  /** blocks made before, to be called again */
  readonly blocks: Graph[];
  count: number;
}

const UNARY = ['neg', 'sin', 'cos', 'tanh', 'sigmoid', 'erf', 'silu', 'gelu', 'gelu_tanh', 'detach', 'softmax'];
const BINARY = ['add', 'sub', 'mul', 'min', 'max'];
const COMPARE = ['eq', 'ne', 'lt', 'le'];

export const pick = <T>({ dice }: Bench, list: readonly T[]): T => list[dice(list.length)]!;
const names = (shape: Shape): string[] => shape.map((_, axis) => `a${axis}`);
const numbered = (shape: Shape): number[] => shape.flatMap((dim, axis) => (isBatch(dim) ? [] : [axis]));

export function find(bench: Bench, fits: (type: TensorType) => boolean): Value | undefined {
  const fitting = bench.pool.filter((value) => fits(bench.build.typeOf(value)));
  return fitting.length === 0 ? undefined : pick(bench, fitting);
}

export const isFloat = ({ dtype, shape }: TensorType): boolean => dtype === 'f32' && shape.length > 0;

function initOf({ dice }: Bench, shape: readonly number[]): Init {
  const kinds: Init[] = [
    { kind: 'fill', value: dice(3) },
    { kind: 'normal', std: 0.02 },
    { kind: 'uniform', bound: 1 / Math.sqrt(shape[0] ?? 1) },
    { kind: 'xavier_uniform', fanIn: shape[1] ?? 1, fanOut: shape[0] ?? 1 },
    { kind: 'tensor', graph: table(shape) },
  ];
  return kinds[dice(kinds.length)]!;
}

/** A closed graph of that shape: sin of the row-major index. */
function table(shape: readonly number[]): Graph {
  const build = createBuilder();
  const size = shape.reduce((product, dim) => product * dim, 1);
  const angle = build.op('mul', [build.op('arange', [], { size }), build.number(0.37)]);
  const axes = names(shape);
  const sizes = Object.fromEntries(shape.map((dim, axis) => [axes[axis]!, dim]));
  const shaped = build.op('rearrange', [build.op('sin', [angle])], {
    pattern: `(${axes.join(' ')}) -> ${axes.join(' ')}`,
    sizes,
  });
  return build.finish([{ value: shaped }], { name: 'table' });
}

/** A weight of this graph, read now unless `read` is false. */
function own(bench: Bench, shape: readonly number[], read = true): Value | undefined {
  const { build, dice } = bench;
  const dotted = dice(3) === 0 ? `.${dice(9)}.weight` : '';
  const weight: Weight = {
    path: `w${bench.count++}${dotted}`,
    type: f32(...shape),
    trained: dice(4) > 0,
    init: initOf(bench, shape),
  };
  build.own({ kind: 'weight', weight, shared: false });
  if (!read) return undefined;
  const value = build.weight(weight);
  if (dice(2) === 0) build.nameValue(value, pick(bench, ['weight', 'b', weight.path]));
  return value;
}

/** Each adds something to the pool, or finds nothing to do. */
export const OP_STEPS: readonly ((bench: Bench) => Value | undefined)[] = [
  (bench) => {
    const x = find(bench, isFloat);
    return x === undefined ? x : bench.build.op(pick(bench, UNARY), [x]);
  },
  (bench) => {
    const x = find(bench, isFloat);
    return x === undefined
      ? x
      : bench.build.op(pick(bench, ['layernorm', 'rmsnorm']), [x], { eps: pick(bench, [1e-6, 1e-5]) });
  },
  (bench) => {
    const { build, dice } = bench;
    const x = find(bench, isFloat);
    const y =
      x === undefined
        ? x
        : find(bench, (type) => type.dtype !== 'bool' && sameShape(type.shape, build.typeOf(x).shape));
    if (x === undefined || y === undefined) return undefined;
    const op = pick(bench, BINARY);
    const first = build.op(op, dice(2) === 0 ? [x, y] : [y, x]);
    return dice(4) === 0 ? build.op(op, [x, y]) : first;
  },
  (bench) => {
    const { build, dice } = bench;
    const x = find(bench, isFloat);
    if (x === undefined) return undefined;
    const number = build.number([2, -1, 0.5, 1 / Math.sqrt(3), 0, -0][dice(6)]!);
    if (dice(4) === 0) return build.op('div', [x, build.number(1.25)]);
    return build.op(pick(bench, ['add', 'mul', 'sub']), dice(2) === 0 ? [number, x] : [x, number]);
  },
  (bench) => {
    const { build } = bench;
    const x = find(bench, isFloat);
    const y =
      x === undefined ? x : find(bench, (type) => isFloat(type) && sameShape(type.shape, build.typeOf(x).shape));
    if (x === undefined || y === undefined) return undefined;
    const condition = build.op(pick(bench, COMPARE), [x, y]);
    return build.op('where', [condition, x, pick(bench, [y, build.number(0)])]);
  },
  (bench) => {
    const { build } = bench;
    const x = find(bench, isFloat);
    const width = x === undefined ? undefined : build.typeOf(x).shape.at(-1);
    if (x === undefined || typeof width !== 'number') return undefined;
    const weight = own(bench, [1 + bench.dice(4), width])!;
    return build.op('tanh', [build.op('einsum', [x, weight], { pattern: '... i, o i -> ... o' })]);
  },
  (bench) => {
    const x = find(bench, ({ dtype, shape }) => dtype === 'f32' && shape.length === 3);
    const y =
      x === undefined ? x : find(bench, (type) => isFloat(type) && sameShape(type.shape, bench.build.typeOf(x).shape));
    if (x === undefined || y === undefined) return undefined;
    return bench.build.op('softmax', [bench.build.op('einsum', [x, y], { pattern: 'n t k, n s k -> n t s' })]);
  },
  (bench) => {
    const { build, dice } = bench;
    const x = find(bench, ({ shape }) => shape.length > 0 && shape.length < 5);
    if (x === undefined) return undefined;
    const axes = names(build.typeOf(x).shape);
    const turned = axes.length > 1 && dice(2) === 0 ? [axes[1]!, axes[0]!, ...axes.slice(2)] : axes;
    const made = [
      turned,
      ['1', ...turned],
      [...turned, '1'],
      axes.length > 1 ? [`(${turned[0]} ${turned[1]})`, ...turned.slice(2)] : turned,
    ];
    const pattern = `${axes.join(' ')} -> ${pick(bench, made).join(' ')}`;
    return build.op('rearrange', [x], { pattern });
  },
  (bench) => {
    const { build } = bench;
    const x = find(bench, ({ shape }) => shape.length > 0 && shape.length < 4);
    if (x === undefined) return undefined;
    const axes = names(build.typeOf(x).shape);
    const size: Dim = pick(bench, [2, 3, { batch: 1 }]);
    return build.op('repeat', [x], { pattern: `${axes.join(' ')} -> ${axes.join(' ')} r`, sizes: { r: size } });
  },
  (bench) => {
    const x = find(bench, ({ dtype, shape }) => dtype === 'f32' && shape.length > 1);
    if (x === undefined) return undefined;
    const axes = names(bench.build.typeOf(x).shape);
    return bench.build.op('reduce', [x], {
      pattern: `${axes.join(' ')} -> ${axes.slice(0, -1).join(' ')}`,
      op: pick(bench, ['mean', 'max', 'min']),
    });
  },
  (bench) => {
    const { build, dice } = bench;
    const x = find(bench, ({ shape }) => numbered(shape).length > 0);
    if (x === undefined) return undefined;
    const { shape } = build.typeOf(x);
    const axis = pick(bench, numbered(shape));
    const end = 1 + dice(shape[axis] as number);
    const start = dice(end);
    if (dice(2) === 0) return build.op('slice', [x], { axis, start, end });
    if (build.typeOf(x).dtype === 'bool') return undefined;
    return build.op('pad', [x], { axis, before: dice(2), after: dice(2) });
  },
  (bench) => {
    const { build } = bench;
    const x = find(bench, ({ shape }) => numbered(shape).length > 0);
    if (x === undefined) return undefined;
    const type = build.typeOf(x);
    const y = find(bench, (other) => sameType(other, type))!;
    return build.op('concat', [x, y, x].slice(0, 1 + bench.dice(3)), { axis: pick(bench, numbered(type.shape)) });
  },
  (bench) => {
    const { build } = bench;
    const x = find(bench, (type) => isFloat(type) && typeof type.shape.at(-1) === 'number');
    if (x === undefined) return undefined;
    const { shape } = build.typeOf(x);
    const order = build.op('argsort', [x]);
    const axis = shape.length - 1;
    const sorted = build.op('gather', [x, order], { axis, batch: axis });
    const rows = (shape.at(-1) as number) + 1;
    return bench.dice(2) === 0 ? sorted : build.op('scatter', [x, order], { axis, batch: axis, rows });
  },
  (bench) => {
    const { build } = bench;
    const label = find(bench, ({ dtype, shape }) => dtype === 'int' && shape.length === 1 && isBatch(shape[0]!));
    if (label === undefined) return undefined;
    return build.op('gather', [own(bench, [3, 1 + bench.dice(4)])!, label], { axis: 0, batch: 0 });
  },
  (bench) => {
    const { build } = bench;
    const x = find(
      bench,
      ({ dtype, shape }) => dtype === 'f32' && shape.length === 4 && shape.slice(1).every((dim) => dim === 4),
    );
    if (x === undefined) return undefined;
    return build.op('tanh', [build.op('conv2d', [x, own(bench, [2, 4, 2, 2])!], { stride: 2, padding: 0 })]);
  },
  // constants: arithmetic without inputs, tensors of one number, closed graphs
  (bench) => {
    const { build, dice } = bench;
    const x = find(bench, (type) => isFloat(type) && typeof type.shape.at(-1) === 'number');
    if (x === undefined) return undefined;
    const { shape } = build.typeOf(x);
    const size = shape.at(-1) as number;
    const angle = build.op('mul', [build.op('arange', [], { size }), build.number(0.1 * (1 + dice(3)))]);
    build.nameValue(angle, 'angle');
    const wave = build.op(pick(bench, ['sin', 'cos']), [angle]);
    const row = build.op('rearrange', [wave], { pattern: `k -> ${'1 '.repeat(shape.length - 1)}k` });
    return build.op('add', [x, row]);
  },
  (bench) => bench.build.number(0.25, f32(2, 3)),
  (bench) => bench.build.constant(table([1 + bench.dice(3), 2])),
  (bench) => {
    own(bench, [2], false);
    return undefined;
  },
];
