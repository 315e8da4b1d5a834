import { algebra, takesGradient } from './algebra.ts';
import { sumToOperand } from './broadcast.ts';
import { binary } from './elementwise.ts';

export const mul = binary({
  name: 'mul',
  doc: 'The product of two tensors, element by element; written `a * b`.',
  formula: 'y = a · b',
  costDoc: '1 an element of the result',
  gradientDoc: 'ā = ȳ · b, b̄ = ȳ · a; summed over the axes that were broadcast',
  gradient({ build, operands: [a, b], gradient: g }) {
    const { mul } = algebra(build);
    const times = (own: number, other: number) =>
      takesGradient(build, own) ? sumToOperand(build, mul(g, other), own) : undefined;
    return [times(a!, b!), times(b!, a!)];
  },
});
