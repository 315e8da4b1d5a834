import { z } from 'zod';
import { size } from './attribute-schema.ts';
import { defineOp } from './define-op.ts';
import { noWork } from './elementwise.ts';

export const arange = defineOp({
  name: 'arange',
  operands: [],
  doc: 'The ints from 0 to size − 1.',
  formula: 'y[i] = i',
  attributes: z.strictObject({ size }),
  shapeDoc: 'int[size]',
  shape: (_, { size }) => ({ dtype: 'int', shape: [size] }),
  work: noWork,
  costDoc: '0: a constant',
  gradientDoc: 'none: there is no operand',
  gradient: 'none',
});
