import { algebra } from './algebra.ts';
import { unary } from './elementwise.ts';

export const silu = unary({
  name: 'silu',
  doc: 'The sigmoid-weighted linear unit, also called swish.',
  formula: 'y = x · σ(x), σ(x) = 1 / (1 + e⁻ˣ)',
  citation: 'Elfwing, Uchibe & Doya 2017, arXiv:1702.03118',
  flops: 5,
  costDoc: '5 an element: sigmoid (4), multiply',
  gradientDoc: 'x̄ = ȳ · σ · (1 + x · (1 − σ)), σ = σ(x)',
  gradient(build, g, x) {
    const { n, add, sub, mul, sigmoid } = algebra(build);
    const s = sigmoid(x);
    return mul(g, mul(s, add(n(1), mul(x, sub(n(1), s)))));
  },
});
