/** How graphs that differentiation makes are named, and how they are finished. */
import type { About, Builder } from '../ir/builder.ts';
import type { Graph, Value } from '../ir/graph.ts';
import { usesWeights } from '../ir/weights.ts';

/** `Mlp` to `Mlp_backward`: the same settings, and the same place */
export const namedAfter = ({ name, settings, place }: Graph, part: string) => ({
  name: `${name}_${part}`,
  settings,
  place,
});

/** Inputs of a graph have names of their own; a second one of the same name gets a number. */
export function createInputs(build: Builder): (name: string, type: Parameters<Builder['input']>[1]) => Value {
  const taken = new Map<string, number>();
  return (name, type) => {
    let free = name;
    while (taken.has(free)) {
      const next = taken.get(name)! + 1;
      taken.set(name, next);
      free = `${name}_${next}`;
    }
    taken.set(free, 1);
    return build.input(free, type);
  };
}

/** A graph whose weights, if it reads any, are those of the block it was made for. */
export function finishBorrowing(build: Builder, results: readonly Value[], about: About): Graph {
  const graph = build.finish(
    results.map((value) => ({ value })),
    about,
  );
  const reads = graph.nodes.some(
    (node) => node.kind === 'weight' || (node.kind === 'call' && usesWeights(node.callee)),
  );
  return reads ? { ...graph, borrows: true } : graph;
}
