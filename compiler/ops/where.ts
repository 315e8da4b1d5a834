import { algebra, takesGradient } from './algebra.ts';
import { none } from './attribute-schema.ts';
import { broadcastShape, commonDtype, sumToOperand } from './broadcast.ts';
import { perElement } from './elementwise.ts';
import { isMistake, misfit, type Op } from './op.ts';

export const where: Op = {
  name: 'where',
  operands: ['cond', 'a', 'b'],
  doc: 'a where the condition holds, b elsewhere.',
  formula: 'y = cond ? a : b',
  attributes: none,
  elementwise: true,
  shapeDoc: 'cond is bool; the three broadcast; a and b are numbers (int if both are), or both bool',
  shape([cond, a, b]) {
    if (cond!.dtype !== 'bool') return misfit('the condition of `where` is not a bool', 0, 'compare it: `x > 0`');
    const dtype = commonDtype('where', [a!, b!]);
    if (typeof dtype !== 'string') return { ...dtype, at: 2 };
    const shape = broadcastShape([cond!.shape, a!.shape, b!.shape]);
    return isMistake(shape) ? shape : { dtype, shape };
  },
  work: perElement(1),
  costDoc: '1 an element of the result',
  gradientDoc: 'ā = cond ? ȳ : 0, b̄ = cond ? 0 : ȳ; summed over the axes that were broadcast',
  gradient({ build, operands: [cond, a, b], gradient: g }) {
    const { n, where } = algebra(build);
    const part = (own: number, taken: () => number) =>
      takesGradient(build, own) ? sumToOperand(build, taken(), own) : undefined;
    return [undefined, part(a!, () => where(cond!, g, n(0))), part(b!, () => where(cond!, n(0), g))];
  },
};
