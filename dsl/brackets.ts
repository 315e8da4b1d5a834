/**
 * Brackets first: every opening bracket gets its closing one before the grammar looks at anything, so that a missing `}`
 * is one message and the parser always knows where the thing it is in ends. A missing bracket is made up (`inserted`)
 * where the layout says that it was meant: before a new declaration, before a line that is indented no deeper than the
 * one that opened it, before the bracket of an outer pair. Messages about the text in between are kept back.
 */
import type { TokenType } from 'chevrotain';
import type { Diagnostic } from './diagnostic.ts';
import { MAX_DEPTH, MAX_MESSAGES } from './limits.ts';
import { positionOf, type Source, type Span } from './span.ts';
import { report } from './syntax-codes.ts';
import * as T from './tokens.ts';

export interface Balanced {
  readonly tokens: T.Token[];
  /** for an opening bracket the index of its closing one */
  readonly close: Int32Array;
  readonly diagnostics: readonly Diagnostic[];
  /** texts about which a bracket's message has already been given */
  readonly blamed: readonly Span[];
  readonly tooDeep: boolean;
}

const CLOSER = new Map<number, string>([
  [T.LParen.tokenTypeIdx!, ')'],
  [T.LSquare.tokenTypeIdx!, ']'],
  [T.LCurly.tokenTypeIdx!, '}'],
]);
const CLOSER_TYPE = { ')': T.RParen, ']': T.RSquare, '}': T.RCurly } as const;
const CLOSERS = new Set([T.RParen.tokenTypeIdx, T.RSquare.tokenTypeIdx, T.RCurly.tokenTypeIdx]);
const STARTERS = new Set([T.Use, T.Export, T.Const, T.Enum, T.Record_, T.Model].map((type) => type.tokenTypeIdx));
/** Words that begin a declaration, and what comes two tokens later. They are names too, and may stand in a list of names. */
const CONTEXTUAL = new Map<number | undefined, readonly (TokenType | undefined)[]>([
  [T.Block.tokenTypeIdx, [T.LParen]],
  [T.Recipe.tokenTypeIdx, [T.LCurly, T.Of]],
  [T.Grid.tokenTypeIdx, [T.Of]],
  [T.Preset.tokenTypeIdx, [T.Assign]],
]);

/** The blanks before a token if it is the first of its line, else -1. */
export function indentOf(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && (text[at - 1] === ' ' || text[at - 1] === '\t')) at--;
  return at === 0 || text[at - 1] === '\n' || text[at - 1] === '\r' ? offset - at : -1;
}

/** The blanks at the beginning of the line that an offset is on. */
export function lineIndent(source: Source, offset: number): number {
  const { text } = source;
  const start = offset - positionOf(source, offset).column + 1;
  let at = start;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at - start;
}

/** Whether a declaration begins at token `i`, wherever that is: no statement and no expression looks like it. */
export function declares(text: string, tokens: readonly T.Token[], i: number): boolean {
  const token = tokens[i]!;
  const next = tokens[i + 1];
  if (next === undefined) return false;
  const before = tokens[i - 1]?.tokenType;
  if (before === T.Dot || before === T.As || before === T.Shared) return false;
  // `match macs +- 1% by model step 2`
  if (before === T.By && indentOf(text, token.startOffset) < 0) return false;
  if (STARTERS.has(token.tokenTypeIdx)) return T.is(next, T.Id) || T.is(next, T.Use) || T.is(next, T.StringToken);
  const third = tokens[i + 2]?.tokenType;
  const fits = CONTEXTUAL.get(token.tokenTypeIdx);
  if (fits === undefined || !fits.includes(third) || indentOf(text, token.startOffset) !== 0) return false;
  return T.is(next, T.Id) || T.is(next, T.StringToken);
}

export function balance(source: Source, input: readonly T.Token[]): Balanced {
  const { text } = source;
  const diagnostics: Diagnostic[] = [];
  const say = (make: () => Diagnostic) => {
    if (diagnostics.length <= MAX_MESSAGES) diagnostics.push(make());
  };
  const blamed: Span[] = [];
  /** made-up closers and the input index before which they stand */
  const inserts: { before: number; token: T.Token }[] = [];
  const dropped = new Set<number>();
  const open: number[] = [];
  /** a brace whose `}` is indented unlike it: where a missing one was probably forgotten */
  let suspect: { open: number; close: number } | undefined;
  let tooDeep = false;
  const partner = new Int32Array(input.length).fill(-1);

  const place = (token: T.Token) => ({ source, span: { start: token.startOffset, end: token.endOffset + 1 } });

  /** Where the closer of `from` was meant, at the latest before `limit`. */
  const meant = (from: number, limit: number): number => {
    const depth = lineIndent(source, input[from]!.startOffset);
    for (let j = from + 1; j < limit; j++) {
      const indent = indentOf(text, input[j]!.startOffset);
      if (indent >= 0 && indent <= depth) return j;
      if (partner[j]! > j) j = partner[j]!;
    }
    return limit;
  };

  const missing = (from: number, limit: number, quiet: boolean) => {
    const opener = input[from]!;
    const closer = CLOSER.get(opener.tokenTypeIdx)! as keyof typeof CLOSER_TYPE;
    const before = closer === '}' ? limit : meant(from, limit);
    partner[from] = before - 1;
    const after = input[before - 1]!;
    const offset = after.endOffset + 1;
    const type = CLOSER_TYPE[closer];
    const token: T.Token = {
      image: '',
      startOffset: offset,
      endOffset: offset - 1,
      tokenType: type,
      tokenTypeIdx: type.tokenTypeIdx!,
      inserted: true,
    };
    inserts.push({ before, token });
    const guilty = closer === '}' && suspect !== undefined && suspect.open > from ? suspect : undefined;
    blamed.push({
      start: closer === '}' && guilty === undefined ? offset : opener.startOffset,
      end: (input[limit]?.startOffset ?? text.length) + 1,
    });
    if (quiet) return;
    if (guilty !== undefined) {
      const labels = [{ place: place(input[guilty.close]!), text: 'this `}`, indented differently, closes it' }];
      say(() => report('D0102', place(input[guilty.open]!), { open: '{' }, { labels, help: 'insert `}`' }));
      return;
    }
    const own = closer === '}' ? `\n${' '.repeat(lineIndent(source, opener.startOffset))}}` : closer;
    const fixes = [
      {
        message: `insert \`${closer}\``,
        edits: [{ place: { source, span: { start: offset, end: offset } }, text: own }],
      },
    ];
    say(() => report('D0102', place(opener), { open: opener.image }, { help: `insert \`${closer}\``, fixes }));
  };

  /** Closes what is open above `height`, innermost first; one message for all, about the outermost. */
  const closeDown = (height: number, limit: number) => {
    while (open.length > height) missing(open.pop()!, limit, open.length > height);
  };

  for (let i = 0; i < input.length; i++) {
    const token = input[i]!;
    if (CLOSER.has(token.tokenTypeIdx)) {
      open.push(i);
      if (open.length > MAX_DEPTH) {
        tooDeep = true;
        say(() => report('D0112', place(token), { what: 'brackets nest', most: MAX_DEPTH }));
        break;
      }
    } else if (CLOSERS.has(token.tokenTypeIdx)) {
      let height = open.length - 1;
      const fits = () => CLOSER.get(input[open[height]!]!.tokenTypeIdx) === token.image;
      // a `)` or `]` does not reach out of the braces it is in; a `}` closes all that was left open inside
      while (height >= 0 && !fits() && (token.image === '}' || input[open[height]!]!.image !== '{')) height--;
      if (height < 0 || !fits()) {
        dropped.add(i);
        const fixes = [{ message: 'remove it', edits: [{ place: place(token), text: '' }] }];
        say(() => report('D0103', place(token), { close: token.image }, { fixes }));
        continue;
      }
      closeDown(height + 1, i);
      const opener = open.pop()!;
      partner[opener] = i;
      if (token.image === '}' && suspect === undefined) {
        const indent = indentOf(text, token.startOffset);
        if (indent >= 0 && indent !== lineIndent(source, input[opener]!.startOffset))
          suspect = { open: opener, close: i };
      }
    } else if (open.length > 0 && declares(text, input, i)) {
      closeDown(0, i);
      suspect = undefined;
    }
    if (open.length === 0) suspect = undefined;
  }
  if (!tooDeep) closeDown(0, input.length);

  const tokens = rebuild(input, inserts, dropped);
  return { tokens, close: closers(tokens), diagnostics, blamed, tooDeep };
}

function rebuild(
  input: readonly T.Token[],
  inserts: { before: number; token: T.Token }[],
  dropped: ReadonlySet<number>,
): T.Token[] {
  if (inserts.length === 0 && dropped.size === 0) return input as T.Token[];
  const at = new Map<number, T.Token[]>();
  for (const { before, token } of inserts) at.set(before, [...(at.get(before) ?? []), token]);
  const out: T.Token[] = [];
  for (let i = 0; i <= input.length; i++) {
    for (const token of at.get(i) ?? []) out.push(token);
    if (i < input.length && !dropped.has(i)) out.push(input[i]!);
  }
  return out;
}

function closers(tokens: readonly T.Token[]): Int32Array {
  const close = new Int32Array(tokens.length).fill(-1);
  const open: number[] = [];
  tokens.forEach((token, i) => {
    if (CLOSER.has(token.tokenTypeIdx)) open.push(i);
    else if (CLOSERS.has(token.tokenTypeIdx)) close[open.pop()!] = i;
  });
  return close;
}
