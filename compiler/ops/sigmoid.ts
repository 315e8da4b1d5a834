import { algebra } from './algebra.ts';
import { unary } from './elementwise.ts';

export const sigmoid = unary({
  name: 'sigmoid',
  doc: 'The logistic function.',
  formula: 'y = 1 / (1 + e⁻ˣ)',
  flops: 4,
  costDoc: '4 an element: negate, exp, add, divide',
  gradientDoc: 'x̄ = ȳ · y · (1 − y)',
  gradient(build, g, _, y) {
    const { n, mul, sub } = algebra(build);
    return mul(g, mul(y, sub(n(1), y)));
  },
});
