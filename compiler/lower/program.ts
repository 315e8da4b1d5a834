/**
 * A program is a graph plus named state. Its graph reads state by `weight` nodes (the full path is the name of the
 * state), takes what is fed by its inputs, and gives outputs and the next values of state as named results. The batch
 * is still N; an engine fixes it when it loads the program.
 *
 * - forward: state = the weights, no updates
 * - train step: state = weights, moments (`adam_m.PATH`, `adam_v.PATH`), averages (`ema.PATH`); the step replaces them
 */
import type { Graph, Init } from '../ir/graph.ts';
import type { TensorType } from '../ir/type.ts';

export interface State {
  /** full path: `blocks.0.attn.qkv.weight` */
  readonly name: string;
  readonly type: TensorType;
  readonly trained: boolean;
  readonly init: Init;
  /** the result of the graph that is its next value; absent for what a step does not change */
  readonly update?: string;
}

export interface Program {
  readonly name: string;
  readonly graph: Graph;
  readonly state: readonly State[];
}
