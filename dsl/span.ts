/**
 * Where something stands in a source text. Offsets are UTF-16 code units from 0; lines and columns (shown to people)
 * count from 1.
 */
export interface Span {
  readonly start: number;
  /** exclusive */
  readonly end: number;
}

/** One source text and its name as shown to people. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A span in a known source: what a diagnostic points at. */
export interface Place {
  readonly source: Source;
  readonly span: Span;
}

export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

const starts = new WeakMap<Source, number[]>();

function lineStarts(source: Source): number[] {
  let table = starts.get(source);
  if (table === undefined) {
    table = [0];
    for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1)) table.push(at + 1);
    starts.set(source, table);
  }
  return table;
}

/** The line and column of an offset. O(log lines). */
export function positionOf(source: Source, offset: number): Position {
  const table = lineStarts(source);
  let low = 0;
  let high = table.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (table[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - table[low]! + 1, offset };
}

/** The text of line `line` (from 1), without its end. */
export function lineText(source: Source, line: number): string {
  const table = lineStarts(source);
  const start = table[line - 1] ?? source.text.length;
  const end = table[line] ?? source.text.length + 1;
  return source.text.slice(start, end - 1).replace(/\r$/, '');
}
