/** Single numbers about a model, by the names that `expect`, `where` and `match` use. All per sample where that applies. */
import type { FoldedGraph } from '../ir/graph.ts';
import { createMemo } from '../ir/memo.ts';
import { timesOf } from '../ir/run.ts';
import { isBatch } from '../ir/type.ts';
import { countParams, weightBytes } from '../ir/weights.ts';
import { asRun } from '../passes/as-run.ts';
import { activationBytes } from './memory.ts';
import { runWork } from './run-work.ts';

/** `params` and `frozen` are those of the training graph, which has the weights of inference too; work is inference's. */
const RULES = {
  macs: (inference: FoldedGraph) => runWork(inference).macs,
  flops: (inference: FoldedGraph) => runWork(inference).flops,
  params: (_: FoldedGraph, training: FoldedGraph) => countParams(training).trained,
  frozen: (_: FoldedGraph, training: FoldedGraph) => countParams(training).frozen,
  tokens: (inference: FoldedGraph) => tokensOf(inference),
  weight_bytes: (_: FoldedGraph, training: FoldedGraph) => weightBytes(training),
  activation_bytes: (inference: FoldedGraph) => activationBytes(asRun(inference), 1),
} as const satisfies Readonly<Record<string, (inference: FoldedGraph, training: FoldedGraph) => number>>;

export type FactName = keyof typeof RULES;
export const FACTS = Object.keys(RULES) as readonly FactName[];

export const isFactName = (name: string): name is FactName => Object.hasOwn(RULES, name);

export const factOf = (inference: FoldedGraph, training: FoldedGraph, fact: FactName): number =>
  RULES[fact](inference, training);

/**
 * The length of the sequence that most blocks work on, per sample: the rows of the longest [k N, T, D] that the block
 * called most often takes (of blocks made of others with weights); 0 where there is none.
 */
export const tokensOf = (graph: FoldedGraph): number => longestSequence(graph)?.tokens ?? 0;

export interface Sequence {
  readonly tokens: number;
  readonly block: FoldedGraph;
  readonly times: number;
}

/** That sequence, and the block that takes it. */
export function longestSequence(graph: FoldedGraph): Sequence | undefined {
  const calls = new Map<FoldedGraph, number>();
  const visit = (at: FoldedGraph, times: number, depth: number): void => {
    for (const node of at.nodes) {
      if (node.kind !== 'call') continue;
      const here = times * timesOf(node);
      calls.set(node.callee, (calls.get(node.callee) ?? 0) + here);
      if (depth > 0) visit(node.callee, here, depth - 1);
    }
  };
  visit(graph, 1, 1);
  let best: Sequence | undefined;
  for (const [block, times] of calls) {
    const tokens = lengths.get(block) ?? lengths.set(block, lengthIn(block));
    if (tokens === 0) continue;
    if (best === undefined || times > best.times || (times === best.times && tokens > best.tokens))
      best = { times, tokens, block };
  }
  return best;
}

const lengths = createMemo<number>();

/** Of the longest sequence that a block made of others takes. */
function lengthIn({ owns, inputs, values }: FoldedGraph): number {
  if (!owns.some(({ kind }) => kind === 'call')) return 0;
  return inputs.reduce((longest, { value }) => {
    const { shape } = values[value]!.type;
    const [batch, length] = shape;
    if (shape.length !== 3 || !isBatch(batch!) || typeof length !== 'number') return longest;
    return Math.max(longest, batch.batch * length);
  }, 0);
}
