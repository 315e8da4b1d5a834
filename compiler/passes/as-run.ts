import type { FoldedGraph } from '../ir/graph.ts';
import { dropUnused } from './drop-unused.ts';
import { foldConstants } from './fold-constants.ts';
import type { FoldingPass } from './pass.ts';
import { shareEqual } from './share-equal.ts';

/** The passes that every program goes through. */
export const PASSES: readonly FoldingPass[] = [foldConstants, shareEqual, dropUnused];

/** What really runs: constants are computed beforehand, equal nodes once, and what no result needs not at all. */
export const asRun = <G extends FoldedGraph>(graph: G): G => PASSES.reduce((made, { run }) => run(made), graph);
