/** The passes in their order. Every stage is verified; one that breaks a graph is a bug of the compiler, and throws. */
import type { Graph } from '../ir/graph.ts';
import { verify } from '../ir/verify.ts';
import { PASSES } from './as-run.ts';
import { hoistConditioning } from './hoist-conditioning.ts';
import type { Pass } from './pass.ts';

/** For sampling only, and only where it is asked for. */
const SAMPLING: readonly Pass[] = [hoistConditioning];

/** What a graph is before the first pass. */
export const UNCHANGED = 'elaborate';

/** Names of stages: what `--after` takes. */
export const STAGES: readonly string[] = [UNCHANGED, ...[...PASSES, ...SAMPLING].map(({ name }) => name)];

export interface Stage {
  readonly name: string;
  readonly graph: Graph;
}

/** The graph as it comes, and after each pass. */
export function* stagesOf(graph: Graph): Generator<Stage> {
  let stage: Stage = { name: UNCHANGED, graph };
  yield verified(stage);
  for (const { name, run } of [...PASSES, ...SAMPLING]) yield verified((stage = { name, graph: run(stage.graph) }));
}

/** The graph after the passes that every program goes through, or after the one that is named. */
export function runPasses(graph: Graph, after: string = PASSES[PASSES.length - 1]!.name): Graph {
  for (const stage of stagesOf(graph)) if (stage.name === after) return stage.graph;
  throw new Error(`no pass is called ${after}`);
}

function verified(stage: Stage): Stage {
  const problems = verify(stage.graph);
  if (problems.length === 0) return stage;
  throw new Error(`${stage.graph.name} is no graph after ${stage.name}: ${problems.slice(0, 3).join('; ')}`);
}
