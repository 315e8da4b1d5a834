/** One call of an op, as tables of cases have it: operands by type and by how they are filled. */
import type { Builder } from '../../compiler/ir/builder.ts';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Attributes, Graph, Value } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, countElements, type Dim, type Dtype, type Shape, showType } from '../../compiler/ir/type.ts';
import { randomNumbers } from './random-numbers.ts';

/** `normal` around 0 · `positive` in 0.5 … 2.5 · `few`: repeated values · `far`: tiny and huge · a number: an index below it */
export type Filling = 'normal' | 'positive' | 'few' | 'far' | number;

export interface OperandCase {
  readonly dtype: Dtype;
  readonly shape: Shape;
  /** or the number that it is, which stands in the graph */
  readonly filling: Filling | { readonly all: number };
}

export interface OpCase {
  readonly operands: readonly OperandCase[];
  readonly attributes: Attributes;
}

export const N: Dim = { batch: 1 };
export const N2: Dim = { batch: 2 };

export const x = (...shape: Dim[]): OperandCase => ({ dtype: 'f32', shape, filling: 'normal' });
export const positive = (...shape: Dim[]): OperandCase => ({ dtype: 'f32', shape, filling: 'positive' });
export const few = (...shape: Dim[]): OperandCase => ({ dtype: 'f32', shape, filling: 'few' });
export const far = (...shape: Dim[]): OperandCase => ({ dtype: 'f32', shape, filling: 'far' });
export const ints = (...shape: Dim[]): OperandCase => ({ dtype: 'int', shape, filling: 'few' });
export const bools = (...shape: Dim[]): OperandCase => ({ dtype: 'bool', shape, filling: 'few' });
export const index = (below: number, ...shape: Dim[]): OperandCase => ({ dtype: 'int', shape, filling: below });
export const all = (number: number, ...shape: Dim[]): OperandCase => ({
  dtype: 'f32',
  shape,
  filling: { all: number },
});

export const call = (attributes: Attributes, ...operands: OperandCase[]): OpCase => ({ operands, attributes });
export const plain = (...operands: OperandCase[]): OpCase => call({}, ...operands);

/** Whether the case is another one with another batch. */
export const hasBatch = (example: OpCase): boolean => JSON.stringify(example).includes('{"batch":');

export const titleOf = ({ operands, attributes }: OpCase): string => {
  const types = operands.map((operand) => showType(operand) + (typeof operand.filling === 'object' ? ' number' : ''));
  return `${types.join(' ')} ${JSON.stringify(attributes)}`;
};

/** Builds the call; what is to be fed is an input `NAME.PLACE`. */
export function buildCase(build: Builder, op: string, { operands, attributes }: OpCase, name: string): Value {
  const values = operands.map((operand, at) =>
    typeof operand.filling === 'object'
      ? build.number(operand.filling.all, operand)
      : build.input(`${name}.${at}`, operand),
  );
  return build.op(op, values, attributes);
}

/** The call alone: its result is `y`. */
export function caseGraph(op: string, example: OpCase): Graph {
  const build = createBuilder();
  return build.finish([{ name: 'y', value: buildCase(build, op, example, 'x') }], { name: op });
}

/** What `buildCase` wants to be fed. */
export const feedCase = ({ operands }: OpCase, name: string, batch: number, seed: number): Record<string, HostTensor> =>
  Object.fromEntries(
    operands.flatMap((operand, at) =>
      typeof operand.filling === 'object' ? [] : [[`${name}.${at}`, fill(operand, batch, seed + at)] as const],
    ),
  );

const FAR = [-200, -88, -30, -9, -1e-3, -1e-30, 0, 1e-30, 1e-3, 9, 30, 88, 200];

/** Numbers that f32 holds, the same in every run. */
function fill({ dtype, shape, filling }: OperandCase, batch: number, seed: number): HostTensor {
  const random = randomNumbers(seed);
  const number = (): number => {
    if (dtype === 'bool') return random() < 0.5 ? 0 : 1;
    if (typeof filling === 'number') return Math.floor(random() * filling);
    if (filling === 'far') return FAR[Math.floor(random() * FAR.length)]!;
    if (filling === 'few') return Math.floor(random() * 5) - 2;
    if (dtype === 'int') return filling === 'positive' ? 1 + Math.floor(random() * 4) : Math.floor(random() * 9) - 4;
    return filling === 'positive' ? 0.5 + 2 * random() : 6 * (random() + random() + random()) - 9;
  };
  const values = Array.from({ length: countElements(shape, batch) }, number);
  const data =
    dtype === 'f32' ? Float32Array.from(values) : dtype === 'int' ? Int32Array.from(values) : Uint8Array.from(values);
  return { dtype, shape: bindShape(shape, batch), data };
}
