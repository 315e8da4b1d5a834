/** All that is known of the cost of one model: what `ditc cost` and the report show. Per sample, and for one forward pass. */
import type { ModelInstance } from '../elaborate/model.ts';
import type { FoldedGraph } from '../ir/graph.ts';
import { showType } from '../ir/type.ts';
import { countParams, weightBytes } from '../ir/weights.ts';
import { asRun } from '../passes/as-run.ts';
import { tokensOf } from './facts.ts';
import { activationBytes } from './memory.ts';
import { type ModelCost, modelCost } from './module.ts';
import { type RunWork, workOf } from './work.ts';

export interface Port {
  readonly name: string;
  /** `[N, 32, 32, 4]`, `int[N]` */
  readonly type: string;
}

export interface TargetCost extends ModelCost {
  /** as asked for: `DiT-XL/2` */
  readonly name: string;
  /** the graph that is run, and costed */
  readonly graph: FoldedGraph;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** of the training graph, which has the weights of inference too */
  readonly params: { readonly total: number; readonly trainable: number; readonly frozen: number };
  readonly work: RunWork;
  readonly tokens: number;
  readonly activationBytes: number;
  readonly weightBytes: number;
}

export function targetCost(name: string, { folded }: ModelInstance): TargetCost {
  const graph = asRun(folded.inference);
  const { trained, frozen } = countParams(folded.training);
  const type = (value: number): string => showType(graph.values[value]!.type);
  return {
    name,
    graph,
    inputs: graph.inputs.map(({ name: input, value }) => ({ name: input, type: type(value) })),
    outputs: graph.results.map(({ name: output, value }) => ({ name: output ?? '', type: type(value) })),
    params: { total: trained + frozen, trainable: trained, frozen },
    work: workOf(graph, 1),
    tokens: tokensOf(folded.inference),
    activationBytes: activationBytes(graph, 1),
    weightBytes: weightBytes(folded.training),
    ...modelCost(graph, 1, folded.training),
  };
}

/** What a whole run takes: a batch, doubled where guidance needs the model twice, at every step of sampling. */
export interface RunSize {
  readonly batch: number;
  readonly guidance: boolean;
  readonly steps: number;
}

export interface RunCost extends RunSize, RunWork {
  readonly activationBytes: number;
}

export function runCost(graph: FoldedGraph, size: RunSize): RunCost {
  const n = size.batch * (size.guidance ? 2 : 1);
  const { macs, flops, read, written } = workOf(graph, n);
  const { steps } = size;
  return {
    ...size,
    macs: macs * steps,
    flops: flops * steps,
    read: read * steps,
    written: written * steps,
    activationBytes: activationBytes(graph, n),
  };
}

/** Shares of the MACs that grow with the number of tokens (squared: attention scores), and that every sample has once. */
export function workByScope({ rows }: ModelCost) {
  const sum = (test: (row: ModelCost['rows'][number]) => boolean): number =>
    rows.reduce((total, row) => (test(row) ? total + row.macs : total), 0);
  return {
    attention: sum(({ role }) => role === 'attention scores'),
    perToken: sum(({ role, perToken }) => perToken && role !== 'attention scores'),
    perSample: sum(({ role, perToken }) => !perToken && role !== 'attention scores'),
  };
}
