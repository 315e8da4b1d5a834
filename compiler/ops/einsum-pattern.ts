/** Patterns of `einsum`: `... i, o i -> ... o`. Names and `...` only; each stands once an operand. */
import type { Dim, Shape } from '../ir/type.ts';
import { sameDim, sameShape, showDim, showShape } from '../ir/type.ts';
import { isMistake, type Misfit, misfit } from './op.ts';
import { ELLIPSIS, MAX_CHARACTERS, remember, showPattern, tokensOf, wrongPattern } from './pattern.ts';

export interface EinsumPattern {
  readonly operands: readonly [readonly string[], readonly string[]];
  readonly result: readonly string[];
}

/** The axes of both operands and of the result, `...` replaced by `...0`, `...1`; and what each stands for. */
export interface EinsumAxes extends EinsumPattern {
  readonly sizes: ReadonlyMap<string, Dim>;
}

const MAX_AXES = 64;

function parse(text: string): EinsumPattern | Misfit {
  const wrong = (why: string, help?: string) => wrongPattern(text, why, help);
  if (text.length > MAX_CHARACTERS) return wrong(`longer than ${MAX_CHARACTERS} characters`);
  const [before, after, ...more] = text.split('->');
  const operands = before!.split(',');
  if (after === undefined || more.length > 0 || operands.length !== 2) {
    return wrong('two operands, `->` and a result are needed', 'a contraction is written `n t d, o d -> n t o`');
  }
  const sides: string[][] = [];
  for (const side of [...operands, after]) {
    const tokens = tokensOf(side);
    const stray = 'stray' in tokens ? tokens.stray : tokens.find((token) => /^[0-9(),]/.test(token));
    if ('stray' in tokens || stray !== undefined)
      return wrong(`\`${stray}\` cannot stand here`, 'axes are names and `...`, separated by blanks');
    const double = tokens.find((token, i) => tokens.indexOf(token) !== i);
    if (double !== undefined) return wrong(`\`${double}\` stands twice in one operand or in the result`);
    if (tokens.length > MAX_AXES) return wrong(`more than ${MAX_AXES} axes`);
    sides.push(tokens);
  }
  const [a, b, result] = sides as [string[], string[], string[]];
  const unknown = result.find((name) => !a.includes(name) && !b.includes(name));
  if (unknown !== undefined) return wrong(`\`${unknown}\` is missing on the left`, '`repeat` is what adds an axis');
  return { operands: [a, b], result };
}

export const parseEinsum: (text: string) => EinsumPattern | Misfit = remember(parse);

const spread = (names: readonly string[], rest: number): readonly string[] =>
  names.flatMap((name) => (name === ELLIPSIS ? Array.from({ length: rest }, (_, i) => `${ELLIPSIS}${i}`) : [name]));

/** The part of a shape that `...` stands for; none when there is no `...`. */
function restOf(names: readonly string[], shape: Shape): Shape | undefined {
  const at = names.indexOf(ELLIPSIS);
  return at < 0 ? undefined : shape.slice(at, at + shape.length - names.length + 1);
}

export function einsumAxes(text: string, a: Shape, b: Shape): EinsumAxes | Misfit {
  const pattern = parseEinsum(text);
  if (isMistake(pattern)) return pattern;
  const shapes = [a, b] as const;
  for (const [i, names] of pattern.operands.entries()) {
    const open = names.includes(ELLIPSIS);
    const named = names.length - (open ? 1 : 0);
    if (open ? named > shapes[i]!.length : named !== shapes[i]!.length) {
      const axes = `${named} ${named === 1 ? 'axis' : 'axes'}${open ? ' besides `...`' : ''}`;
      const which = i === 0 ? 'first' : 'second';
      return misfit(
        `pattern ${showPattern(text)} names ${axes} of the ${which} operand, but \`${showShape(shapes[i]!)}\` has ${shapes[i]!.length}`,
        i,
      );
    }
  }
  const rests = pattern.operands.map((names, i) => restOf(names, shapes[i]!));
  const rest = rests[0] ?? rests[1] ?? [];
  if (rests[0] && rests[1] && !sameShape(rests[0], rests[1])) {
    return misfit(
      `\`...\` is \`${showShape(rests[0])}\` in \`${showShape(a)}\` but \`${showShape(rests[1])}\` in \`${showShape(b)}\``,
      1,
    );
  }
  const operands = pattern.operands.map((names) => spread(names, rest.length)) as [
    readonly string[],
    readonly string[],
  ];
  const sizes = new Map<string, Dim>();
  for (const [i, names] of operands.entries()) {
    for (const [axis, name] of names.entries()) {
      const dim = shapes[i]![axis]!;
      const known = sizes.get(name);
      if (known !== undefined && !sameDim(known, dim)) {
        return misfit(
          `\`${name}\` is ${showDim(known)} in \`${showShape(a)}\` but ${showDim(dim)} in \`${showShape(b)}\``,
          1,
          `axis ${operands[0].indexOf(name)} of the first operand and axis ${axis} of the second must agree`,
        );
      }
      sizes.set(name, dim);
    }
  }
  return { operands, result: spread(pattern.result, rest.length), sizes };
}
