/**
 * Where parsing goes on after a mistake: the next place, inside of the same brackets, where something new begins. New
 * lines mean nothing to the grammar, but they are the best hint at what a broken text was meant to be.
 */
import { declares, indentOf, lineIndent } from './brackets.ts';
import type { Source } from './span.ts';
import * as T from './tokens.ts';

export type Resume = 'declaration' | 'statement' | 'item' | 'entry';

export interface Sync {
  readonly count: number;
  /** the index of the closing bracket of the opening one at `open`, -1 for anything else */
  readonly closing: (open: number) => number;
  /** the index of the `{` after a broken header, -1 if a declaration begins before one */
  readonly body: (start: number, broken: number) => number;
  /** whether token `i` is the `=` of a statement whose name was taken for the end of the line before */
  readonly cut: (i: number) => boolean;
  /** the first place at or after `least` to go on for the thing that began at `start`; at the latest `end` */
  readonly resume: (kind: Resume, start: number, least: number, end: number) => number;
}

const STATEMENTS = new Set(
  [T.Param, T.Frozen, T.Input, T.Output, T.Require, T.For, T.Return].map((type) => type.tokenTypeIdx),
);

export function synchronise(source: Source, tokens: readonly T.Token[], close: Int32Array): Sync {
  const { text } = source;
  const count = tokens.length;
  const type = (i: number) => tokens[i]?.tokenType;
  const startsLine = (i: number) => indentOf(text, tokens[i]!.startOffset) >= 0;
  const afterDot = (i: number) => type(i - 1) === T.Dot || type(i - 1) === T.As || type(i - 1) === T.Shared;

  const begins: Record<Resume, (i: number, start: number) => boolean> = {
    // what begins at the very left was meant to be one too
    declaration: (i) =>
      declares(text, tokens, i) || (indentOf(text, tokens[i]!.startOffset) === 0 && T.is(tokens[i]!, T.Id)),
    statement: (i, start) => {
      if (afterDot(i)) return false;
      const token = tokens[i]!;
      if (STATEMENTS.has(token.tokenTypeIdx)) return type(i + 1) !== T.Colon;
      if (type(i) === T.If) return startsLine(i);
      if (!T.is(token, T.Id) && type(i) !== T.Underscore) return false;
      const indent = indentOf(text, tokens[i]!.startOffset);
      if (indent >= 0 && indent <= lineIndent(source, tokens[start]!.startOffset)) return true;
      const next = type(i + 1);
      if (next === T.Assign || next === T.PlusAssign) return type(i - 1) !== T.Comma;
      return next === T.Comma && startsLine(i);
    },
    item: (i) => type(i) === T.Comma,
    entry: (i) =>
      type(i) === T.Comma ||
      (startsLine(i) && !afterDot(i)) ||
      (T.is(tokens[i]!, T.Name) && type(i + 1) === T.Colon && !afterDot(i)),
  };

  return {
    count,
    closing: (open) => close[open] ?? -1,
    cut: (i) => (type(i) === T.Assign || type(i) === T.PlusAssign) && T.is(tokens[i - 1]!, T.Id) && startsLine(i - 1),
    body(start, broken) {
      for (let i = start; i < count; i++) {
        if (i >= broken && type(i) === T.LCurly) return i;
        if (i > start && declares(text, tokens, i)) return -1;
        if (close[i]! > i) i = close[i]!;
      }
      return -1;
    },
    resume(kind, start, least, end) {
      const fits = begins[kind];
      for (let i = start; i < end; i++) {
        if (i >= least && fits(i, start)) return i;
        const over = close[i]!;
        if (over > i) i = over;
      }
      return end;
    },
  };
}
