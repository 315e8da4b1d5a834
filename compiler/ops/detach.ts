import { none } from './attribute-schema.ts';
import { noWork } from './elementwise.ts';
import type { Op } from './op.ts';

export const detach: Op = {
  name: 'detach',
  operands: ['x'],
  doc: 'x, through which no gradient flows.',
  formula: 'y = x',
  attributes: none,
  view: true,
  aliases: () => true,
  shapeDoc: 'the type of x',
  shape: ([x]) => x!,
  work: noWork,
  costDoc: '0: nothing moves',
  gradientDoc: 'none: that is what it is for',
  gradient: 'none',
};
