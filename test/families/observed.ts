/** Values inside a model while the oracle computes it, under names that a test can write down. */
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { joinPath } from '../../compiler/ir/weights.ts';
import { type EvaluateOptions, evaluate } from '../../compiler/lower/reference/evaluate.ts';

/**
 * `blocks.0` is the result of the call of that path, `blocks.0:1` its second result; `Backbone.c:2` the third value that
 * the graph of Backbone gives the name c.
 */
export type Observed = ReadonlyMap<string, HostTensor>;

export function observed(
  graph: Graph,
  options: EvaluateOptions,
): { readonly results: Record<string, HostTensor>; readonly seen: Observed } {
  const seen = new Map<string, HostTensor>();
  const counts = new Map<string, number>();
  const results = evaluate(graph, {
    ...options,
    observe({ node, graph: { name: block }, name, path, value, tensor }) {
      if (node.kind === 'call' && node.prefix !== '') {
        const at = node.results.indexOf(value);
        seen.set(joinPath(path, node.prefix) + (at > 0 ? `:${at}` : ''), tensor);
      }
      if (name === undefined) return;
      const key = `${block}.${name}`;
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      seen.set(`${key}:${count}`, tensor);
    },
  });
  return { results, seen };
}
