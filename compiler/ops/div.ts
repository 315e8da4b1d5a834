import { algebra, takesGradient } from './algebra.ts';
import { numericDtype, sumToOperand } from './broadcast.ts';
import { binary, binaryType } from './elementwise.ts';

export const div = {
  ...binary({
    name: 'div',
    doc: 'The quotient of two tensors, f32 also for ints; written `a / b`.',
    formula: 'y = a / b',
    costDoc: '1 an element of the result',
    gradientDoc: 'ā = ȳ / b, b̄ = −y · ȳ / b; summed over the axes that were broadcast',
    gradient({ build, operands: [a, b], result, gradient }) {
      const { div, mul, neg } = algebra(build);
      const shared = div(gradient, b!);
      return [
        takesGradient(build, a!) ? sumToOperand(build, shared, a!) : undefined,
        takesGradient(build, b!) ? neg(sumToOperand(build, mul(shared, result), b!)!) : undefined,
      ];
    },
  }),
  shapeDoc: 'a and b broadcast; f32',
  shape: binaryType('div', (types) => {
    const dtype = numericDtype('div', types);
    return typeof dtype === 'string' ? 'f32' : dtype;
  }),
};
