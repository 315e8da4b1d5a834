/**
 * Where a figure that is not as expected comes from, in words: the module that is as large as the difference, if there is
 * one; what differs most from the preset that this one is made from; else the largest module.
 */
import { underCommonPaths } from '../cost/common-paths.ts';
import type { FactName } from '../cost/facts.ts';
import { type ModuleCost, modelCost } from '../cost/module.ts';
import type { ModelInstance } from '../elaborate/model.ts';
import { asRun } from '../passes/as-run.ts';
import { showDifference, showQuantity } from './quantity.ts';

const FIGURES: Readonly<Partial<Record<FactName, (module: ModuleCost) => number>>> = {
  macs: ({ macs }) => macs,
  flops: ({ flops }) => flops,
  params: ({ trained }) => trained,
  frozen: ({ frozen }) => frozen,
  weight_bytes: ({ weightBytes }) => weightBytes,
};

const treeOf = ({ folded }: ModelInstance): ModuleCost => modelCost(asRun(folded.inference), 1, folded.training).root;

/** Notes for a diagnostic. `base` is the model of the preset that this one is made from. */
export function contribution(
  fact: FactName,
  difference: number,
  model: ModelInstance,
  base?: ModelInstance,
): readonly string[] {
  const figure = FIGURES[fact];
  if (figure === undefined) return [];
  const root = treeOf(model);
  const notes: string[] = [];
  const size = Math.abs(difference);
  // where almost nothing was expected, the whole model is the difference
  const alike = 2 * size > figure(root) ? undefined : asLargeAs(size, root, figure);
  if (alike !== undefined)
    notes.push(`the difference is as large as \`${alike.path}\`, which has ${showQuantity(figure(alike))}`);
  const changed = base === undefined ? undefined : mostChanged(root, treeOf(base), figure);
  if (changed !== undefined && 20 * Math.abs(changed.now - changed.before) >= size)
    notes.push(
      `beside ${base!.target} most of the change is in \`${changed.path}\`: ${showQuantity(changed.now)}, ${showDifference(changed.now, changed.before)}`,
    );
  const largest = largestPart(root, figure);
  if (notes.length === 0 && largest !== undefined)
    notes.push(`most of it is in \`${largest.path}\`: ${showQuantity(figure(largest))}`);
  return notes;
}

function* modulesOf(root: ModuleCost): Iterable<ModuleCost> {
  for (const child of root.children) {
    yield child;
    yield* modulesOf(child);
  }
}

/** Within 1 %; the outermost and then the first of those that fit equally. */
function asLargeAs(size: number, root: ModuleCost, figure: (module: ModuleCost) => number): ModuleCost | undefined {
  let best: { readonly module: ModuleCost; readonly off: number } | undefined;
  for (const module of modulesOf(root)) {
    const off = Math.abs(figure(module) - size) / size;
    if (off <= 0.01 && (best === undefined || off < best.off)) best = { module, off };
  }
  return best?.module;
}

type Figures = ReadonlyMap<string, number>;

/** Follows the child that holds most of the change, as long as it holds most of it. */
function mostChanged(root: ModuleCost, base: ModuleCost, figure: (module: ModuleCost) => number) {
  const figures = (tree: ModuleCost) => [...modulesOf(tree)].map((module) => [module.path, figure(module)] as const);
  const [now, before] = underCommonPaths([figures(root), figures(base)], (a, b) => a + b) as [Figures, Figures];
  const paths = [...new Set([...now.keys(), ...before.keys()])];
  const change = (path: string): number => Math.abs((now.get(path) ?? 0) - (before.get(path) ?? 0));
  const below = (path: string): string[] =>
    paths.filter((each) => (path === '' ? !/\.(?![^[]*\])/.test(each) : each.startsWith(`${path}.`)));
  let at = '';
  for (let left = Number.POSITIVE_INFINITY; ; ) {
    const next = below(at).sort((a, b) => change(b) - change(a) || a.length - b.length)[0];
    if (next === undefined || change(next) === 0 || (at !== '' && 2 * change(next) < left)) break;
    left = change(next);
    at = next;
  }
  return at === '' ? undefined : { path: at, now: now.get(at) ?? 0, before: before.get(at) ?? 0 };
}

/** The same for the figure itself. */
function largestPart(root: ModuleCost, figure: (module: ModuleCost) => number): ModuleCost | undefined {
  let at = root;
  for (;;) {
    const next = [...at.children].sort((a, b) => figure(b) - figure(a))[0];
    if (next === undefined || figure(next) === 0 || (at !== root && 2 * figure(next) < figure(at))) break;
    at = next;
  }
  return at === root ? undefined : at;
}
