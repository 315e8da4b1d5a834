/**
 * A model as a `tf.LayersModel`, for people who write tfjs: the calls of the spec are its layers, so that its summary
 * reads like the spec. Tensors with one axis (timesteps, labels) are columns there, as everywhere in tfjs: [N] and
 * [N, 1] are both taken.
 */
import type { ModelInstance } from '../../compiler/elaborate/model.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { isBatch } from '../../compiler/ir/type.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { DTYPE } from '../../compiler/lower/tfjs/kernels.ts';
import { runPasses } from '../../compiler/passes/pipeline.ts';
import type { Tfjs } from '../engines/tfjs-backend.ts';
import { blockClass } from './block-class.ts';
import type { BlockConfig } from './block-config.ts';
import type { BlockLayer, Start, TfjsLayers } from './block-contract.ts';
import { startFrom } from './block-layer.ts';
import { partsOf } from './block-parts.ts';
import { blockProgram } from './block-program.ts';
import { type LayerPlan, type PlannedCall, planLayers, type Wire } from './layer-plan.ts';
import { type OperandFacts, placeText } from './operand.ts';
import { type SpecModel, specModelClass } from './spec-model.ts';

export interface LayersOptions {
  /** the weights to start from, by path, as `loadWeights` gives them; the initial values of the spec unless said */
  readonly weights?: Start;
  /** of initial values; 0 unless said */
  readonly seed?: number;
  /** whether layers run again on the way back instead of keeping what that needs; false unless said */
  readonly recompute?: boolean;
  /** the graph for training instead of the one for inference, where they differ */
  readonly training?: boolean;
}

type Symbolic = InstanceType<TfjsLayers['SymbolicTensor']>;

const load = async (): Promise<{ readonly tf: Tfjs; readonly tfl: TfjsLayers }> => ({
  tf: await import('@tensorflow/tfjs-core'),
  tfl: await import('@tensorflow/tfjs-layers'),
});

const factsOf = ({ input }: Wire, name: string): OperandFacts => {
  const role = input?.role;
  if (input === undefined || role?.kind !== 'label') return { name: input?.name ?? name };
  const none = role.null ?? 0;
  return { name: input.name, least: Math.min(0, none), most: Math.max(role.classes - 1, none) };
};

function configOf(
  { layer: { name, graph, prefix }, operands }: PlannedCall,
  { seed = 0, recompute = false }: LayersOptions,
): BlockConfig {
  return {
    name,
    block: blockProgram(graph).digest,
    prefix: { name: prefix },
    settings: { name: graph.settings },
    operands: graph.inputs.map((input, at) => factsOf(operands[at]!, input.name)),
    seed,
    recompute,
  };
}

const planOf = (model: ModelInstance, training = false): LayerPlan =>
  planLayers(runPasses(training ? model.training : model.inference));

/** Makes the blocks of a model known to `tf.loadLayersModel`, without making the model. */
export async function registerLayers(
  model: ModelInstance,
  options: Pick<LayersOptions, 'training'> = {},
): Promise<void> {
  const { tf, tfl } = await load();
  specModelClass(tf, tfl);
  const known = new Set<Graph>();
  const register = (graph: Graph): void => {
    if (known.has(graph)) return;
    known.add(graph);
    blockProgram(graph);
    blockClass(tf, tfl, graph.name);
    for (const call of partsOf(graph).calls) register(call.graph);
  };
  for (const { layer } of planOf(model, options.training).calls) register(layer.graph);
}

function inputOf(tfl: TfjsLayers, { input, type: { dtype, shape } }: Wire): Symbolic {
  const dims = shape.map((dim) => (isBatch(dim) ? null : dim));
  return tfl.input({ name: input!.name, batchShape: dims.length === 1 ? [...dims, 1] : dims, dtype: DTYPE[dtype] });
}

function checkStart(graph: Graph, start: Start): void {
  for (const { path, weight } of weightsOf(graph)) {
    const given = start.get(path);
    const wanted = weight.type.shape.join(', ');
    if (given === undefined)
      throw new Error(`the weight \`${path}\` is missing: ${graph.name} needs it as [${wanted}]`);
    const shape = given.shape.join(', ');
    if (shape !== wanted) throw new Error(`the weight \`${path}\` is [${shape}], and ${graph.name} needs [${wanted}]`);
  }
}

/** Runs on the backend of tfjs that is current when it is called. */
export async function toLayersModel(model: ModelInstance, options: LayersOptions = {}): Promise<SpecModel> {
  const { weights, training } = options;
  const { tf, tfl } = await load();
  if (tf.engine().backendNames().length === 0)
    throw new Error(
      'no backend of TensorFlow.js is loaded; import `@tensorflow/tfjs-backend-cpu` or another one before, ' +
        'or `@tensorflow/tfjs`, or `@tensorflow/tfjs-node`',
    );
  const graph = training ? model.training : model.inference;
  if (weights !== undefined) checkStart(graph, weights);
  const { inputs, calls, outputs } = planOf(model, training);
  const symbols = new Map<Wire, Symbolic>(inputs.map((wire) => [wire, inputOf(tfl, wire)]));
  const layers = new Map<PlannedCall['layer'], BlockLayer>();
  for (const call of calls) {
    let layer = layers.get(call.layer);
    if (layer === undefined) {
      const Block = blockClass(tf, tfl, call.layer.graph.name);
      layers.set(call.layer, (layer = new Block(configOf(call, options))));
      if (weights !== undefined) startFrom(layer, weights);
    }
    const given = call.operands.map((wire) => symbols.get(wire)!);
    const made = layer.apply(given.length === 1 ? given[0]! : given);
    const results = (Array.isArray(made) ? made : [made]) as Symbolic[];
    for (const [at, wire] of call.results.entries()) symbols.set(wire, results[at]!);
  }
  return new (specModelClass(tf, tfl))({
    inputs: inputs.map((wire) => symbols.get(wire)!),
    outputs: outputs.map((wire) => symbols.get(wire)!),
    name: graph.name,
    place: placeText(graph.place),
  });
}
