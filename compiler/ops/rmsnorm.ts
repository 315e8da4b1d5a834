import { z } from 'zod';
import { algebra, takesGradient } from './algebra.ts';
import { epsilon } from './attribute-schema.ts';
import { defineOp } from './define-op.ts';
import { perElement } from './elementwise.ts';
import { overLastAxis } from './last-axis.ts';

export const rmsnorm = defineOp({
  name: 'rmsnorm',
  operands: ['x'],
  lastAxis: true,
  doc: 'Along the last axis, mean square 1.',
  formula: 'y = x / √(mean x² + ε)',
  citation: 'Zhang & Sennrich 2019, arXiv:1910.07467',
  attributes: z.strictObject({ eps: epsilon.default(1e-6) }),
  shapeDoc: 'the shape of x, which has an axis; an int becomes f32',
  shape: ([x]) => overLastAxis('rmsnorm', x!),
  work: perElement(3),
  costDoc: '3 an element: square, mean, multiply; the root of each row is not counted',
  gradientDoc: 'x̄ = (ȳ − y · mean (ȳ · y)) / √(mean x² + ε)',
  gradient({ build, operands: [x], result: y, gradient: g, attributes: { eps } }) {
    if (!takesGradient(build, x!)) return [undefined];
    const { n, add, sub, mul, div, sqrt, lastMean } = algebra(build);
    const root = sqrt(add(lastMean(mul(x!, x!)), n(eps)));
    return [div(sub(g, mul(y, lastMean(mul(g, y)))), root)];
  },
});
