/** The turns of a run: what each has in place of the first one's prefix, operands and inputs. */
import type { Run } from './graph.ts';

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** `blocks.` and 3 of `blocks.3`; none where the last segment is no int */
export function indexIn(prefix: string): { readonly stem: string; readonly index: number } | undefined {
  const begin = prefix.lastIndexOf('.') + 1;
  if (begin === prefix.length) return undefined;
  for (let at = begin; at < prefix.length; at++) if (!isDigit(prefix.charCodeAt(at))) return undefined;
  return { stem: prefix.slice(0, begin), index: Number(prefix.slice(begin)) };
}

/** The prefixes of so many turns, or of what is owned by them. */
export function prefixesOf(prefix: string, times = 1): readonly string[] {
  if (times === 1) return [prefix];
  const { stem, index } = indexIn(prefix)!;
  return Array.from({ length: times }, (_, turn) => `${stem}${index + turn}`);
}

export const timesOf = ({ run }: { readonly run?: Run }): number => run?.times ?? 1;

/**
 * Where the callee hands an input through as a result, the operand that the run's result is in the end. `sources` is, by
 * result, the input that one turn hands through.
 */
export function sourcesOfRun(
  sources: readonly (number | undefined)[],
  run: Run | undefined,
): readonly (number | undefined)[] {
  if (run === undefined) return sources;
  let at = sources;
  for (let turn = 1; turn < run.times; turn++) {
    // an input of this turn is a result of the one before, or the operand itself
    const before = at;
    at = sources.map((source) => {
      if (source === undefined) return undefined;
      const carried = run.carries[source];
      return carried === undefined ? source : before[carried];
    });
    if (at.every((source, result) => source === before[result])) break;
  }
  return at;
}
