/** Names of loops stand for the last turn after it; where that is read, how often a loop turns decides more than a run. */
import type { For, Stmt } from '../../dsl/tree.ts';
import type { BlockSymbol, ModelSymbol } from './symbol.ts';

const known = new WeakMap<object, ReadonlySet<string>>();

/** Whether a name of the loop is read outside of all loops that give it values. */
export function isReadAfter({ names }: For, { decl }: BlockSymbol | ModelSymbol): boolean {
  let free = known.get(decl);
  if (free === undefined) {
    const found = new Set<string>();
    collect([decl.body, 'returns' in decl ? [decl.returns, decl.results] : []], new Set(), found);
    known.set(decl, (free = found));
  }
  return names.some(({ text }) => free.has(text));
}

type Node = Stmt | { readonly kind?: string; readonly callee?: { readonly text: string } };

function collect(tree: unknown, bound: ReadonlySet<string>, free: Set<string>): void {
  if (Array.isArray(tree)) for (const item of tree) collect(item, bound, free);
  if (Array.isArray(tree) || typeof tree !== 'object' || tree === null) return;
  const node = tree as Node;
  const read = (name: string): void => {
    if (!bound.has(name)) free.add(name);
  };
  if (node.kind === 'for') {
    const { over, names, body } = node as For;
    collect(over, bound, free);
    return collect(body, new Set([...bound, ...names.map(({ text }) => text)]), free);
  }
  if (node.kind === 'name') read((node as unknown as { readonly name: { readonly text: string } }).name.text);
  if ('callee' in node && node.callee !== undefined) read(node.callee.text);
  if (node.kind === 'assign' && 'targets' in node && node.op === '+=') for (const { text } of node.targets) read(text);
  for (const [key, inner] of Object.entries(node)) if (key !== 'span') collect(inner, bound, free);
}
