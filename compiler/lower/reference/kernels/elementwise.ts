/** Ops on one element of each operand. Operands broadcast: an axis of size 1, and a scalar, is repeated. */
import type { HostTensor } from '../../../ir/tensor.ts';
import { erf, erfc } from './erf.ts';
import { count, emptyData, type Kernel, stridesOf, walk } from './kernel.ts';

/** Strides of an operand seen in the result's shape: 0 along what is repeated. */
function broadcastStrides(operand: HostTensor, shape: readonly number[]): number[] {
  if (operand.shape.length === 0) return shape.map(() => 0);
  return stridesOf(operand.shape).map((stride, axis) => (operand.shape[axis] === 1 ? 0 : stride));
}

export const unary =
  (f: (x: number) => number): Kernel =>
  ({ operands, result }) => {
    const x = operands[0]!.data;
    const y = emptyData(result.dtype, x.length);
    for (let i = 0; i < x.length; i++) y[i] = f(x[i]!);
    return y;
  };

export const binary =
  (f: (a: number, b: number) => number): Kernel =>
  ({ operands, result }) => {
    const [a, b] = [operands[0]!, operands[1]!];
    const y = emptyData(result.dtype, count(result.shape));
    const aStrides = broadcastStrides(a, result.shape);
    const bStrides = broadcastStrides(b, result.shape);
    const [aData, bData] = [a.data, b.data];
    walk(result.shape, aStrides, bStrides, (at, i, j) => {
      y[at] = f(aData[i]!, bData[j]!);
    });
    return y;
  };

const truth = (f: (a: number, b: number) => boolean): Kernel => binary((a, b) => (f(a, b) ? 1 : 0));

export const add = binary((a, b) => a + b);
export const sub = binary((a, b) => a - b);
export const mul = binary((a, b) => a * b);
export const div = binary((a, b) => a / b);
export const pow = binary((a, b) => a ** b);
export const min = binary(Math.min);
export const max = binary(Math.max);

export const eq = truth((a, b) => a === b);
export const ne = truth((a, b) => a !== b);
export const lt = truth((a, b) => a < b);
export const le = truth((a, b) => a <= b);

export const neg = unary((x) => -x);
export const exp = unary(Math.exp);
export const log = unary(Math.log);
export const sqrt = unary(Math.sqrt);
export const sin = unary(Math.sin);
export const cos = unary(Math.cos);
export const tanh = unary(Math.tanh);
export const sigmoid = unary((x) => 1 / (1 + Math.exp(-x)));
export const erfOp = unary(erf);
export const silu = unary((x) => x / (1 + Math.exp(-x)));
/** x Φ(x), Φ(x) = erfc(−x / √2) / 2 */
export const gelu = unary((x) => (x === -Infinity ? 0 : (x * erfc(-x / Math.SQRT2)) / 2));
/** x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, Hendrycks & Gimpel 2016 */
export const geluTanh = unary((x) => (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2);
export const detach = unary((x) => x);

export const where: Kernel = ({ operands, result }) => {
  const [condition, a, b] = [operands[0]!, operands[1]!, operands[2]!];
  const y = emptyData(result.dtype, count(result.shape));
  const chosen = new Uint8Array(y.length);
  const none = result.shape.map(() => 0);
  walk(result.shape, broadcastStrides(condition, result.shape), none, (at, i) => {
    chosen[at] = condition.data[i]!;
  });
  walk(result.shape, broadcastStrides(a, result.shape), broadcastStrides(b, result.shape), (at, i, j) => {
    y[at] = chosen[at] ? a.data[i]! : b.data[j]!;
  });
  return y;
};
