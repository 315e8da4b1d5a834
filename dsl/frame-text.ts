/**
 * One line of source as it is printed in a code frame: tabs become blanks, wide characters count two columns and
 * combining ones none, control characters become visible, and of a very long line only the part around the mark is shown.
 */
import { eastAsianWidth } from 'get-east-asian-width';

/** Columns of a printed line, before it is cut. */
export const CUT = 200;
const TAB = 4;

export interface Shown {
  readonly text: string;
  /** the printed column, from 0, of a column of the source, from 1 */
  readonly columnOf: (column: number) => number;
  readonly width: number;
}

const HIDDEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** The line with what cannot be printed made visible, and the printed width of each of its characters. */
export function expandable(line: string): { text: string; widths: number[] } {
  let text = '';
  const widths: number[] = [];
  let column = 0;
  for (const char of line) {
    let printed = char;
    let width = 1;
    if (char === '\t') {
      width = TAB - (column % TAB);
      printed = ' '.repeat(width);
    } else if (HIDDEN.test(char)) printed = char < ' ' ? String.fromCharCode(0x2400 + char.charCodeAt(0)) : '�';
    else if (char >= '\u0300')
      width = /\p{Mn}|\p{Me}|\u200d|\ufe0f/u.test(char) ? 0 : eastAsianWidth(char.codePointAt(0)!);
    text += printed;
    column += width;
    widths.push(width);
    // a surrogate pair is two columns of the source
    if (char.length === 2) widths.push(0);
  }
  return { text, widths };
}

/** `mark`: the column of the source, from 1, that must be seen. */
export function show(line: string, mark: number): Shown {
  // cut first: a line may have millions of characters
  const from = line.length > CUT && mark > CUT / 2 ? mark - CUT / 2 : 0;
  const piece = line.slice(from, from + CUT);
  const { text, widths } = expandable(piece);
  const before = from > 0 ? '…' : '';
  const after = from + CUT < line.length ? '…' : '';
  const starts: number[] = [before.length];
  for (const width of widths) starts.push(starts.at(-1)! + width);
  const width = starts.at(-1)! + 1;
  const columnOf = (column: number) => starts[Math.max(0, Math.min(column - 1 - from, starts.length - 1))]!;
  return { text: `${before}${text}${after}`, columnOf, width };
}
