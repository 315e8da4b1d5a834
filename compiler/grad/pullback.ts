/**
 * What a call becomes when it is differentiated: a forward variant of the callee, which returns besides its results what
 * is kept, and a backward graph, from what is kept and the cotangents of the results to the gradients of the inputs and
 * weights. The weights that a backward graph reads it borrows from the block under the same paths.
 */
import type { CallNode, Graph } from '../ir/graph.ts';

/** Where a call's backward graph finds a forward value: an operand, or a result of the forward variant. */
export interface Kept {
  readonly kind: 'input' | 'result';
  readonly index: number;
}

export interface Pullback {
  /** the callee, with what is kept as further results */
  readonly forward: Graph;
  /** takes `kept`, then the cotangents of `cotangents`; returns the gradients of `inputs`, then of `weights` */
  readonly backward: Graph;
  readonly kept: readonly Kept[];
  readonly cotangents: readonly number[];
  readonly inputs: readonly number[];
  /** by path from the callee */
  readonly weights: readonly string[];
}

/** `wanted` says of which operands, and `arrives` of which results, there is a gradient. */
export type PullbackOf = (
  call: CallNode,
  caller: Graph,
  wanted: readonly boolean[],
  arrives: readonly boolean[],
) => Pullback | undefined;
