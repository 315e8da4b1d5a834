import type { Graph } from '../ir/graph.ts';
import { dropUnused } from './drop-unused.ts';
import { foldConstants } from './fold-constants.ts';
import type { Pass } from './pass.ts';
import { shareEqual } from './share-equal.ts';

/** The passes that every program goes through. */
export const PASSES: readonly Pass[] = [foldConstants, shareEqual, dropUnused];

/** What really runs: constants are computed beforehand, equal nodes once, and what no result needs not at all. */
export const asRun = (graph: Graph): Graph => PASSES.reduce((made, { run }) => run(made), graph);
