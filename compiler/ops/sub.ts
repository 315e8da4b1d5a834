import { algebra } from './algebra.ts';
import { sumToOperand } from './broadcast.ts';
import { binary } from './elementwise.ts';

export const sub = binary({
  name: 'sub',
  doc: 'The difference of two tensors; written `a - b`.',
  formula: 'y = a − b',
  costDoc: '1 an element of the result',
  gradientDoc: 'ā = ȳ, b̄ = −ȳ; summed over the axes that were broadcast',
  gradient({ build, operands: [a, b], gradient }) {
    // summed first, so that fewer elements change sign
    const sum = sumToOperand(build, gradient, b!);
    return [sumToOperand(build, gradient, a!), sum === undefined ? undefined : algebra(build).neg(sum)];
  },
});
