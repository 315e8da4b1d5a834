/** Blocks that programs need besides those of the recipe, found by their names, and numbers filled into blocks. */
import { createSession } from '../elaborate/context.ts';
import { topFrame } from '../elaborate/point.ts';
import { signatureOf } from '../elaborate/signatures.ts';
import type { Spec } from '../elaborate/spec.ts';
import type { Scope } from '../elaborate/symbol.ts';
import { type BlockTerm, blockTerm, floatOf } from '../elaborate/term.ts';

/** The block of that name, as `from` sees it, or else of the standard library. */
export function blockNamed(spec: Spec, name: string, from: Scope): BlockTerm | undefined {
  const library = [...spec.scopes.values()].filter(({ id }) => id.startsWith('std.'));
  for (const { names } of [from, spec.entry, ...library]) {
    const symbol = names.get(name);
    if (symbol?.kind === 'block') return blockTerm(symbol);
  }
  return undefined;
}

/** Names of blocks of a module, for suggestions. */
export const blocksOf = (spec: Spec, module: string): readonly string[] =>
  [...(spec.scopes.get(module)?.names ?? [])].flatMap(([name, symbol]) =>
    symbol.kind === 'block' && symbol.scope.id === module ? [name] : [],
  );

/** A float parameter of a block: what is filled in, or its default. */
export function floatParameter(term: BlockTerm, name: string, spec: Spec): number | undefined {
  const { block, filled } = term;
  const given = filled.get(name);
  if (given?.kind === 'number') return floatOf(given);
  const parameter = signatureOf(block).byName.get(name);
  if (parameter?.kind !== 'value' || parameter.default === undefined) return undefined;
  const frame = topFrame(block.scope, createSession(spec.instances, '', false), '');
  const value = frame.evaluate.expression(parameter.default, frame, { type: parameter.type });
  return value.kind === 'number' ? floatOf(value) : undefined;
}
