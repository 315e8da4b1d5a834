/** Ops that go element by element over broadcast operands. Kernels of tfjs broadcast as the language does, and more. */
import type { Dtype } from '../../ir/type.ts';
import type { Read, Scope, Tensor } from './kernels.ts';
import { cast, expand, type Lowered, type Lowering, read, readOrScalar, reshape, sameDims } from './lowering.ts';

/** The operand of this place; a number is no tensor where another operand already has the shape of the result. */
function alike(node: Lowered, at: number, dtype: Dtype): Read {
  const spans = node.operands.some(
    ({ number, type }) => number === undefined && sameDims(type.shape, node.result.shape),
  );
  return (spans ? readOrScalar : read)(node, at, dtype);
}

/** One kernel on operands of a type, which is also what comes out. */
const binaryAs = (kernel: string, node: Lowered, dtype: Dtype) => {
  const [a, b] = [alike(node, 0, dtype), alike(node, 1, dtype)];
  return (scope: Scope): Tensor => scope.run(kernel, { a: a(scope), b: b(scope) });
};

const binary =
  (kernel: string): Lowering =>
  (node) =>
    binaryAs(kernel, node, node.result.dtype);

/** Not every backend compares ints or bools; f32 holds all that a spec has. */
const compare =
  (kernel: string): Lowering =>
  (node) =>
    binaryAs(kernel, node, 'f32');

/** Kernels of backends that have them for f32 only: there and back again. */
const binaryOfFloats =
  (kernel: string): Lowering =>
  (node) => {
    const step = binaryAs(kernel, node, 'f32');
    if (node.result.dtype === 'f32') return step;
    return (scope) => cast(scope, step(scope), node.result.dtype);
  };

const unary =
  (kernel: string): Lowering =>
  (node) => {
    const x = read(node, 0, node.result.dtype);
    return (scope) => scope.run(kernel, { x: x(scope) });
  };

const times = (scope: Scope, a: Tensor, b: Tensor): Tensor => scope.run('Multiply', { a, b });
const plus = (scope: Scope, a: Tensor, b: Tensor): Tensor => scope.run('Add', { a, b });

/** The operand in the shape of the result. */
function full(node: Lowered, at: number, dtype: Dtype): Read {
  const { shape } = node.result;
  const { number, type } = node.operands[at]!;
  if (number !== undefined) {
    const slot = node.constants.filled(number, dtype, shape);
    return (scope) => scope.constant(slot);
  }
  const source = read(node, at, dtype);
  const padded = [...new Array<number>(shape.length - type.shape.length).fill(1), ...type.shape];
  return (scope) => expand(scope, reshape(scope, source(scope), padded), shape);
}

/** x² is a product: what optimisers and norms ask for */
const square = (node: Lowered) => {
  const x = full(node, 0, node.result.dtype);
  if (node.result.dtype === 'f32') return (scope: Scope) => scope.run('Square', { x: x(scope) });
  return (scope: Scope) => {
    const side = x(scope);
    return times(scope, side, side);
  };
};

/** TensorFlow's passes forget that a power they know broadcasts: the base is repeated before. */
const pow: Lowering = (node) => {
  const [base, exponent] = node.operands;
  const { result } = node;
  if (exponent!.number === 2) return square(node);
  if (exponent!.number === undefined || sameDims(base!.type.shape, result.shape)) return binaryOfFloats('Pow')(node);
  const x = full(node, 0, 'f32');
  const power = node.constants.filled(exponent!.number, 'f32', []);
  return (scope) => {
    const made = scope.run('Pow', { a: x(scope), b: scope.constant(power) });
    return result.dtype === 'f32' ? made : cast(scope, made, result.dtype);
  };
};

/** A composition of kernels on one f32 operand and numbers. */
const composed =
  (numbers: readonly number[], compose: (scope: Scope, x: Tensor, ...numbers: Tensor[]) => Tensor): Lowering =>
  (node) => {
    const x = read(node, 0, 'f32');
    const slots = numbers.map((number) => node.constants.filled(number, 'f32', []));
    return (scope) => compose(scope, x(scope), ...slots.map((slot) => scope.constant(slot)));
  };

/** x σ(x) */
const silu = composed([], (scope, x) => times(scope, x, scope.run('Sigmoid', { x })));

/** x / 2 · (1 + erf(x / √2)) */
const gelu = composed([Math.SQRT1_2, 1, 0.5], (scope, x, root, one, half) => {
  const erf = scope.run('Erf', { x: times(scope, x, root!) });
  return times(scope, times(scope, x, half!), plus(scope, erf, one!));
});

/** x / 2 · (1 + tanh(√(2/π) (x + 0.044715 x³))) = x σ(2 √(2/π) (x + 0.044715 x³)) */
const geluTanh = composed([0.044715, 1, Math.sqrt(8 / Math.PI)], (scope, x, cubic, one, scale) => {
  const square = scope.run('Square', { x });
  const inner = times(scope, times(scope, x, scale!), plus(scope, times(scope, square, cubic!), one!));
  return times(scope, x, scope.run('Sigmoid', { x: inner }));
});

/** The kernel does not broadcast; what it does to bools differs, so they are ints meanwhile. */
const where: Lowering = (node) => {
  const { dtype } = node.result;
  const kept: Dtype = dtype === 'bool' ? 'int' : dtype;
  const [condition, t, e] = [boolTile(node), full(node, 1, kept), full(node, 2, kept)];
  return (scope) => {
    const chosen = scope.run('Select', { condition: condition(scope), t: t(scope), e: e(scope) });
    return dtype === 'bool' ? cast(scope, chosen, 'bool') : chosen;
  };
};

/** Bools are repeated as ints, which every backend can. */
function boolTile(node: Lowered): Read {
  if (node.operands[0]!.number !== undefined || sameDims(node.operands[0]!.type.shape, node.result.shape)) {
    return full(node, 0, 'bool');
  }
  const ints = full(node, 0, 'int');
  return (scope) => cast(scope, ints(scope), 'bool');
}

/** The tensor itself; whoever runs the step makes it a handle of its own. */
const detach: Lowering = (node) => read(node, 0);

export const ELEMENTWISE = {
  add: binary('Add'),
  sub: binary('Sub'),
  mul: binary('Multiply'),
  div: binary('RealDiv'),
  pow,
  min: binaryOfFloats('Minimum'),
  max: binaryOfFloats('Maximum'),
  eq: compare('Equal'),
  ne: compare('NotEqual'),
  lt: compare('Less'),
  le: compare('LessEqual'),
  neg: unary('Neg'),
  exp: unary('Exp'),
  log: unary('Log'),
  sqrt: unary('Sqrt'),
  sin: unary('Sin'),
  cos: unary('Cos'),
  tanh: unary('Tanh'),
  sigmoid: unary('Sigmoid'),
  erf: unary('Erf'),
  silu,
  gelu,
  gelu_tanh: geluTanh,
  where,
  detach,
} as const satisfies Readonly<Record<string, Lowering>>;
