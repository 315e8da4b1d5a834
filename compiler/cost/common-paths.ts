/**
 * Names for modules of several models beside each other. Layers of models of unequal depth are the same thing:
 * `blocks[0..11].attn` and `blocks[0..27].attn` are both `blocks[…].attn`. Where all models agree, a path stays as it is.
 */
const anyLayers = (path: string): string => path.replaceAll(/\[[^\]]*\]/g, '[…]');

/** Figures of each model by path, summed under common names. */
export function underCommonPaths<T>(
  models: readonly (readonly (readonly [path: string, figure: T])[])[],
  add: (a: T, b: T) => T,
): readonly ReadonlyMap<string, T>[] {
  const spellings = new Map<string, Set<string>>();
  for (const model of models)
    for (const [path] of model) {
      const common = anyLayers(path);
      const known = spellings.get(common);
      if (known === undefined) spellings.set(common, new Set([path]));
      else known.add(path);
    }
  return models.map((model) => {
    const sums = new Map<string, T>();
    for (const [path, figure] of model) {
      const common = anyLayers(path);
      const name = spellings.get(common)!.size === 1 ? path : common;
      const before = sums.get(name);
      sums.set(name, before === undefined ? figure : add(before, figure));
    }
    return sums;
  });
}
