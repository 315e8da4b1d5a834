/** The standard library as a place to find a name in that a file has forgotten to import: loaded only when one has. */
import { type Loader, loadFiles } from './load.ts';
import type { Scope } from './symbol.ts';

export const STANDARD_MODULES = ['std.nn', 'std.embed', 'std.blocks', 'std.diffusion', 'std.samplers'] as const;

/** The scopes of all standard modules, each read once; those that the loader does not have are left out. */
export function standardLibrary(loader: Loader): () => readonly Scope[] {
  let scopes: readonly Scope[] | undefined;
  return () => {
    scopes ??= STANDARD_MODULES.flatMap((text) => {
      const loaded = loader.load({ kind: 'module', text });
      return 'problem' in loaded ? [] : [loadFiles(loaded, loader).entry];
    });
    return scopes;
  };
}
