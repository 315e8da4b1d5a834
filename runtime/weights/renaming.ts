/**
 * From the names in a file to the paths of a model. A prefix is stripped first (`model.diffusion_model.` of released SD3
 * files, `module.` of distributed training); what does not have it belongs to another model in the file. Then the map
 * renames: a name, or, ending in a dot, everything under it; the longest that fits.
 */
export interface Renaming {
  /** the first one that fits is stripped */
  readonly strip?: readonly string[];
  /** `img_in.` → `x_embedder.`, `pos` → `pos_embed` */
  readonly rename?: ReadonlyMap<string, string>;
}

/** The path that a name stands for; none for what is outside of the prefix. */
export function renamed(name: string, { strip = [], rename = new Map() }: Renaming): string | undefined {
  let path = name;
  if (strip.length > 0) {
    const prefix = strip.find((each) => name.startsWith(each));
    if (prefix === undefined) return undefined;
    path = name.slice(prefix.length);
  }
  const whole = rename.get(path);
  if (whole !== undefined) return whole;
  let longest = '';
  for (const from of rename.keys()) {
    if (from.endsWith('.') && from.length > longest.length && path.startsWith(from)) longest = from;
  }
  return longest === '' ? path : rename.get(longest)! + path.slice(longest.length);
}
