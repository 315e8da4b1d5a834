import { algebra } from './algebra.ts';
import { unary } from './elementwise.ts';

export const sqrt = unary({
  name: 'sqrt',
  doc: 'The square root.',
  formula: 'y = √x',
  flops: 1,
  costDoc: '1 an element',
  gradientDoc: 'x̄ = ½ · ȳ / y',
  gradient(build, g, _, y) {
    const { n, div, mul } = algebra(build);
    return div(mul(g, n(0.5)), y);
  },
});
