import { sumToOperand } from './broadcast.ts';
import { binary } from './elementwise.ts';

export const add = binary({
  name: 'add',
  doc: 'The sum of two tensors; written `a + b`.',
  formula: 'y = a + b',
  costDoc: '1 an element of the result',
  gradientDoc: 'ā = ȳ, b̄ = ȳ; summed over the axes that were broadcast',
  gradient: ({ build, operands: [a, b], gradient }) => [
    sumToOperand(build, gradient, a!),
    sumToOperand(build, gradient, b!),
  ],
});
