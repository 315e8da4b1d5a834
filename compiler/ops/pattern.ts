/**
 * Patterns of `rearrange`, `repeat` and `reduce`, as in einops (Rogozhnikov 2022): `n (h p) (w q) c -> n (h w) (p q c)`.
 * A side is a row of axes, some of them groups of factors in parentheses. A factor is a name, `...`, or an int, which
 * names itself: the first 3 of one side is the first 3 of the other. Each text is parsed once.
 */
import { isMistake, type Misfit, misfit } from './op.ts';

/** One elementary axis; equal keys on both sides are the same axis. */
export interface Factor {
  /** the name; `3#0` for the first 3 of its side; `...` */
  readonly key: string;
  /** of an int */
  readonly size?: number;
}

/** One axis of a shape: the product of its factors. Without parentheses it is one factor. */
export interface Group {
  readonly factors: readonly Factor[];
  readonly grouped: boolean;
}

export interface Pattern {
  readonly text: string;
  readonly left: readonly Group[];
  readonly right: readonly Group[];
}

export const ELLIPSIS = '...';
export const isRest = (group: Group): boolean => !group.grouped && group.factors[0]!.key === ELLIPSIS;

const MAX_FACTORS = 64;
export const MAX_CHARACTERS = 1000;
const MAX_PARSED = 4096;

/** As it stands in messages: in quotes, a long one cut. */
export const showPattern = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

export const wrongPattern = (text: string, why: string, help?: string): Misfit =>
  misfit(`pattern ${showPattern(text)}: ${why}`, 'pattern', help);

/** Words, parentheses, commas and `...` of one side; undefined where another character stands. */
export function tokensOf(side: string): string[] | { readonly stray: string } {
  const tokens: string[] = [];
  let end = 0;
  for (const match of side.matchAll(/\s*(\.\.\.|[A-Za-z][A-Za-z0-9_]*|[0-9]+|[(),])/gy)) {
    tokens.push(match[1]!);
    end = match.index + match[0].length;
  }
  const rest = side.slice(end).trim();
  return rest === '' ? tokens : { stray: String.fromCodePoint(rest.codePointAt(0)!) };
}

function parseSide(text: string, side: string): readonly Group[] | Misfit {
  const tokens = tokensOf(side);
  if ('stray' in tokens) {
    return wrongPattern(
      text,
      `\`${tokens.stray}\` cannot stand here`,
      'axes are names, ints, `...`, and groups of them in ( )',
    );
  }
  const groups: Group[] = [];
  const seen = new Set<string>();
  const ints = new Map<number, number>();
  let open: Factor[] | undefined;
  for (const token of tokens) {
    if (token === ',') return wrongPattern(text, '`,` cannot stand here', 'axes are separated by blanks');
    if (token === '(') {
      if (open !== undefined) return wrongPattern(text, 'a group stands inside a group');
      groups.push({ factors: (open = []), grouped: true });
    } else if (token === ')') {
      if (open === undefined) return wrongPattern(text, '`)` without `(`');
      open = undefined;
    } else {
      const factor = factorOf(token, ints);
      if (factor === undefined) return wrongPattern(text, `an axis cannot have size ${token}`);
      if (seen.has(factor.key)) return wrongPattern(text, `\`${factor.key}\` stands twice on one side`);
      seen.add(factor.key);
      if (open === undefined) groups.push({ factors: [factor], grouped: false });
      else open.push(factor);
    }
  }
  if (open !== undefined) return wrongPattern(text, '`(` without `)`');
  if (seen.size > MAX_FACTORS || groups.length > MAX_FACTORS)
    return wrongPattern(text, `more than ${MAX_FACTORS} axes`);
  return groups;
}

function factorOf(token: string, ints: Map<number, number>): Factor | undefined {
  if (!/^[0-9]/.test(token)) return { key: token };
  const size = Number(token);
  if (!Number.isSafeInteger(size) || size < 1) return undefined;
  const count = ints.get(size) ?? 0;
  ints.set(size, count + 1);
  return { key: `${size}#${count}`, size };
}

function parse(text: string): Pattern | Misfit {
  if (text.length > MAX_CHARACTERS) return wrongPattern(text, `longer than ${MAX_CHARACTERS} characters`);
  const sides = text.split('->');
  if (sides.length !== 2) return wrongPattern(text, 'one `->` is needed', 'a pattern is written `a b c -> a (b c)`');
  const left = parseSide(text, sides[0]!);
  if (isMistake(left)) return left;
  const right = parseSide(text, sides[1]!);
  return isMistake(right) ? right : { text, left, right };
}

/** Parses each text once; strangers' texts do not pile up. */
export function remember<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    let value = made.get(text);
    if (value === undefined) {
      if (made.size >= MAX_PARSED) made.clear();
      made.set(text, (value = make(text)));
    }
    return value;
  };
}

export const parsePattern: (text: string) => Pattern | Misfit = remember(parse);
