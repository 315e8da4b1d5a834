/**
 * A model for sampling, cut by how often each part has to run: what depends on labels or captions alone once for a batch,
 * what depends on the time alone once for a whole run, what depends on both once a step for each distinct condition, and
 * only what depends on x for every sample of every step. In DiT that leaves out of a step all embeddings and all of
 * adaLN's matrices; in PixArt the keys and values of the captions.
 */
import { createBuilder } from '../ir/builder.ts';
import type { Graph, GraphInput, Owned, Value } from '../ir/graph.ts';
import { ownsWeights, weightsOf } from '../ir/weights.ts';
import { asRun } from './as-run.ts';
import { hoist } from './hoist.ts';
import type { Pass } from './pass.ts';

/** Graphs that feed each other by the names of what they carry. */
export interface StagedModel {
  /** of labels, captions and other conditions: a row for each that is distinct */
  readonly conditions?: Graph;
  /** of the time: a row for each evaluation */
  readonly times?: Graph;
  /** of both, in each step: a row for each distinct condition */
  readonly conditioning?: Graph;
  /** of x, and of what the others carry; has the results of the model */
  readonly body: Graph;
  /** inputs of the body that come from `conditions` or `times` as they are, with the names that they have there */
  readonly through: ReadonlyMap<string, string>;
}

/** x, and what is drawn for every sample and step. */
const isFresh = ({ role }: GraphInput): boolean =>
  role?.kind === 'image' || role?.kind === 'uniform' || role?.kind === 'normal';
const isTime = ({ role }: GraphInput): boolean => role?.kind === 'timestep';

export function stageModel(model: Graph): StagedModel {
  // a step of training has no image that it could wait for
  if (!model.inputs.some(({ role }) => role?.kind === 'image')) return { body: model, through: new Map() };
  const called = (what: string, graph: Graph | undefined) => graph && { ...graph, name: `${model.name}_${what}` };
  const { early, late } = hoist(asRun(model), isFresh);
  const body = called('body', late)!;
  if (early === undefined) return { body, through: new Map() };
  const { early: conditions, late: timed } = hoist(early, isTime);
  const { early: times, late: both } = hoist(timed, (input) => !isTime(input));
  const inputOf = new Map(both.inputs.map(({ name, value }) => [value, name]));
  const made = both.results.filter(({ value }) => !inputOf.has(value));
  return {
    conditions: called('conditions', conditions),
    times: called('times', times),
    conditioning: made.length === 0 ? undefined : called('conditioning', { ...both, results: made }),
    body,
    through: new Map(
      both.results.flatMap(({ name, value }) => (inputOf.has(value) ? [[name!, inputOf.get(value)!] as const] : [])),
    ),
  };
}

/** The stages as one graph, which computes what the model does. */
export const hoistConditioning: Pass = {
  name: 'hoist-conditioning',
  doc: 'what does not depend on x becomes graphs of its own, which run once a step or once a run',
  run(model) {
    const { conditions, times, conditioning, body, through } = stageModel(model);
    const before = [conditions, times, conditioning].flatMap((stage) => stage ?? []);
    if (before.length === 0) return model;
    const build = createBuilder();
    const known = new Map<string, Value>();
    const call = (stage: Graph, read: (name: string) => Value): Value[] =>
      build.call(
        stage,
        stage.inputs.map(({ name }) => read(name)),
        '',
      );
    for (const { name, value, role } of model.inputs)
      known.set(name, build.input(name, model.values[value]!.type, role));
    const first = new Map(known);
    for (const stage of before) {
      const results = call(stage, (name) => known.get(name)!);
      const into = stage === conditioning ? first : known;
      stage.results.forEach(({ name }, at) => {
        into.set(name!, results[at]!);
      });
    }
    for (const [name, from] of through) first.set(name, known.get(from)!);
    const results = call(body, (name) => first.get(name)!);
    for (const owned of ownersOf([...before, body])) build.own(owned);
    return build.finish(
      model.results.map(({ name }, at) => ({ name, value: results[at]! })),
      { name: model.name, settings: model.settings, place: model.place },
    );
  },
};

/** A weight that two stages read stands once, as a shared one does. */
function ownersOf(stages: readonly Graph[]): readonly Owned[] {
  const paths = stages.flatMap((stage) => weightsOf(stage).map(({ path }) => path));
  const shared = new Set(paths).size < paths.length;
  return stages.filter(ownsWeights).map((callee) => ({ kind: 'call', callee, prefix: '', shared }));
}
