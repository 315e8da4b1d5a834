import { algebra } from './algebra.ts';
import { numericDtype } from './broadcast.ts';
import { unary } from './elementwise.ts';
import type { Op } from './op.ts';

export const neg: Op = {
  ...unary({
    name: 'neg',
    doc: 'The negative; written `-x`.',
    formula: 'y = −x',
    flops: 1,
    costDoc: '1 an element',
    gradientDoc: 'x̄ = −ȳ',
    gradient: (build, g) => algebra(build).neg(g),
  }),
  shapeDoc: 'the type of x: an int stays int',
  shape: ([x]) => {
    const dtype = numericDtype('neg', [x!]);
    return typeof dtype === 'string' ? { dtype, shape: x!.shape } : dtype;
  },
};
