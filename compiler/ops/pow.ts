import { algebra, takesGradient } from './algebra.ts';
import { sumToOperand } from './broadcast.ts';
import { binary } from './elementwise.ts';

export const pow = binary({
  name: 'pow',
  doc: 'a to the power of b; written `a ^ b`. Of two ints an int: with a negative exponent what is left of the fraction, 0 but for ±1.',
  formula: 'y = aᵇ',
  costDoc: '1 an element of the result',
  gradientDoc:
    'ā = ȳ · b · aᵇ⁻¹, 0 where b = 0; b̄ = ȳ · y · log a, 0 where a = 0; summed over the axes that were broadcast. An exponent that is a known number k takes no mask and no logarithm: ȳ · k · aᵏ⁻¹',
  gradient({ build, operands: [a, b], result, gradient: g }) {
    const { n, mul, sub, pow, log, where, eq } = algebra(build);
    const base = () => {
      const known = build.numberOf(b!);
      if (known === 0) return undefined;
      if (known === 1) return g;
      if (known !== undefined) {
        return mul(
          g,
          mul(n(known), known === 2 ? a! : known === 0.5 ? build.op('div', [n(1), result]) : pow(a!, n(known - 1))),
        );
      }
      return where(eq(b!, n(0)), n(0), mul(g, mul(b!, pow(a!, sub(b!, n(1))))));
    };
    const exponent = () => where(eq(a!, n(0)), n(0), mul(g, mul(result, log(a!))));
    const [da, db] = [takesGradient(build, a!) ? base() : undefined, takesGradient(build, b!) ? exponent() : undefined];
    return [
      da === undefined ? undefined : sumToOperand(build, da, a!),
      db === undefined ? undefined : sumToOperand(build, db, b!),
    ];
  },
});
