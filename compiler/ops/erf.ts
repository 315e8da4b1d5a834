import { algebra } from './algebra.ts';
import { unary } from './elementwise.ts';

export const erf = unary({
  name: 'erf',
  doc: 'The error function.',
  formula: 'y = 2 / √π · ∫₀ˣ e^(−t²) dt',
  flops: 1,
  costDoc: '1 an element',
  gradientDoc: 'x̄ = ȳ · 2 / √π · e^(−x²)',
  gradient(build, g, x) {
    const { n, mul, exp, neg } = algebra(build);
    return mul(g, mul(n(2 / Math.sqrt(Math.PI)), exp(neg(mul(x, x)))));
  },
});
