/** `min` and `max`: the gradient goes to the operand that was taken, half to each where they are equal. */
import { algebra, takesGradient } from './algebra.ts';
import { sumToOperand } from './broadcast.ts';
import { binary } from './elementwise.ts';
import type { Op } from './op.ts';

export const extremum = (name: 'min' | 'max', doc: string): Op =>
  binary({
    name,
    doc,
    formula: `y = ${name}(a, b)`,
    costDoc: '1 an element of the result',
    gradientDoc:
      'ȳ to the operand that was taken, ȳ / 2 to each where they are equal; summed over the axes that were broadcast',
    gradient({ build, operands: [a, b], gradient: g }) {
      const { n, mul, where, eq, lt } = algebra(build);
      const share = (own: number, other: number) => {
        if (!takesGradient(build, own)) return undefined;
        const taken = name === 'max' ? lt(other, own) : lt(own, other);
        return sumToOperand(build, mul(g, where(taken, n(1), where(eq(own, other), n(0.5), n(0)))), own);
      };
      return [share(a!, b!), share(b!, a!)];
    },
  });
