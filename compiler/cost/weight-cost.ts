/** Weights belong to the module that owns them; what several calls share belongs to the first. */
import { calledGraphs } from '../ir/callees.ts';
import type { FoldedGraph, Weight } from '../ir/graph.ts';
import { prefixesOf } from '../ir/run.ts';
import { BYTES, countElements } from '../ir/type.ts';
import { countWeights as countTensors, weightsOf } from '../ir/weights.ts';
import { type Ledger, type ModuleDraft, moduleAt } from './ledger.ts';
import { repeatsOf } from './repeats.ts';

/** `training`: a graph that may own more than `graph` does; what only it owns is counted as well. */
export function countWeights(graph: FoldedGraph, training: FoldedGraph, ledger: Ledger): void {
  const shares = calledGraphs(graph).some(({ owns }) => owns.some(({ shared }) => shared));
  if (!shares) countOwned(graph, ledger.root, 1, ledger);
  else for (const { path, weight } of weightsOf(graph)) put(ledger, moduleOf(graph, ledger.root, path), weight, 1);
  if (training === graph || countTensors(training) === countTensors(graph)) return;
  const known = new Set(weightsOf(graph).map(({ path }) => path));
  for (const { path, weight } of weightsOf(training))
    if (!known.has(path)) put(ledger, moduleOf(training, ledger.root, path), weight, 1);
}

function put(ledger: Ledger, module: ModuleDraft, { type, trained }: Weight, times: number): void {
  const count = countElements(type.shape, 1);
  ledger.addWeight(module, { trained, count, bytes: count * BYTES[type.dtype] }, times);
}

/** Where nothing is shared: once for each distinct graph, whatever the depth. */
function countOwned(graph: FoldedGraph, module: ModuleDraft, times: number, ledger: Ledger): void {
  const { byPrefix } = repeatsOf(graph);
  const seen = new Set<unknown>();
  for (const owned of graph.owns) {
    if (owned.kind === 'weight') {
      put(ledger, moduleAt(module, parentOf(owned.weight.path)), owned.weight, times);
      continue;
    }
    const repeat = byPrefix.get(owned.prefix)!;
    if (repeat.places > 1) {
      if (seen.has(repeat)) continue;
      seen.add(repeat);
    }
    countOwned(owned.callee, moduleAt(module, repeat.label), times * repeat.places, ledger);
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));

/** The module of one weight by its full path. */
function moduleOf(graph: FoldedGraph, module: ModuleDraft, path: string): ModuleDraft {
  const { byPrefix } = repeatsOf(graph);
  for (const owned of graph.owns) {
    if (owned.kind !== 'call') continue;
    const { prefix, callee, times } = owned;
    const under = prefixesOf(prefix, times).find((each) => each === '' || path.startsWith(`${each}.`));
    if (under === undefined || (under === '' && !owns(callee, path))) continue;
    const rest = under === '' ? path : path.slice(under.length + 1);
    return moduleOf(callee, moduleAt(module, byPrefix.get(prefix)!.label), rest);
  }
  return moduleAt(module, parentOf(path));
}

const owns = (graph: FoldedGraph, path: string): boolean => weightsOf(graph).some((owned) => owned.path === path);
