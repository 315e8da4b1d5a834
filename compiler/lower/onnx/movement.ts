/** Ops that only move elements: slices, their adjoint, and joins. */
import { axisOf, cast, type Lowering, numberOf } from './lowering.ts';

const slice: Lowering = (node) => {
  const { emit, operands, result } = node;
  const axis = axisOf(node, result.shape.length);
  const start = numberOf(node, 'start');
  const bounds = [[start], [start + result.shape[axis]!], [axis]];
  return emit.node('Slice', [operands[0]!.name, ...bounds.map(emit.ints)]);
};

const concat: Lowering = (node) => {
  const { emit, operands, result } = node;
  const names = operands.map((operand) => cast(emit, operand, result.dtype));
  return names.length === 1 ? names[0]! : emit.node('Concat', names, { axis: axisOf(node, result.shape.length) });
};

/** Zeros before and after along one axis. */
const pad: Lowering = (node) => {
  const { emit, operands, result } = node;
  const axis = axisOf(node, result.shape.length);
  const before = numberOf(node, 'before');
  const after = result.shape[axis]! - before - operands[0]!.type.shape[axis]!;
  return emit.node('Pad', [operands[0]!.name, emit.ints([before, after]), '', emit.ints([axis])]);
};

export const MOVEMENT = { slice, concat, pad } as const satisfies Readonly<Record<string, Lowering>>;
