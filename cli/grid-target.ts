/** From `FILE#GRID` to a grid, or to the exit code, everything having been said. */
import type { Spec } from '../compiler/elaborate/spec.ts';
import type { Grid } from '../compiler/grid/grid.ts';
import { nearest } from '../dsl/suggest.ts';
import { overriddenGrid, setByAxis } from '../runtime/recipe/overridden-grid.ts';
import { type Invocation, refuse } from './command.ts';
import { EXIT, type Exit } from './exit.ts';
import { openSpecFile } from './open-file.ts';
import type { Overrides } from './open-recorded.ts';
import { hasErrors, refuseDiagnostics, sayDiagnostics } from './say.ts';
import { parseTarget } from './target.ts';

export async function openGrid(
  text: string,
  invocation: Invocation,
  overrides: Overrides = { model: [], recipe: [] },
): Promise<{ readonly spec: Spec; readonly grid: Grid } | { readonly exit: Exit }> {
  const { file, name } = parseTarget(text);
  const spec = await openSpecFile(file);
  if ('exit' in spec) return { exit: refuseDiagnostics([spec.diagnostic], spec.exit, invocation) };
  if (hasErrors(spec.diagnostics)) return { exit: refuseDiagnostics(spec.diagnostics, EXIT.faults, invocation) };
  const known = [...spec.entry.grids.keys()];
  const wanted = name ?? (known.length === 1 ? known[0] : undefined);
  const symbol = wanted === undefined ? undefined : spec.entry.grids.get(wanted);
  if (symbol === undefined) {
    const close = wanted === undefined ? undefined : nearest(wanted, known);
    const all = known.length > 0 ? `it has ${known.map((each) => `\`${each}\``).join(', ')}` : 'it has no grid';
    const named = file === '-' ? 'standard input' : `\`${file}\``;
    const message = wanted === undefined ? `which grid of ${named}?` : `${named} has no grid \`${wanted}\``;
    const exit = wanted === undefined && known.length > 0 ? EXIT.usage : EXIT.faults;
    return { exit: refuse(invocation, exit, message, close === undefined ? all : `did you mean \`${close}\`?`) };
  }
  const doubled = setByAxis(symbol, overrides);
  if (doubled !== undefined)
    return {
      exit: refuse(
        invocation,
        EXIT.usage,
        `\`${doubled}\` is set by the grid \`${wanted}\` itself`,
        '`--set` changes what no axis sets',
      ),
    };
  if (symbol.decl.with === undefined && overrides.recipe.length > 0)
    return { exit: refuse(invocation, EXIT.usage, `the grid \`${wanted}\` has no recipe to change`) };
  const { grid, diagnostics } = overriddenGrid(spec, symbol, overrides);
  if (grid === undefined || hasErrors(diagnostics))
    return { exit: refuseDiagnostics(diagnostics, EXIT.faults, invocation) };
  sayDiagnostics(diagnostics, invocation.terminal);
  return { spec, grid };
}
