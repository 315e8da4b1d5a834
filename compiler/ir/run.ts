/** The turns of a run: how often it turns, and under which paths. */
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
