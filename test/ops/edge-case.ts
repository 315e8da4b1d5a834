/**
 * Calls at the edges of what an op is defined for, and what comes out, by hand: zeros, infinities, what is no number, the
 * ends of f32 and of exact ints, ties. Every number counts by itself here, however large its neighbours are.
 */
import { type Builder, createBuilder } from '../../compiler/ir/builder.ts';
import type { Attributes, Graph, Value } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { OpName } from '../../compiler/ops/registry.ts';

export interface EdgeCase {
  readonly about: string;
  readonly op: OpName;
  /** a number stands in the graph */
  readonly operands: readonly (HostTensor | number)[];
  readonly attributes: Attributes;
  /** in f32: what is beyond it is infinite */
  readonly expected: HostTensor;
}

export const inf = Infinity;
export const nan = Number.NaN;
/** The largest int up to which f32 holds them all */
export const EXACT = 2 ** 24;

export const edge = (
  about: string,
  op: OpName,
  operands: EdgeCase['operands'],
  expected: HostTensor,
  attributes: Attributes = {},
): EdgeCase => ({ about, op, operands, expected, attributes });

export const titleOf = ({ op, about }: EdgeCase): string => `${op}: ${about}`;

/** Builds the call; what is to be fed is an input `NAME.PLACE`. */
export function buildEdge(build: Builder, { op, operands, attributes }: EdgeCase, name: string): Value {
  const values = operands.map((operand, at) =>
    typeof operand === 'number' ? build.number(operand) : build.input(`${name}.${at}`, operand),
  );
  return build.op(op, values, attributes);
}

/** The call alone: its result is `y`. */
export function edgeGraph(example: EdgeCase): Graph {
  const build = createBuilder();
  return build.finish([{ name: 'y', value: buildEdge(build, example, 'x') }], { name: example.op });
}

export const feedEdge = ({ operands }: EdgeCase, name: string): Record<string, HostTensor> =>
  Object.fromEntries(
    operands.flatMap((operand, at) => (typeof operand === 'number' ? [] : [[`${name}.${at}`, operand] as const])),
  );

/** Of a number; what is nearer to zero than that is zero. */
const TOLERANCE = 1e-5;
const NOTHING = 1e-30;

/** The first number that is not as expected. */
export function misses(got: HostTensor, want: HostTensor): string | undefined {
  const show = ({ dtype, shape }: HostTensor): string => `${dtype}[${shape.join(', ')}]`;
  if (show(got) !== show(want)) return `${show(got)}, not ${show(want)}`;
  for (const [at, value] of want.data.entries()) {
    const found = got.data[at]!;
    const same = found === value || (Number.isNaN(found) && Number.isNaN(value));
    if (same || Math.abs(found - value) <= TOLERANCE * Math.abs(value) + NOTHING) continue;
    return `${found}, not ${value}, at ${at}`;
  }
  return undefined;
}
