/**
 * Where a figure that is not as expected comes from, in words. Of a preset that is made from another: what changed beside
 * that, since a module of just that size would be a coincidence. Else the module that is as large as the difference, if
 * there is one; else the largest. Memory and tokens are no sums over modules: there it is where they are counted.
 */
import { type Place, positionOf } from '../../dsl/span.ts';
import { underCommonPaths } from '../cost/common-paths.ts';
import { type FactName, longestSequence } from '../cost/facts.ts';
import { activationPeak } from '../cost/memory.ts';
import { type ModuleCost, modelCost } from '../cost/module.ts';
import { segmentsOf } from '../cost/repeats.ts';
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
  if (fact === 'activation_bytes') return [peakNote(model)];
  if (fact === 'tokens') return [tokensNote(model)];
  const figure = FIGURES[fact]!;
  const root = treeOf(model);
  const size = Math.abs(difference);
  const changed = base === undefined ? undefined : changedBeside(base, root, figure, size);
  if (changed !== undefined) return [changed];
  // where almost nothing was expected, the whole model is the difference
  const alike = base !== undefined || 2 * size > figure(root) ? undefined : asLargeAs(size, root, figure);
  if (alike !== undefined)
    return [`the difference is as large as \`${alike.path}\`, which has ${showQuantity(figure(alike))}`];
  const largest = largestPart(root, figure);
  return largest === undefined ? [] : [`most of it is in \`${largest.path}\`: ${showQuantity(figure(largest))}`];
}

const lineOf = (place: Place | undefined): string =>
  place === undefined ? '' : ` (${place.source.path}:${positionOf(place.source, place.span.start).line})`;

function peakNote({ folded }: ModelInstance): string {
  const { path, what, place } = activationPeak(asRun(folded.inference), 1);
  const where = path === '' ? 'in the model itself' : `in \`${path}\``;
  return `the most is there at \`${what}\` ${where}${lineOf(place)}, with one sample`;
}

function tokensNote({ folded }: ModelInstance): string {
  const found = longestSequence(folded.inference);
  if (found === undefined)
    return 'there is no block that is made of others with weights and takes a sequence [N, T, D]';
  const { block, times } = found;
  return `they are the sequence of \`${block.name}\`${lineOf(block.place)}, called ${times === 1 ? 'once' : `${times} times`}`;
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

/** Nothing where it is no twentieth of the difference. */
function changedBeside(
  base: ModelInstance,
  root: ModuleCost,
  figure: (module: ModuleCost) => number,
  size: number,
): string | undefined {
  const before = treeOf(base);
  const changes = changesBetween(before, root, figure);
  const show = ({ path, was, is }: Changed): string => `\`${path}\`: ${showQuantity(is)}, ${showDifference(is, was)}`;
  const whole = figure(root) - figure(before);
  const all = follow(changes, whole, (part) => part === 1);
  if (all !== undefined)
    return 20 * Math.abs(whole) < size ? undefined : `beside ${base.target} all of the change is in ${show(all)}`;
  const most = follow(changes, whole, (part) => part > 0.5);
  if (most !== undefined)
    return 20 * Math.abs(most.is - most.was) < size
      ? undefined
      : `beside ${base.target} most of the change is in ${show(most)}`;
  // some more and some less: the largest, side by side
  const several = changes('')
    .filter(({ was, is }) => 20 * Math.abs(is - was) >= size && is !== was)
    .sort((a, b) => Math.abs(b.is - b.was) - Math.abs(a.is - a.was))
    .slice(0, 3);
  return several.length === 0 ? undefined : `beside ${base.target}: ${several.map(show).join('; ')}`;
}

interface Changed {
  readonly path: string;
  readonly was: number;
  readonly is: number;
}

/** Of the modules directly in the one at a path. */
function changesBetween(before: ModuleCost, after: ModuleCost, figure: (module: ModuleCost) => number) {
  const figures = (tree: ModuleCost) => [...modulesOf(tree)].map((module) => [module.path, figure(module)] as const);
  const [was, is] = underCommonPaths([figures(before), figures(after)], (a, b) => a + b) as [Figures, Figures];
  const paths = [...new Set([...is.keys(), ...was.keys()])];
  const depth = (path: string): number => (path === '' ? 0 : segmentsOf(path).length);
  return (path: string): readonly Changed[] =>
    paths
      .filter((each) => (path === '' || each.startsWith(`${path}.`)) && depth(each) === depth(path) + 1)
      .map((each) => ({ path: each, was: was.get(each) ?? 0, is: is.get(each) ?? 0 }));
}

/**
 * Down to the last module that holds such a part of the change of the one around it. Where some have more and some less,
 * no one of them holds any part.
 */
function follow(
  changes: (path: string) => readonly Changed[],
  whole: number,
  holds: (part: number) => boolean,
): Changed | undefined {
  let at: Changed | undefined;
  for (let left = whole; left !== 0; left = at.is - at.was) {
    const inside = changes(at?.path ?? '');
    if (inside.some(({ was, is }) => (is - was) / left < 0)) break;
    const next: Changed | undefined = inside.find(({ was, is }) => holds((is - was) / left));
    if (next === undefined) break;
    at = next;
  }
  return at;
}

/** The same for the figure itself. */
function largestPart(root: ModuleCost, figure: (module: ModuleCost) => number): ModuleCost | undefined {
  let at = root;
  for (;;) {
    const next = [...at.children].sort((a, b) => figure(b) - figure(a))[0];
    if (next === undefined || figure(next) === 0 || (at !== root && 2 * figure(next) <= figure(at))) break;
    at = next;
  }
  return at === root ? undefined : at;
}
