/** `ditc list FILE`: what can be named in the file. */

import { parse } from '../../dsl/parse.ts';
import { type CommandModule, printJson } from '../command.ts';
import { EXIT } from '../exit.ts';
import { readEntry } from '../open-file.ts';
import { type Outline, outlineOf } from '../outline.ts';
import { hasErrors, refuseDiagnostics, sayDiagnostics } from '../say.ts';
import { style } from '../style.ts';
import { alignRows } from '../table.ts';

const firstLine = (doc: string | undefined): string => doc?.split('\n', 1)[0] ?? '';

const call = (of: string, set: Readonly<Record<string, string>>): string => {
  const args = Object.entries(set).map(([name, value]) => `${name}: ${value}`);
  return args.length > 0 ? `${of}(${args.join(', ')})` : of;
};

function show(outline: Outline, color: boolean): string {
  const bold = (text: string): string => style('bold', text, color);
  const section = (title: string, rows: readonly (readonly string[])[]): string[] =>
    rows.length === 0 ? [] : [[bold(title), ...alignRows(rows).map((row) => `  ${row}`)].join('\n')];
  const parts = [
    ...outline.models.flatMap(({ name, doc, parameters }) => {
      const title = `model ${name}${doc ? `  ${firstLine(doc)}` : ''}`;
      const rows = parameters.map((each) => [
        each.name,
        each.type,
        each.default === undefined ? '' : `= ${each.default}`,
        firstLine(each.doc),
      ]);
      return rows.length === 0 ? [bold(title)] : section(title, rows);
    }),
    ...section(
      'presets',
      outline.presets.map(({ name, of, set, doc }) => [`"${name}"`, call(of, set), firstLine(doc)]),
    ),
    ...section(
      'recipes',
      outline.recipes.map(({ name, of, doc }) => [name, of ? `of ${of}` : '', firstLine(doc)]),
    ),
    ...section(
      'grids',
      outline.grids.map((grid) => [
        grid.name,
        `of ${call(grid.of, grid.set)}${grid.with ? ` with ${grid.with}` : ''}`,
        firstLine(grid.doc),
      ]),
    ),
  ];
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

export const list: CommandModule = {
  describe: (command) => command.argument('<file>', 'a spec; `-` is standard input'),
  example: 'ditc list specs/dit.dit',
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const entry = await readEntry(args[0]!);
    if ('exit' in entry) return refuseDiagnostics([entry.diagnostic], entry.exit, invocation);
    const { file, diagnostics } = parse(entry.source);
    const outline = outlineOf(file);
    if (options.json) printJson(terminal, outline);
    else terminal.out(show(outline, terminal.color.out));
    // what could be read is listed; what could not is said
    sayDiagnostics(diagnostics, terminal);
    return hasErrors(diagnostics) ? EXIT.faults : EXIT.fine;
  },
};
