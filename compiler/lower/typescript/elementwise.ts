/** Ops that go element by element over broadcast operands, softmax and the norms. */
import { sameShape } from '../../ir/type.ts';
import { call, type Expression, text } from './expression.ts';
import { broadcast, cast, numberAt, reshape, shapeText, tensor, type Writing, type Written } from './writing.ts';

const binary =
  (name: string): Writing =>
  (op) =>
    call(name, broadcast(op, 0, op.result.dtype), broadcast(op, 1, op.result.dtype));

/** Not every backend compares ints or bools; f32 holds all that a spec has. */
const compare =
  (name: string): Writing =>
  (op) =>
    call(name, broadcast(op, 0, 'f32'), broadcast(op, 1, 'f32'));

/** What backends have for f32 only: there and back again. */
const binaryOfFloats =
  (name: string): Writing =>
  (op) =>
    cast(call(name, broadcast(op, 0, 'f32'), broadcast(op, 1, 'f32')), 'f32', op.result.dtype);

const unary =
  (name: string): Writing =>
  (op) =>
    call(name, tensor(op, 0, op.result.dtype));

const onFloats =
  (name: string, ...more: readonly string[]): Writing =>
  (op) =>
    call(name, tensor(op, 0, 'f32'), ...more.map((key) => text(numberAt(op, key))));

const pow: Writing = (op) => {
  const [base, exponent] = op.operands;
  if (exponent!.number !== 2 || !sameShape(base!.type.shape, op.result.shape)) return binaryOfFloats('tf.pow')(op);
  return call('tf.square', tensor(op, 0, 'f32'));
};

const where: Writing = (op) => {
  const { dtype, shape } = op.result;
  const kept = dtype === 'bool' ? 'int' : dtype;
  const chosen = call('where', tensor(op, 0, 'bool'), tensor(op, 1, kept), tensor(op, 2, kept), shapeText(shape));
  return cast(chosen, kept, dtype);
};

/** The tensor itself. */
const detach: Writing = (op) => reshape(tensor(op, 0), op.operands[0]!.type.shape, op.result.shape);

/** `tf.div` and `tf.mod` of ints are other things; an f32 divided by a number is as clear as a product. */
const div: Writing = (op: Written): Expression => call('tf.div', broadcast(op, 0, 'f32'), broadcast(op, 1, 'f32'));

export const ELEMENTWISE = {
  add: binary('tf.add'),
  sub: binary('tf.sub'),
  mul: binary('tf.mul'),
  div,
  pow,
  min: binaryOfFloats('tf.minimum'),
  max: binaryOfFloats('tf.maximum'),
  eq: compare('tf.equal'),
  ne: compare('tf.notEqual'),
  lt: compare('tf.less'),
  le: compare('tf.lessEqual'),
  neg: unary('tf.neg'),
  exp: unary('tf.exp'),
  log: unary('tf.log'),
  sqrt: unary('tf.sqrt'),
  sin: unary('tf.sin'),
  cos: unary('tf.cos'),
  tanh: unary('tf.tanh'),
  sigmoid: unary('tf.sigmoid'),
  erf: unary('tf.erf'),
  silu: onFloats('silu'),
  gelu: onFloats('gelu'),
  gelu_tanh: onFloats('geluTanh'),
  where,
  detach,
  softmax: onFloats('tf.softmax'),
  layernorm: onFloats('layernorm', 'eps'),
  rmsnorm: onFloats('rmsnorm', 'eps'),
} as const satisfies Readonly<Record<string, Writing>>;
