import { algebra } from './algebra.ts';
import { unary } from './elementwise.ts';

export const gelu = unary({
  name: 'gelu',
  doc: 'The Gaussian error linear unit.',
  formula: 'y = x · Φ(x), Φ(x) = ½ · (1 + erf(x / √2))',
  citation: 'Hendrycks & Gimpel 2016, arXiv:1606.08415',
  flops: 5,
  costDoc: '5 an element: divide, erf, add, multiply (2)',
  gradientDoc: 'x̄ = ȳ · (Φ(x) + x · φ(x)), φ(x) = e^(−x² / 2) / √(2π)',
  gradient(build, g, x) {
    const { n, add, mul, exp, erf } = algebra(build);
    const cdf = mul(n(0.5), add(n(1), erf(mul(x, n(Math.SQRT1_2)))));
    const density = mul(n(1 / Math.sqrt(2 * Math.PI)), exp(mul(n(-0.5), mul(x, x))));
    return mul(g, add(cdf, mul(x, density)));
  },
});
