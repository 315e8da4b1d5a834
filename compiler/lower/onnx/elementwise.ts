/** Ops that go element by element over broadcast operands. ONNX broadcasts as the language does, and more. */
import type { Dtype } from '../../ir/type.ts';
import type { Emitter, Name } from './emitter.ts';
import { cast, type Lowered, type Lowering, type Operand, sameDims } from './lowering.ts';
import { ELEMENT_OF } from './model.ts';

/** The operands as elements of one type; a number is no tensor where the others already have the shape of the result. */
const alike = ({ emit, operands, result }: Lowered, dtype: Dtype, chosen = operands): Name[] => {
  const spans = operands.some(({ number, type }) => number === undefined && sameDims(type.shape, result.shape));
  return chosen.map((operand) =>
    spans && operand.number !== undefined ? emit.scalar(operand.number, ELEMENT_OF[dtype]) : cast(emit, operand, dtype),
  );
};

/** One ONNX node on operands of the type of the result. */
const binary =
  (op: string): Lowering =>
  (node) =>
    node.emit.node(op, alike(node, node.result.dtype));

/** The type both sides of a comparison take. */
const meeting = (operands: readonly Operand[]): Dtype => {
  const dtypes = new Set(operands.map((operand) => operand.type.dtype));
  return dtypes.size === 1 ? operands[0]!.type.dtype : 'f32';
};

const compare =
  (op: string): Lowering =>
  (node) =>
    node.emit.node(op, alike(node, meeting(node.operands)));

/** One ONNX node on an operand of the type of the result. */
const unary =
  (op: string, attributes: Readonly<Record<string, string>> = {}): Lowering =>
  ({ emit, operands, result }) =>
    emit.node(op, [cast(emit, operands[0]!, result.dtype)], attributes);

const equal = compare('Equal');

/** Powers that are a product or a root: ONNX Runtime's Pow takes the power function for every element. */
const POWERS: Readonly<Record<number, (emit: Emitter, x: Name) => Name>> = {
  0.5: (emit, x) => emit.node('Sqrt', [x]),
  1: (_, x) => x,
  2: (emit, x) => emit.node('Mul', [x, x]),
  3: (emit, x) => emit.node('Mul', [emit.node('Mul', [x, x]), x]),
};

const pow: Lowering = (node) => {
  const { emit, operands, result } = node;
  const [base, exponent] = operands as [Operand, Operand];
  const known = exponent.number === undefined ? undefined : POWERS[exponent.number];
  return known && result.dtype === 'f32' && sameDims(base.type.shape, result.shape)
    ? known(emit, cast(emit, base, 'f32'))
    : binary('Pow')(node);
};

const silu: Lowering = ({ emit, operands }) => {
  const x = cast(emit, operands[0]!, 'f32');
  return emit.node('Mul', [x, emit.node('Sigmoid', [x])]);
};

/** Where has no bool kernel in ONNX Runtime: (c ∧ a) ∨ (¬c ∧ b) */
function select(emit: Emitter, condition: Name, a: Name, b: Name): Name {
  const kept = emit.node('And', [condition, a]);
  return emit.node('Or', [kept, emit.node('And', [emit.node('Not', [condition]), b])]);
}

const where: Lowering = (node) => {
  const { emit, operands, result } = node;
  const condition = operands[0]!;
  const [a, b] = alike(node, result.dtype, operands.slice(1)) as [Name, Name];
  if (result.dtype === 'bool') return select(emit, condition.name, a, b);
  return emit.node('Where', [condition.name, a, b]);
};

/** A copy that does nothing; the engine drops it. */
const detach: Lowering = ({ operands }: Lowered) => operands[0]!.name;

export const ELEMENTWISE = {
  add: binary('Add'),
  sub: binary('Sub'),
  mul: binary('Mul'),
  div: binary('Div'),
  pow,
  min: binary('Min'),
  max: binary('Max'),
  eq: equal,
  ne: (node) => node.emit.node('Not', [equal(node)]),
  lt: compare('Less'),
  le: compare('LessOrEqual'),
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
  gelu: unary('Gelu', { approximate: 'none' }),
  gelu_tanh: unary('Gelu', { approximate: 'tanh' }),
  where,
  detach,
} as const satisfies Readonly<Record<string, Lowering>>;
