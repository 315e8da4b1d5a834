import { algebra } from './algebra.ts';
import { unary } from './elementwise.ts';

export const log = unary({
  name: 'log',
  doc: 'The natural logarithm.',
  formula: 'y = log x',
  flops: 1,
  costDoc: '1 an element',
  gradientDoc: 'x̄ = ȳ / x',
  gradient(build, g, x) {
    const { div } = algebra(build);
    return div(g, x);
  },
});
