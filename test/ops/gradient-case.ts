/** One call of an op with a gradient, as tables of cases have it. */
import type { Builder } from '../../compiler/ir/builder.ts';
import type { Attributes, Graph, Value } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { isBatch, showType, type TensorType } from '../../compiler/ir/type.ts';
import { tensorOf } from './differences.ts';

/** A tensor of numbers drawn between `from` and `to`, or of these; or a number that the rule can see. */
export type Operand =
  | { readonly type: TensorType; readonly from?: number; readonly to?: number; readonly data?: readonly number[] }
  | { readonly number: number };

export interface GradientCase {
  readonly op: string;
  readonly operands: readonly Operand[];
  readonly attributes?: Attributes;
  readonly batch?: number;
}

export const titleOf = ({ op, operands, attributes = {} }: GradientCase): string =>
  `${op}(${operands.map((o) => ('number' in o ? o.number : showType(o.type))).join(', ')}) ${JSON.stringify(attributes)}`;

/** The batch of the case, and one sample where nothing is written down for more of them. */
export function batchesOf({ operands, batch = 1 }: GradientCase): readonly number[] {
  const held = operands.some((o) => !('number' in o) && o.data !== undefined && o.type.shape.some(isBatch));
  return held || batch === 1 ? [batch] : [batch, 1];
}

/** Builds the call; what is to be fed is an input: `name` and its place. */
export const buildGradientCase = (build: Builder, { op, operands, attributes }: GradientCase, name: string): Value =>
  build.op(
    op,
    operands.map((o, at) => ('number' in o ? build.number(o.number) : build.input(`${name}${at}`, o.type))),
    attributes,
  );

/** What `buildGradientCase` wants to be fed; numbers that f32 holds. */
export function feedGradientCase(
  { operands }: GradientCase,
  name: string,
  batch: number,
  draw: () => number,
): Record<string, HostTensor> {
  const feeds: Record<string, HostTensor> = {};
  for (const [at, o] of operands.entries()) {
    if ('number' in o) continue;
    const { type, data, from = -1, to = 1 } = o;
    feeds[`${name}${at}`] = tensorOf(type, batch, (i) => data?.[i] ?? Math.fround(from + (to - from) * draw()));
  }
  return feeds;
}

/** `weight.NAME` for each result of a graph, which a sweep wants. */
export const feedWeights = (graph: Graph, batch: number, draw: () => number): Record<string, HostTensor> =>
  Object.fromEntries(
    graph.results.map(({ name, value }) => {
      return [`weight.${name}`, tensorOf(graph.values[value]!.type, batch, () => Math.fround(draw() * 2 - 1))];
    }),
  );
