/**
 * A diagnostic as text for people: the message, the lines it is about with what is meant underlined, then notes and
 * help. What comes from the spec is shown without its control characters, so a file cannot write to a terminal.
 */
import type { Diagnostic, Label } from './diagnostic.ts';
import { expandable, type Shown, show } from './frame-text.ts';
import { lineText, positionOf, type Source } from './span.ts';

export interface RenderOptions {
  readonly color: boolean;
}

type Style = 'error' | 'warning' | 'gutter' | 'other' | 'strong';
const ANSI: Readonly<Record<Style, string>> = {
  error: '\u001b[1;31m',
  warning: '\u001b[1;33m',
  gutter: '\u001b[1;34m',
  other: '\u001b[1;36m',
  strong: '\u001b[1m',
};

/** One underlined stretch of one line. `to` is exclusive. */
interface Mark {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly primary: boolean;
  readonly text: string;
}

export function render(diagnostic: Diagnostic, { color }: RenderOptions): string {
  const paint = (style: Style, text: string) => (color && text !== '' ? `${ANSI[style]}${text}\u001b[0m` : text);
  const { severity, code, place, labels } = diagnostic;
  const own: Label = { place, text: diagnostic.text ?? '' };
  const groups = bySource([own, ...labels]);
  const frames = groups.map(({ source, parts }) => ({
    source,
    first: parts[0]!,
    marks: parts.flatMap((part) => marksOf(part, part === own)),
  }));
  const widest = Math.max(...frames.flatMap(({ marks }) => marks.map((mark) => mark.line)));
  const gutter = ' '.repeat(String(widest).length);

  const out = [`${paint(severity, `${severity}[${code}]`)}${paint('strong', `: ${plain(diagnostic.message)}`)}`];
  for (const [i, { source, first, marks }] of frames.entries()) {
    const { line, column } = positionOf(source, first.place.span.start);
    out.push(`${gutter}${paint('gutter', i === 0 ? '-->' : ':::')} ${plain(source.path)}:${line}:${column}`);
    out.push(...frame(source, marks, gutter, severity, paint));
  }
  const bar = `${gutter} ${paint('gutter', '=')} `;
  for (const note of diagnostic.notes) out.push(`${bar}${indented(note, gutter)}`);
  if (diagnostic.help !== undefined) out.push(`${bar}${paint('strong', 'help')}: ${indented(diagnostic.help, gutter)}`);
  for (const fix of diagnostic.fixes) {
    if (fix.message !== diagnostic.help) out.push(`${bar}${paint('strong', 'fix')}: ${indented(fix.message, gutter)}`);
  }
  return out.join('\n');
}

/** Control characters and what reorders text, as one visible character each; line ends stay. */
const plain = (text: string) =>
  text
    .split('\n')
    .map((line) => expandable(line).text)
    .join('\n');

const indented = (text: string, gutter: string) => plain(text).replaceAll('\n', `\n${gutter}   `);

function bySource(parts: readonly Label[]): { source: Source; parts: Label[] }[] {
  const groups: { source: Source; parts: Label[] }[] = [];
  for (const part of parts) {
    const group = groups.find(({ source }) => source === part.place.source);
    if (group === undefined) groups.push({ source: part.place.source, parts: [part] });
    else group.parts.push(part);
  }
  // the first part of all is the diagnostic's own place
  return groups;
}

/** A span over several lines is marked on its first and its last. */
function marksOf({ place, text }: Label, primary: boolean): Mark[] {
  const { source, span } = place;
  const start = positionOf(source, span.start);
  const end = positionOf(source, Math.max(span.start, span.end));
  if (start.line === end.line) {
    const to = Math.max(start.column + 1, end.column);
    return [{ line: start.line, from: start.column, to, primary, text }];
  }
  const length = lineText(source, start.line).length;
  const first = { line: start.line, from: start.column, to: Math.max(start.column + 1, length + 1), primary, text: '' };
  const last = lineText(source, end.line);
  const indent = last.length - last.trimStart().length + 1;
  const from = Math.min(indent, Math.max(1, end.column - 1));
  return [first, { line: end.line, from, to: Math.max(from + 1, end.column), primary, text }];
}

function frame(
  source: Source,
  marks: readonly Mark[],
  gutter: string,
  severity: 'error' | 'warning',
  paint: (style: Style, text: string) => string,
): string[] {
  const out: string[] = [];
  const bar = paint('gutter', '|');
  const lines = [...new Set(marks.map((mark) => mark.line))].sort((a, b) => a - b);
  lines.forEach((line, i) => {
    if (i > 0 && line > lines[i - 1]! + 1) out.push(paint('gutter', '...'));
    const own = marks.filter((mark) => mark.line === line);
    const shown: Shown = show(lineText(source, line), own[0]!.from);
    const number = String(line).padStart(gutter.length);
    out.push(`${paint('gutter', number)} ${bar} ${shown.text}`.trimEnd());
    for (const mark of own) {
      const from = shown.columnOf(mark.from);
      const width = Math.max(1, Math.min(shown.columnOf(mark.to), shown.width) - from);
      const line = `${(mark.primary ? '^' : '-').repeat(width)}${mark.text === '' ? '' : ` ${plain(mark.text)}`}`;
      out.push(`${gutter} ${bar} ${' '.repeat(from)}${paint(mark.primary ? severity : 'other', line)}`);
    }
  });
  return out;
}
