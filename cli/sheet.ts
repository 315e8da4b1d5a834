/** A table as people, spreadsheets and documents want it: aligned, CSV with bare numbers, Markdown. */
import { styleText } from 'node:util';
import { showQuantity } from '../compiler/check/quantity.ts';
import { alignRows } from './table.ts';
import type { Terminal } from './terminal.ts';

/** What is shown, and the number or text behind it. */
export interface Cell {
  readonly text: string;
  readonly raw: string | number;
}

export interface Sheet {
  readonly title?: string;
  readonly columns: readonly string[];
  /** of a CSV: distinct, and what the bare number is; those of people unless said */
  readonly fields?: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** said below; all there is where there are no rows */
  readonly notes?: readonly string[];
}

export const FORMATS = ['table', 'csv', 'markdown'] as const;
export type SheetFormat = (typeof FORMATS)[number];

export const words = (text: string): Cell => ({ text, raw: text });
export const quantity = (value: number | undefined, digits = 4): Cell =>
  value === undefined ? words('') : { text: showQuantity(value, digits), raw: value };
/** As papers print it, in G with two digits: `118.62G`; what is too small or too large for that as a quantity. */
export const gigas = (value: number | undefined): Cell =>
  value === undefined || value < 1e8 || value >= 1e14
    ? quantity(value, (value ?? 0) < 1e8 ? 4 : 6)
    : { text: `${(value / 1e9).toFixed(2)}G`, raw: value };
export const count = (value: number): Cell => ({ text: String(value), raw: value });
export const percent = (share: number): Cell => ({
  text: Number.isFinite(share) ? `${(100 * share).toFixed(share > 0 && share < 0.001 ? 2 : 1)} %` : '',
  raw: Number.isFinite(share) ? share : '',
});
/** Nothing where it stands for nothing: a share of no work. */
export const ratio = (part: number, whole: number, digits = 3): Cell =>
  whole > 0 ? quantity(part / whole, digits) : words('');
export const bytes = (value: number): Cell => ({ text: `${showQuantity(value, 4)}B`, raw: value });

const isNumber = (cell: Cell): boolean => typeof cell.raw === 'number';

function asTable({ title, columns, rows, notes }: Sheet, color: boolean): string {
  const bold = (text: string): string => (color ? styleText('bold', text) : text);
  const right = columns.map((_, at) => (rows.some((row) => isNumber(row[at] ?? words(''))) ? '>' : '<')).join('');
  const lines = rows.length === 0 ? [] : alignRows([columns, ...rows.map((row) => row.map(({ text }) => text))], right);
  const head = title === undefined ? [] : [bold(title)];
  return [...head, ...lines.map((line, at) => (at === 0 ? bold(line) : line)), ...(notes ?? [])].join('\n');
}

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const csvLine = (cells: readonly (string | number)[]): string =>
  cells.map((cell) => (typeof cell === 'number' ? cell : quoted(cell.trim()))).join();

const asCsv = ({ columns, fields = columns, rows }: Sheet): string =>
  [csvLine(fields), ...rows.map((row) => csvLine(row.map(({ raw }) => raw)))].join('\n');

function asMarkdown({ title, columns, rows, notes }: Sheet): string {
  const escaped = (text: string): string => text.replaceAll('|', '\\|');
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = columns.map((_, at) => (rows.some((row) => isNumber(row[at] ?? words(''))) ? '--:' : '---'));
  const body = rows.map((row) =>
    line(row.map(({ text }) => text.replace(/^ +/, (space) => '&nbsp;'.repeat(space.length)))),
  );
  const parts = rows.length === 0 ? [] : [[line(columns), line(rule), ...body].join('\n')];
  if (title !== undefined) parts.unshift(`**${title}**`);
  if (notes !== undefined && notes.length > 0) parts.push(notes.join('\n'));
  return parts.join('\n\n');
}

/** Several below each other; a CSV has room for the first. */
export function showSheets(sheets: readonly Sheet[], format: SheetFormat, color: boolean): string {
  if (format === 'csv') return sheets.length === 0 ? '' : `${asCsv(sheets[0]!)}\n`;
  const show = format === 'table' ? (sheet: Sheet) => asTable(sheet, color) : asMarkdown;
  return `${sheets.map(show).join('\n\n')}\n`;
}

/** Prints them; what a CSV has no room for is said beside it. */
export function printSheets(sheets: readonly Sheet[], format: SheetFormat, terminal: Terminal): void {
  terminal.out(showSheets(sheets, format, terminal.color.out));
  const left = sheets.slice(1).flatMap(({ title }) => title ?? []);
  if (format === 'csv' && left.length > 0)
    terminal.say(`ditc: CSV holds one table; left out: ${left.join('; ')}\n  = help: \`--json\` has everything\n`);
}
