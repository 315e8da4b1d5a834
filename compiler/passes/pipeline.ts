/** The passes in their order. Every stage is verified; one that breaks a graph is a bug of the compiler, and throws. */
import type { Graph } from '../ir/graph.ts';
import { verify } from '../ir/verify.ts';
import { dropUnused } from './drop-unused.ts';
import { foldConstants } from './fold-constants.ts';
import type { Pass } from './pass.ts';
import { shareEqual } from './share-equal.ts';

export const PASSES: readonly Pass[] = [foldConstants, shareEqual, dropUnused];

/** What a graph is before the first pass. */
export const UNCHANGED = 'elaborate';

/** Names of stages: what `--after` takes. */
export const STAGES: readonly string[] = [UNCHANGED, ...PASSES.map(({ name }) => name)];

export interface Stage {
  readonly name: string;
  readonly graph: Graph;
}

/** The graph as it comes, and after each pass. */
export function* stagesOf(graph: Graph): Generator<Stage> {
  let stage: Stage = { name: UNCHANGED, graph };
  yield verified(stage);
  for (const { name, run } of PASSES) yield verified((stage = { name, graph: run(stage.graph) }));
}

/** The graph after all passes, or after the one that is named. */
export function runPasses(graph: Graph, after: string = STAGES[STAGES.length - 1]!): Graph {
  for (const stage of stagesOf(graph)) if (stage.name === after) return stage.graph;
  throw new Error(`no pass is called ${after}`);
}

/** What really runs: constants are computed beforehand, equal nodes once, and what no result needs not at all. */
export const asRun = (graph: Graph): Graph => PASSES.reduce((made, { run }) => run(made), graph);

function verified(stage: Stage): Stage {
  const problems = verify(stage.graph);
  if (problems.length === 0) return stage;
  throw new Error(`${stage.graph.name} is no graph after ${stage.name}: ${problems.slice(0, 3).join('; ')}`);
}
