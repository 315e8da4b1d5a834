import { algebra, takesGradient } from './algebra.ts';
import { none } from './attribute-schema.ts';
import { perElement } from './elementwise.ts';
import { overLastAxis } from './last-axis.ts';
import type { Op } from './op.ts';

export const softmax: Op = {
  name: 'softmax',
  operands: ['x'],
  lastAxis: true,
  doc: 'Exponentials along the last axis that add up to 1.',
  formula: 'y = e^(x − max x) / Σ e^(x − max x)',
  attributes: none,
  shapeDoc: 'the shape of x, which has an axis; an int becomes f32',
  shape: ([x]) => overLastAxis('softmax', x!),
  work: perElement(5),
  costDoc: '5 an element: maximum, subtract, exp, sum, divide',
  gradientDoc: 'x̄ = y · (ȳ − Σ ȳ · y)',
  gradient({ build, operands: [x], result: y, gradient: g }) {
    if (!takesGradient(build, x!)) return [undefined];
    const { mul, sub, lastSum } = algebra(build);
    return [mul(y, sub(g, lastSum(mul(g, y))))];
  },
};
