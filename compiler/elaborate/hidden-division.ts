/** `depth // 2` is `depth` and a comment. Whoever divides in Python is told, since nothing else would be wrong. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { report } from './codes.ts';
import { placeIn, type Scope } from './symbol.ts';

/** Comments behind code that hold a number and nothing else. */
export function hiddenDivisions(scope: Scope): readonly Diagnostic[] {
  const { comments, source } = scope.file;
  return comments.flatMap(({ text, span }) => {
    const divisor = /^\/\/\s*(\d+)\s*[),\]}{]*\s*$/.exec(text)?.[1];
    const before = source.text.slice(source.text.lastIndexOf('\n', span.start - 1) + 1, span.start);
    // behind a value, where an operator could stand
    if (divisor === undefined || !/[\w)\]]\s*$/.test(before)) return [];
    const help = `\`/\` divides exactly, \`floor(a / ${divisor})\` rounds down`;
    return [report('D0216', placeIn(scope, span), { divisor }, { help })];
  });
}
