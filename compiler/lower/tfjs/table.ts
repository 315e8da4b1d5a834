/** How every op is run by kernels of tfjs. An op that is missing here does not type-check. */
import type { OpName } from '../../ops/registry.ts';
import { CONVOLUTION } from './convolution.ts';
import { einsum } from './einsum.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { aroundAxis, inRows, inRuns } from './few-axes.ts';
import { INDEXING } from './indexing.ts';
import type { Lowering } from './lowering.ts';
import { MOVEMENT } from './movement.ts';
import { NORMALISATION } from './normalisation.ts';
import { PATTERNS } from './rearrangement.ts';

type Lowerings<Name extends string> = Readonly<Record<Name, Lowering>>;

const all = <Name extends string>(lowerings: Lowerings<Name>, how: (lowering: Lowering) => Lowering): Lowerings<Name> =>
  Object.fromEntries(
    Object.entries<Lowering>(lowerings).map(([op, lowering]) => [op, how(lowering)]),
  ) as Lowerings<Name>;

export const LOWERINGS: Lowerings<OpName> = {
  ...all(ELEMENTWISE, inRuns),
  ...all(NORMALISATION, inRows),
  ...all(MOVEMENT, aroundAxis),
  ...INDEXING,
  argsort: inRows(INDEXING.argsort),
  ...CONVOLUTION,
  ...PATTERNS,
  einsum,
};
