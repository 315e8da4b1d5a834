/** One self-contained page: markup, style, script and data in one file, nothing from a network. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../package-root.ts';
import { percent, type Sheet } from '../sheet.ts';
import { html, type Markup, raw } from './html.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

export interface Page {
  readonly title: string;
  readonly lead: Markup;
  readonly sections: readonly Section[];
  /** scripts with data */
  readonly data?: readonly Markup[];
}

const asset = (name: string): string => readFileSync(path.join(packageRoot, 'cli', 'report', name), 'utf8');

export function pageOf({ title, lead, sections, data = [] }: Page): string {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<style>${raw(asset('page.css'))}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${lead}
<nav aria-label="Sections">${sections.map(({ id, title: name }) => html`<a href="#${id}">${name}</a>`)}</nav>
${sections.map(({ id, title: name, body }) => html`<section id="${id}"><h2>${name}</h2>${body}</section>`)}
</main>
${data}
<script>${raw(asset('page.js'))}</script>
</body>
</html>
`;
  return markup;
}

export interface Figure {
  readonly value: string;
  readonly name: string;
}

export const figures = (list: readonly Figure[]): Markup =>
  html`<div class="figures">${list.map(({ value, name }) => html`<div><b>${value}</b><span>${name}</span></div>`)}</div>`;

export interface Column<Row> {
  readonly name: string;
  readonly text: (row: Row) => string | Markup;
  /** what it is sorted by, when that is not the text */
  readonly value?: (row: Row) => number | string;
}

/** A table whose columns can be sorted; numbers stand on the right. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  const sides = columns.map(({ value }) =>
    rows.some((row) => typeof value?.(row) === 'number') ? '' : html` class="left"`,
  );
  return html`<div class="scroll"><table data-sortable>
<thead><tr>${columns.map(({ name }, at) => html`<th scope="col"${sides[at]}>${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${columns.map(({ text, value }, at) => html`<td${sides[at]}${value === undefined ? '' : html` data-value="${value(row)}"`}>${text(row)}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

/** What a command prints as a table. */
export const sheetTable = ({ title, columns, rows, notes = [] }: Sheet): Markup =>
  html`${title === undefined ? '' : html`<h3>${title}</h3>`}${
    rows.length > 0 &&
    table(
      columns.map((name, at) => ({
        name,
        text: (row: Sheet['rows'][number]) => row[at]!.text,
        value: (row: Sheet['rows'][number]) => row[at]!.raw,
      })),
      rows,
    )
  }${notes.map((note) => html`<p class="faint">${note}</p>`)}`;

/** A share as a number and a bar. */
export const shareBar = (share: number): Markup =>
  html`${percent(share).text}<span class="bar"><i style="width:${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%"></i></span>`;
