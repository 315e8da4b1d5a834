import { algebra } from './algebra.ts';
import { unary } from './elementwise.ts';

export const exp = unary({
  name: 'exp',
  doc: 'The exponential function.',
  formula: 'y = eˣ',
  flops: 1,
  costDoc: '1 an element',
  gradientDoc: 'x̄ = ȳ · y',
  gradient(build, g, _, y) {
    const { mul } = algebra(build);
    return mul(g, y);
  },
});
