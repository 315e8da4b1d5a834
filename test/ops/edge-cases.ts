/** All ops at their edges. */
import { AXIS_EDGES } from './axis-edges.ts';
import type { EdgeCase } from './edge-case.ts';
import { ELEMENTWISE_EDGES } from './elementwise-edges.ts';

export const EDGE_CASES: readonly EdgeCase[] = [...ELEMENTWISE_EDGES, ...AXIS_EDGES];
