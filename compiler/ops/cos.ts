import { algebra } from './algebra.ts';
import { unary } from './elementwise.ts';

export const cos = unary({
  name: 'cos',
  doc: 'The cosine of an angle in radians.',
  formula: 'y = cos x',
  flops: 1,
  costDoc: '1 an element',
  gradientDoc: 'x̄ = −ȳ · sin x',
  gradient(build, g, x) {
    const { mul, neg, sin } = algebra(build);
    return neg(mul(g, sin(x)));
  },
});
