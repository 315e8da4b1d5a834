/** `ditc fmt FILE…`: the canonical form. A file with mistakes in its syntax is left alone. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { format } from '../../dsl/format.ts';
import { parse } from '../../dsl/parse.ts';
import { type CommandModule, printJson, refuse } from '../command.ts';
import { EXIT, type Exit } from '../exit.ts';
import { readEntry } from '../open-file.ts';
import { replaceFile } from '../replace-file.ts';
import { diagnosticsJson, hasErrors, sayDiagnostics } from '../say.ts';

interface Formatted {
  readonly file: string;
  readonly changed: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly text?: string;
  readonly exit: Exit;
}

async function formatFile(file: string): Promise<Formatted> {
  const entry = await readEntry(file);
  if ('exit' in entry) return { file, changed: false, diagnostics: [entry.diagnostic], exit: entry.exit };
  const parsed = parse(entry.source);
  const diagnostics = parsed.diagnostics.filter(({ severity }) => severity === 'error');
  if (hasErrors(diagnostics)) return { file, changed: false, diagnostics, exit: EXIT.faults };
  const text = format(parsed.file);
  return { file, changed: text !== entry.source.text, diagnostics, text, exit: EXIT.fine };
}

export const fmt: CommandModule = {
  describe: (command) =>
    command
      .argument('<file...>', 'specs; `-` filters standard input to standard output')
      .option('--check', 'change nothing; exit with 1 when a file is not in canonical form'),
  example: 'ditc fmt specs/*.dit --check',
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const results: Formatted[] = [];
    for (const file of new Set(args)) {
      const result = await formatFile(file);
      results.push(result);
      if (!options.json) sayDiagnostics(result.diagnostics, terminal);
      if (result.text === undefined) continue;
      if (options.check) {
        if (result.changed && !options.json) terminal.out(`${file === '-' ? 'standard input' : file}\n`);
      } else if (file === '-') {
        if (!options.json) terminal.out(result.text);
      } else if (result.changed) {
        const problem = replaceFile(file, result.text);
        if (problem) return refuse(invocation, EXIT.missing, `cannot write \`${file}\`: ${problem}`);
      }
    }
    const failed = results.filter(({ exit }) => exit !== EXIT.fine);
    const changed = results.filter((result) => result.changed);
    if (options.json) {
      printJson(terminal, {
        ok: failed.length === 0 && !(options.check && changed.length > 0),
        files: results.map(({ file, changed, text }) => ({ file, changed, ...(file === '-' && { text }) })),
        diagnostics: diagnosticsJson(results.flatMap(({ diagnostics }) => diagnostics)),
      });
    } else if (changed.length > 0 && !args.includes('-')) {
      const count = `${changed.length} file${changed.length === 1 ? '' : 's'}`;
      terminal.say(options.check ? `${count} not in canonical form; \`ditc fmt\` rewrites\n` : `${count} rewritten\n`);
    }
    if (failed.length > 0) return failed.some(({ exit }) => exit === EXIT.faults) ? EXIT.faults : failed[0]!.exit;
    return options.check && changed.length > 0 ? EXIT.faults : EXIT.fine;
  },
};
