/** Single numbers about a model, by the names that `expect`, `where` and `match` use. All per sample where that applies. */
import type { Graph } from '../ir/graph.ts';
import { countParams } from '../ir/weights.ts';
import { asRun, workOf } from './work.ts';

export const FACTS = ['macs', 'flops', 'params', 'frozen', 'activation_bytes'] as const;
export type FactName = (typeof FACTS)[number];

export const isFactName = (name: string): name is FactName => (FACTS as readonly string[]).includes(name);

/** `params` and `frozen` count the weights of the training graph, which has those of inference too; work is inference's. */
export function factOf(inference: Graph, training: Graph, fact: FactName): number {
  switch (fact) {
    case 'macs':
      return workOf(asRun(inference), 1).macs;
    case 'flops':
      return workOf(asRun(inference), 1).flops;
    case 'params':
      return countParams(training).trained;
    case 'frozen':
      return countParams(training).frozen;
    case 'activation_bytes':
      return 0;
  }
}
