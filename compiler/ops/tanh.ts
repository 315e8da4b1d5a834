import { algebra } from './algebra.ts';
import { unary } from './elementwise.ts';

export const tanh = unary({
  name: 'tanh',
  doc: 'The hyperbolic tangent.',
  formula: 'y = tanh x',
  flops: 1,
  costDoc: '1 an element',
  gradientDoc: 'x̄ = ȳ · (1 − y²)',
  gradient(build, g, _, y) {
    const { n, mul, sub } = algebra(build);
    return mul(g, sub(n(1), mul(y, y)));
  },
});
