/**
 * Finds weights that never learn: their gradient is zero when training starts, since it is multiplied by weights that
 * start at zero, and stays zero, since these get no gradient either. (A single zero gate is fine: it moves at the first
 * step, and then what is behind it does.) An abstract interpretation of a graph, forward and backward, over {zero, may be
 * nonzero}, repeated while zero weights are found that get a gradient and so stop being zero. It works per graph
 * and pattern of zeros, so 28 equal blocks are looked at once.
 */
import type { Graph, Init } from '../ir/graph.ts';
import { weightsOf } from '../ir/weights.ts';
import { createZeroFlow, type Flow } from './zero-flow.ts';

/** Weights that no gradient can ever reach, and the zero weights that are to blame. */
export interface Blockage {
  /**
   * weights that start at zero and multiply each other, so that none of them gets a gradient; one alone is frozen, gets no
   * gradient for other reasons, or multiplies itself
   */
  readonly zeros: readonly string[];
  /** trained weights without gradient for it, the trained ones of `zeros` among them */
  readonly weights: readonly string[];
}

const startsAtZero = (init: Init): boolean =>
  (init.kind === 'fill' && init.value === 0) ||
  (init.kind === 'normal' && init.std === 0) ||
  (init.kind === 'uniform' && init.bound === 0);

/** Turns after which nothing is said: each wakes at least one weight, and real models take a handful. */
const MOST_TURNS = 100;

/** Blockages between the weights of a graph and its float results, in the order of the weights. */
export function findBlockages(graph: Graph): readonly Blockage[] {
  const owned = weightsOf(graph);
  const trained = new Set(owned.filter(({ weight }) => weight.trained).map(({ path }) => path));
  let zeros = owned
    .filter(({ weight }) => startsAtZero(weight.init))
    .map(({ path }) => path)
    .sort();
  if (zeros.length === 0) return [];
  const flowsOf = createZeroFlow();
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const flows = flowsOf(graph, zeros);
    const still = zeros.filter((path) => !trained.has(path) || flows.get(path)?.kind !== 'live');
    if (still.length === zeros.length) return groupByRoot(trained, flows);
    zeros = still;
  }
  return [];
}

function groupByRoot(trained: ReadonlySet<string>, flows: ReadonlyMap<string, Flow>): Blockage[] {
  const blockerOf = (path: string): string | undefined => {
    const flow = trained.has(path) ? flows.get(path) : undefined;
    return flow?.kind === 'zero' ? flow.cause : undefined;
  };
  const rootOf = createRoots(blockerOf);
  const groups = new Map<readonly string[], string[]>();
  for (const path of trained) {
    const blocker = blockerOf(path);
    if (blocker === undefined) continue;
    const zeros = rootOf(blocker);
    const weights = groups.get(zeros) ?? [];
    if (weights.push(path) === 1) groups.set(zeros, weights);
  }
  return [...groups].map(([zeros, weights]) => ({ zeros, weights }));
}

/** Follows blockers to the ring they end in, or to the one that nothing blocks. */
function createRoots(blockerOf: (path: string) => string | undefined): (start: string) => readonly string[] {
  const roots = new Map<string, readonly string[]>();
  return (start) => {
    const trail = new Map<string, number>();
    let [at, root] = [start, roots.get(start)];
    while (root === undefined) {
      const seen = trail.get(at);
      const next = blockerOf(at);
      if (seen !== undefined) root = [...trail.keys()].slice(seen).sort();
      else if (next === undefined) root = [at];
      else {
        trail.set(at, trail.size);
        at = next;
        root = roots.get(at);
      }
    }
    for (const path of [...trail.keys(), at]) roots.set(path, root);
    return root;
  };
}

/** Why, in one clause: "`a.weight` and `b.weight` start at zero and multiply each other". */
export function explainBlockage({ zeros, weights }: Blockage): string {
  const names = zeros.map((path) => `\`${path}\``);
  if (names.length > 1) {
    const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
    return `${list} start at zero and multiply each other, so none of them ever gets a gradient`;
  }
  const why = weights.includes(zeros[0]!) ? 'multiplies itself alone' : 'never changes';
  return `${names[0]} starts at zero and ${why}, so no gradient passes it`;
}
