/**
 * What a block holds: its calls that own weights, which are layers inside of its layer, and the weights that are its own.
 * Calls without a path (`as _`) are looked through. A weight stands in one place: of calls that share one, the first has
 * it, and what a later call makes besides is the block's own.
 */
import type { Graph } from '../../compiler/ir/graph.ts';
import { joinPath, type OwnedWeight, ownsWeights, weightsOf } from '../../compiler/ir/weights.ts';

export interface BlockParts {
  /** in the order of the spec; paths are relative */
  readonly calls: readonly { readonly path: string; readonly graph: Graph }[];
  readonly weights: readonly OwnedWeight[];
}

const known = new WeakMap<Graph, BlockParts>();

export function partsOf(graph: Graph): BlockParts {
  let parts = known.get(graph);
  if (parts === undefined) known.set(graph, (parts = takeApart(graph)));
  return parts;
}

function takeApart(graph: Graph): BlockParts {
  const calls: BlockParts['calls'][number][] = [];
  const taken = new Set<string>();
  const walk = ({ owns }: Graph): void => {
    for (const owned of owns) {
      if (owned.kind === 'weight' || !ownsWeights(owned.callee)) continue;
      const { prefix: path, callee } = owned;
      if (path === '') walk(callee);
      else {
        const paths = weightsOf(callee).map((weight) => joinPath(path, weight.path));
        if (paths.some((one) => taken.has(one))) continue;
        for (const one of paths) taken.add(one);
        calls.push({ path, graph: callee });
      }
    }
  };
  walk(graph);
  return { calls, weights: weightsOf(graph).filter(({ path }) => !taken.has(path)) };
}
