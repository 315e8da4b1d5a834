import { algebra } from './algebra.ts';
import { unary } from './elementwise.ts';

export const sin = unary({
  name: 'sin',
  doc: 'The sine of an angle in radians.',
  formula: 'y = sin x',
  flops: 1,
  costDoc: '1 an element',
  gradientDoc: 'x̄ = ȳ · cos x',
  gradient(build, g, x) {
    const { mul, cos } = algebra(build);
    return mul(g, cos(x));
  },
});
