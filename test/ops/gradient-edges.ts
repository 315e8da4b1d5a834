/** Gradients where differences say nothing, by hand: ties, zeros to a power, flat rows, large numbers, one index twice. */

import { type Builder, createBuilder } from '../../compiler/ir/builder.ts';
import type { Attributes, Graph, Value } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bools, floats, ints } from '../lower/reference/tensors.ts';
import { inf, misses, nan } from './edge-case.ts';
import { sweep } from './sweep.ts';

type Row = readonly number[];

export interface GradientEdge {
  readonly about: string;
  readonly op: string;
  /** rows of floats and other tensors are fed, numbers stand in the graph */
  readonly operands: readonly (Row | HostTensor | number)[];
  readonly attributes?: Attributes;
  /** the gradient of what comes out */
  readonly weight: Row;
  /** of each row of floats */
  readonly expected: readonly Row[];
}

const isRow = (operand: Row | HostTensor | number): operand is Row => Array.isArray(operand);
const tensorOf = (operand: Row | HostTensor): HostTensor => (isRow(operand) ? floats(operand) : operand);

/** The call; inputs are `name` and their place. */
export const buildGradientEdge = (
  build: Builder,
  { op, operands, attributes }: Pick<GradientEdge, 'op' | 'operands' | 'attributes'>,
  name: string,
): Value =>
  build.op(
    op,
    operands.map((operand, at) =>
      typeof operand === 'number' ? build.number(operand) : build.input(`${name}${at}`, tensorOf(operand)),
    ),
    attributes,
  );

/** Many calls: inputs `x3.0`, results `y3`, swept to `d.x3.0`. */
export function gradientEdgesGraph(examples: readonly GradientEdge[]): Graph {
  const build = createBuilder();
  const results = examples.map((example, at) => ({
    name: `y${at}`,
    value: buildGradientEdge(build, example, `x${at}.`),
  }));
  return sweep(build.finish(results, { name: 'edges' }));
}

export function feedGradientEdges(examples: readonly GradientEdge[], graph: Graph): Record<string, HostTensor> {
  const feeds: Record<string, HostTensor> = {};
  for (const [at, { operands, weight }] of examples.entries()) {
    for (const [place, operand] of operands.entries()) {
      if (typeof operand !== 'number') feeds[`x${at}.${place}`] = tensorOf(operand);
    }
    feeds[`weight.y${at}`] = floats(weight);
  }
  return Object.fromEntries(
    graph.inputs.map(({ name, value }) => {
      const shape = graph.values[value]!.type.shape as readonly number[];
      return [name, { ...feeds[name]!, shape }];
    }),
  );
}

/** Each example whose gradients are not as expected, with the first number that is not. */
export const missedGradients = (
  examples: readonly GradientEdge[],
  results: Readonly<Record<string, HostTensor>>,
): string[] =>
  examples.flatMap(({ op, about, operands, expected }, at) => {
    const rows = [...operands.keys()].filter((place) => isRow(operands[place]!));
    return rows.flatMap((place, i) => {
      const miss = misses(results[`d.x${at}.${place}`]!, floats(expected[i]!));
      return miss === undefined ? [] : [`${op}: ${about}: ${miss}`];
    });
  });

export const GRADIENT_EDGES: readonly GradientEdge[] = [
  {
    about: 'equal ones share',
    op: 'max',
    operands: [
      [1, 2, 3],
      [1, 5, 0],
    ],
    weight: [2, 2, 2],
    expected: [
      [1, 0, 2],
      [1, 2, 0],
    ],
  },
  {
    about: 'equal ones share',
    op: 'min',
    operands: [
      [1, 2, 3],
      [1, 5, 0],
    ],
    weight: [2, 2, 2],
    expected: [
      [1, 2, 0],
      [1, 0, 2],
    ],
  },
  { about: 'beside a number', op: 'max', operands: [[-1, 0, 1], 0], weight: [4, 4, 4], expected: [[0, 2, 4]] },
  {
    about: 'ends',
    op: 'max',
    operands: [
      [inf, -inf],
      [inf, 0],
    ],
    weight: [2, 2],
    expected: [
      [1, 0],
      [1, 2],
    ],
  },
  {
    about: 'equal ones share the largest',
    op: 'reduce',
    operands: [[3, 1, 3, 2]],
    attributes: { pattern: 'a ->', op: 'max' },
    weight: [1],
    expected: [[0.5, 0, 0.5, 0]],
  },
  {
    about: 'equal ones share the least',
    op: 'reduce',
    operands: [[1, 1, 1, 2]],
    attributes: { pattern: 'a ->', op: 'min' },
    weight: [6],
    expected: [[2, 2, 2, 0]],
  },
  {
    about: 'all are equal',
    op: 'reduce',
    operands: [[0, 0, -0, 0]],
    attributes: { pattern: 'a ->', op: 'max' },
    weight: [8],
    expected: [[2, 2, 2, 2]],
  },
  {
    about: 'pairs',
    op: 'reduce',
    operands: [[1, 1, 5, 4]],
    attributes: { pattern: '(a 2) -> a', op: 'max' },
    weight: [1, 10],
    expected: [[0.5, 0.5, 10, 0]],
  },
  // d a^b / da = b a^(b - 1), and 0 for b = 0; d a^b / db is 0 for a = 0
  {
    about: 'of zero',
    op: 'pow',
    operands: [
      [0, 0, 3],
      [2, 0, 2],
    ],
    weight: [1, 1, 1],
    expected: [
      [0, 0, 6],
      [0, 0, 9 * Math.log(3)],
    ],
  },
  { about: 'square', op: 'pow', operands: [[0, -2, 3], 2], weight: [1, 1, 1], expected: [[0, -4, 6]] },
  { about: 'cube', op: 'pow', operands: [[0, -2], 3], weight: [1, 1], expected: [[0, 12]] },
  { about: 'root', op: 'pow', operands: [[0, 4], 0.5], weight: [1, 1], expected: [[inf, 0.25]] },
  { about: 'itself', op: 'pow', operands: [[0, -4], 1], weight: [1, 3], expected: [[1, 3]] },
  { about: 'of zero', op: 'sqrt', operands: [[0, 4]], weight: [1, 1], expected: [[inf, 0.25]] },
  { about: 'of zero', op: 'log', operands: [[0, 2]], weight: [1, 1], expected: [[inf, 0.5]] },
  {
    about: 'by zero',
    op: 'div',
    operands: [
      [1, 3],
      [0, 2],
    ],
    weight: [1, 1],
    expected: [
      [inf, 0.5],
      [-inf, -0.75],
    ],
  },
  { about: 'beyond f32', op: 'exp', operands: [[100, -200]], weight: [1, 1], expected: [[inf, 0]] },
  {
    about: 'what is not chosen',
    op: 'where',
    operands: [bools([true, false]), [1, nan], [nan, 2]],
    weight: [3, 5],
    expected: [
      [3, 0],
      [0, 5],
    ],
  },
  { about: 'large numbers', op: 'softmax', operands: [[1000, -1000]], weight: [1, 2], expected: [[0, 0]] },
  // y = 1/2, so that x' = (g - mean g) / 2
  {
    about: 'large numbers that are equal',
    op: 'softmax',
    operands: [[1000, 1000]],
    weight: [1, 3],
    expected: [[-0.5, 0.5]],
  },
  { about: 'one number', op: 'softmax', operands: [[7]], weight: [3], expected: [[0]] },
  // y = 0, so that x' = (g - mean g) / sqrt(eps)
  {
    about: 'a flat row',
    op: 'layernorm',
    operands: [[7, 7, 7, 7]],
    attributes: { eps: 0.25 },
    weight: [1, 0, 0, -1],
    expected: [[2, 0, 0, -2]],
  },
  { about: 'one number', op: 'layernorm', operands: [[7]], attributes: { eps: 0.25 }, weight: [3], expected: [[0]] },
  {
    about: 'zeros',
    op: 'rmsnorm',
    operands: [[0, 0]],
    attributes: { eps: 0.25 },
    weight: [1, -3],
    expected: [[2, -6]],
  },
  // y = 3/4, so that x' = g (1 - y²) / 4
  { about: 'one number', op: 'rmsnorm', operands: [[3]], attributes: { eps: 7 }, weight: [64], expected: [[7]] },
  ...['silu', 'gelu', 'gelu_tanh'].map((op) => ({
    about: 'far out',
    op,
    operands: [[-800, 800]],
    weight: [1, 1],
    expected: [[0, 1]],
  })),
  ...['sigmoid', 'tanh', 'erf'].map((op) => ({
    about: 'far out',
    op,
    operands: [[-800, 800]],
    weight: [1, 1],
    expected: [[0, 0]],
  })),
  {
    about: 'one index again and again',
    op: 'gather',
    operands: [[5, 6, 7], ints([2, 0, 2, 2])],
    attributes: { axis: 0, batch: 0 },
    weight: [1, 2, 4, 8],
    expected: [[2, 0, 13]],
  },
  {
    about: 'one index again and again',
    op: 'scatter',
    operands: [[5, 6, 7], ints([1, 1, 0])],
    attributes: { axis: 0, batch: 0, rows: 2 },
    weight: [3, 4],
    expected: [[4, 4, 3]],
  },
  {
    about: 'nothing added',
    op: 'pad',
    operands: [[1, 2]],
    attributes: { axis: 0, before: 0, after: 0 },
    weight: [3, 4],
    expected: [[3, 4]],
  },
  {
    about: 'an element of one',
    op: 'slice',
    operands: [[1]],
    attributes: { axis: 0, start: 0, end: 1 },
    weight: [3],
    expected: [[3]],
  },
  { about: 'of one', op: 'concat', operands: [[1, 2]], attributes: { axis: 0 }, weight: [3, 4], expected: [[3, 4]] },
  {
    about: 'ints between',
    op: 'concat',
    operands: [[1], ints([2]), [3, 4]],
    attributes: { axis: 0 },
    weight: [3, 4, 5, 6],
    expected: [[3], [5, 6]],
  },
];
