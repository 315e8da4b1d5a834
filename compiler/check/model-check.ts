/** What a sound model may still have wrong: weights that nothing reads, gradients that cannot flow. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { PREDICTIONS } from '../contract/step-tensors.ts';
import { report } from '../elaborate/codes.ts';
import type { ModelInstance } from '../elaborate/model.ts';
import { placeIn } from '../elaborate/symbol.ts';
import type { Graph, Weight } from '../ir/graph.ts';
import { dropUnused } from '../passes/drop-unused.ts';
import { blockedGradients } from './blocked-gradients.ts';

export function checkModel(model: ModelInstance): readonly Diagnostic[] {
  return [...namelessPrediction(model), ...unreadWeights(model), ...blockedGradients(model.training, model.target)];
}

/** A denoiser (an image and its timestep go in) whose outputs have no name that objectives and samplers know. */
function namelessPrediction({ symbol, inference, target }: ModelInstance): readonly Diagnostic[] {
  const roles = inference.inputs.map(({ role }) => role?.kind);
  const predicts = inference.results.some(
    ({ name }) => name !== undefined && name !== 'sigma' && Object.hasOwn(PREDICTIONS, name),
  );
  if (!roles.includes('image') || !roles.includes('timestep') || predicts) return [];
  const { name } = symbol.decl;
  return [
    report(
      'D0610',
      placeIn(symbol.scope, name.span),
      { name: name.text },
      {
        notes: target === '' ? [] : [`of ${target}`],
        help: 'objectives and samplers know `eps`, `velocity`, `x0` and `score`; other outputs are extra',
      },
    ),
  ];
}

/** Weights whose value no output of either graph needs. A weight is the same thing in every instance of its block. */
function unreadWeights(model: ModelInstance): readonly Diagnostic[] {
  const owned = new Map<string, { readonly weight: Weight; readonly path: string }>();
  const read = new Set<string>();
  for (const graph of new Set([model.inference, model.training])) {
    for (const weight of weightsByStatement(graph)) owned.set(keyOf(weight), { weight, path: weight.path });
    for (const weight of readWeights(dropUnused.run(graph))) read.add(keyOf(weight));
  }
  const said: Diagnostic[] = [];
  for (const [key, { weight, path }] of owned) {
    // a frozen table may be there for the sake of a file
    if (read.has(key) || !weight.trained || weight.place === undefined) continue;
    said.push(
      report('D0407', weight.place, { path }, { notes: [`of ${model.target || model.symbol.decl.name.text}`] }),
    );
  }
  return said;
}

/** A weight of a block is known by the statement that makes it. */
const keyOf = (weight: Weight): string =>
  weight.place === undefined ? weight.path : `${weight.place.source.path}:${weight.place.span.start}`;

function* graphsOf(root: Graph): Iterable<Graph> {
  const seen = new Set([root]);
  for (const graph of seen) {
    yield graph;
    for (const node of graph.nodes) if (node.kind === 'call') seen.add(node.callee);
    for (const owned of graph.owns) if (owned.kind === 'call') seen.add(owned.callee);
  }
}

function* weightsByStatement(root: Graph): Iterable<Weight> {
  for (const graph of graphsOf(root)) for (const owned of graph.owns) if (owned.kind === 'weight') yield owned.weight;
}

/** Only what is called, not what is merely owned. */
function* readWeights(root: Graph): Iterable<Weight> {
  const seen = new Set([root]);
  for (const graph of seen) {
    for (const node of graph.nodes) {
      if (node.kind === 'call') seen.add(node.callee);
      if (node.kind === 'weight') yield node.weight;
    }
  }
}
