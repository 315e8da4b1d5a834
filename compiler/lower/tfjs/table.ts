/** How every op is run by kernels of tfjs. An op that is missing here does not type-check. */
import type { OpName } from '../../ops/registry.ts';
import { CONVOLUTION } from './convolution.ts';
import { einsum } from './einsum.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { INDEXING } from './indexing.ts';
import type { Lowering } from './lowering.ts';
import { MOVEMENT } from './movement.ts';
import { NORMALISATION } from './normalisation.ts';
import { PATTERNS } from './rearrangement.ts';

export const LOWERINGS: Readonly<Record<OpName, Lowering>> = {
  ...ELEMENTWISE,
  ...NORMALISATION,
  ...MOVEMENT,
  ...INDEXING,
  ...CONVOLUTION,
  ...PATTERNS,
  einsum,
};
