import { z } from 'zod';
import { algebra, takesGradient } from './algebra.ts';
import { epsilon } from './attribute-schema.ts';
import { defineOp } from './define-op.ts';
import { perElement } from './elementwise.ts';
import { overLastAxis } from './last-axis.ts';

export const layernorm = defineOp({
  name: 'layernorm',
  operands: ['x'],
  lastAxis: true,
  doc: 'Along the last axis, mean 0 and variance 1; the variance is that of the population.',
  formula: 'y = (x − μ) / √(σ² + ε), μ = mean x, σ² = mean (x − μ)²',
  citation: 'Ba, Kiros & Hinton 2016, arXiv:1607.06450',
  attributes: z.strictObject({ eps: epsilon.default(1e-6) }),
  shapeDoc: 'the shape of x, which has an axis; an int becomes f32',
  shape: ([x]) => overLastAxis('layernorm', x!),
  work: perElement(5),
  costDoc: '5 an element: mean, subtract, square, mean, multiply; the root of each row is not counted',
  gradientDoc: 'x̄ = (ȳ − mean ȳ − y · mean (ȳ · y)) / √(σ² + ε)',
  gradient({ build, operands: [x], result: y, gradient: g, attributes: { eps } }) {
    if (!takesGradient(build, x!)) return [undefined];
    const { n, add, sub, mul, div, sqrt, lastMean } = algebra(build);
    const centered = sub(x!, lastMean(x!));
    const deviation = sqrt(add(lastMean(mul(centered, centered)), n(eps)));
    return [div(sub(sub(g, lastMean(g)), mul(y, lastMean(mul(g, y)))), deviation)];
  },
});
