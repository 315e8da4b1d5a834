import { algebra } from './algebra.ts';
import { unary } from './elementwise.ts';

export const geluTanh = unary({
  name: 'gelu_tanh',
  doc: 'The Gaussian error linear unit in its tanh approximation.',
  formula: 'y = ½ · x · (1 + t), t = tanh(√(2 / π) · (x + 0.044715 · x³))',
  citation: 'Hendrycks & Gimpel 2016, §2, arXiv:1606.08415',
  flops: 9,
  costDoc: '9 an element: multiply (6), add (2), tanh',
  gradientDoc: 'x̄ = ȳ · (½ · (1 + t) + ½ · x · (1 − t²) · √(2 / π) · (1 + 3 · 0.044715 · x²))',
  gradient(build, g, x) {
    const { n, add, sub, mul, tanh } = algebra(build);
    const k = Math.sqrt(2 / Math.PI);
    const square = mul(x, x);
    // k (x + c x³) = x (k + k c x²)
    const t = tanh(mul(x, add(n(k), mul(n(k * 0.044715), square))));
    const slope = add(n(k), mul(n(3 * k * 0.044715), square));
    // ½ (1 + t) (1 + x (1 − t) slope), since 1 − t² = (1 + t)(1 − t)
    return mul(g, mul(mul(n(0.5), add(n(1), t)), add(n(1), mul(mul(x, sub(n(1), t)), slope))));
  },
});
