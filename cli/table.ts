/** Rows with aligned columns. Columns that start with `>` in the alignment are set flush right; the last is not padded. */
export function alignRows(rows: readonly (readonly string[])[], alignment = ''): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, [...cell].length);
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const space = ' '.repeat(widths[at]! - [...cell].length);
        return alignment[at] === '>' ? space + cell : at === row.length - 1 ? cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}
