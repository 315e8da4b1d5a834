/**
 * Small calls of every op, on shapes that are easily got wrong: no axes, axes of 1, odd sizes, one sample and three,
 * broadcasting from either side and in the middle, many axes, ints, bools, numbers that stand in the graph.
 */
import type { OpName } from '../../compiler/ops/registry.ts';
import { CONTRACTION } from './contraction-cases.ts';
import { ELEMENTWISE } from './elementwise-cases.ts';
import { MOVEMENT } from './movement-cases.ts';
import type { OpCase } from './op-case.ts';

export const OP_CASES: Readonly<Record<OpName, readonly OpCase[]>> = { ...ELEMENTWISE, ...CONTRACTION, ...MOVEMENT };
