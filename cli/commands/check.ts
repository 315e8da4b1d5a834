/** `ditc check FILE…`: everything that can be known to be wrong before anything runs. */
import { checkSpec } from '../../compiler/check/check.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Source } from '../../dsl/span.ts';
import { checkRecipe } from '../../runtime/recipe/recipe.ts';
import { applyFixes } from '../apply-fixes.ts';
import { type CommandModule, printJson, refuse } from '../command.ts';
import { EXIT, type Exit } from '../exit.ts';
import { openSpecFile } from '../open-file.ts';
import { replaceFile } from '../replace-file.ts';
import { diagnosticsJson, hasErrors, renderAll } from '../say.ts';

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

interface Found {
  readonly diagnostics: readonly Diagnostic[];
  /** what was checked, in words */
  readonly contents: readonly string[];
  readonly exit: Exit;
  readonly source?: Source;
}

async function checkFile(name: string): Promise<Found> {
  const spec = await openSpecFile(name);
  if ('exit' in spec) return { diagnostics: [spec.diagnostic], contents: [], exit: spec.exit };
  const { diagnostics, presets, recipes, grids } = checkSpec(spec, {
    recipe: (recipe) => checkRecipe(recipe, spec).diagnostics,
  });
  const named = (kind: string): number => spec.entry.file.decls.filter((decl) => decl.kind === kind).length;
  const contents = (
    [
      [named('model'), 'model'],
      [presets, 'preset'],
      [recipes, 'recipe'],
      [grids, 'grid'],
    ] as const
  ).flatMap(([number, noun]) => (number > 0 ? [count(number, noun)] : []));
  return {
    diagnostics,
    contents: contents.length > 0 ? contents : [count(named('block'), 'block')],
    exit: hasErrors(diagnostics) ? EXIT.faults : EXIT.fine,
    source: spec.entry.file.source,
  };
}

/** Applies fixes until there are none left. A fix may show the next mistake; a chain of them ends somewhere. */
async function fixFile(name: string): Promise<{ readonly fixed: number; readonly problem?: string }> {
  let fixed = 0;
  for (let round = 0; round < 20; round++) {
    const { source, diagnostics } = await checkFile(name);
    const { text, count } = source ? applyFixes(source, diagnostics) : { text: '', count: 0 };
    if (count === 0) break;
    const problem = replaceFile(name, text);
    if (problem) return { fixed, problem };
    fixed += count;
  }
  return { fixed };
}

function verdict(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const found = errors > 0 ? count(errors, 'error') : 'no errors';
  return warnings > 0 ? `${found}, ${count(warnings, 'warning')}` : found;
}

export const check: CommandModule = {
  describe: (command) =>
    command
      .argument('<file...>', 'specs; `-` is standard input')
      .option('--fix', 'apply the fixes that are proposed, then check'),
  example: 'ditc check specs/dit.dit',
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const found = new Map<string, Found>();
    const said = new Set<string>();
    const all: Diagnostic[] = [];
    for (const name of args) {
      if (found.has(name)) continue;
      if (options.fix && name !== '-') {
        const { fixed, problem } = await fixFile(name);
        if (problem) return refuse(invocation, EXIT.missing, `cannot write \`${name}\`: ${problem}`);
        if (fixed > 0) terminal.say(`${name}: ${count(fixed, 'fix').replace(/xs$/, 'xes')} applied\n`);
      }
      const result = await checkFile(name);
      found.set(name, result);
      // a mistake in a file that several specs import is said once
      const fresh = result.diagnostics.filter(({ code, place: { source, span } }) => {
        const key = `${code} ${source.path} ${span.start} ${span.end}`;
        return !said.has(key) && said.add(key);
      });
      all.push(...fresh);
      if (options.json) continue;
      terminal.out(renderAll(fresh, terminal.color.out));
      const what = name === '-' ? 'standard input' : name;
      const contents = result.contents.length > 0 ? `${result.contents.join(', ')}: ` : '';
      terminal.say(`${what}: ${contents}${verdict(result.diagnostics)}\n`);
    }
    const exits = [...found.values()].map(({ exit }) => exit);
    if (options.json) printJson(terminal, { ok: !hasErrors(all), diagnostics: diagnosticsJson(all) });
    return exits.includes(EXIT.faults) ? EXIT.faults : (Math.max(...exits) as Exit);
  },
};
