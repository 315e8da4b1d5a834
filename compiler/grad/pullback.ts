/**
 * What a call becomes when it is differentiated: a forward variant of the callee, which returns besides its results what
 * is kept, and a backward graph, from what is kept and the cotangents of the results to the gradients of the inputs and
 * weights. The weights that a backward graph reads it borrows from the block under the same paths.
 */
import type { CallNode, Graph } from '../ir/graph.ts';
import { createMemo } from '../ir/memo.ts';

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

interface Part {
  readonly of: Pullback;
  readonly part: 'forward' | 'backward';
}

const parts = createMemo<Part>();

/** Remembers which graphs a pullback is made of, for those who show it to people. */
export function notePullback(pullback: Pullback, callee: Graph): Pullback {
  if (pullback.forward !== callee) parts.set(pullback.forward, { of: pullback, part: 'forward' });
  parts.set(pullback.backward, { of: pullback, part: 'backward' });
  return pullback;
}

/** Of what pullback a graph is the forward variant, or the backward graph. */
export const pullbackPart = (graph: Graph): Part | undefined => parts.get(graph);
