/** `--set recipe.PATH=VALUE`: fields of a recipe given from outside, as expressions in the scope of the spec. */
import type { Session } from '../../compiler/elaborate/context.ts';
import { topFrame } from '../../compiler/elaborate/point.ts';
import { type Entries, isEntries, type ResolvedRecipe, settleData } from '../../compiler/elaborate/recipe.ts';
import type { Override } from '../../compiler/elaborate/spec.ts';
import type { Scope } from '../../compiler/elaborate/symbol.ts';
import type { Term } from '../../compiler/elaborate/term.ts';
import { parse } from '../../dsl/parse.ts';
import type { Place } from '../../dsl/span.ts';

/** The recipe with fields changed one after the other; none where a value is wrong, which was said in the session. */
export function overrideRecipe(
  recipe: ResolvedRecipe,
  overrides: readonly Override[],
  scope: Scope,
  session: Session,
): ResolvedRecipe | undefined {
  let entries: Entries | undefined = recipe.entries;
  for (const override of overrides) {
    entries = overrideEntry(entries, override, scope, session);
    if (entries === undefined) return undefined;
  }
  return { ...recipe, entries };
}

/** The entries with one field changed; none where the value is wrong, which was said in the session. */
function overrideEntry(
  entries: Entries,
  { path, value }: Override,
  scope: Scope,
  session: Session,
): Entries | undefined {
  const source = { path: `--set recipe.${path}`, text: `dit 1\nconst value = ${value}\n` };
  const { file, diagnostics } = parse(source);
  const [decl] = file.decls;
  if (diagnostics.length > 0 || decl?.kind !== 'const' || file.decls.length !== 1) {
    session.diagnostics.push(...diagnostics.slice(0, 1));
    return undefined;
  }
  const frame = topFrame({ ...scope, file }, session, '');
  const term = settleData(decl.value, frame);
  if (term.kind === 'error' || session.failed) return undefined;
  return setField(entries, path.split('.'), term, { source, span: decl.value.span });
}

function setField(entries: Entries, path: readonly string[], value: Term, place: Place): Entries {
  const [first, ...rest] = path as [string, ...string[]];
  const before = entries.get(first)?.value;
  if (rest.length === 0) return new Map([...entries, [first, { value, place }]]);
  if (before !== undefined && !isEntries(before) && before.kind === 'word') {
    const named = new Map([...before.named, [rest.join('.'), value]]);
    return new Map([...entries, [first, { value: { ...before, named }, place }]]);
  }
  const inner = before !== undefined && isEntries(before) ? before : new Map();
  return new Map([...entries, [first, { value: setField(inner, rest, value, place), place }]]);
}
