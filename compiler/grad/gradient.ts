/**
 * Reverse-mode differentiation of a graph: one more graph, which computes what the given one does and the gradients of a
 * scalar result, or of several results each against a cotangent that is fed (a vector-Jacobian product). The blocks stay:
 * each distinct block gets one backward block, however often it is called. What is made is ordinary IR.
 */
import { type Builder, createBuilder } from '../ir/builder.ts';
import type { Graph, GraphResult, Value } from '../ir/graph.ts';
import { showType } from '../ir/type.ts';
import { weightsOf } from '../ir/weights.ts';
import { createPullbacks } from './backward.ts';
import { emitForward, emitSketch } from './emit.ts';
import { type Rematerialise, repeatedBlocks } from './rematerialise.ts';
import { type Sketch, sketchGradient } from './sketch.ts';

export interface GradientOptions {
  /** the scalar result to differentiate; the first one unless said. Not together with `cotangents` */
  readonly loss?: string;
  /** results whose cotangents are fed, each by an input `cotangent.NAME` of its type */
  readonly cotangents?: readonly string[];
  /** float inputs of which the gradient is wanted besides */
  readonly inputs?: readonly string[];
  /** whether the gradients of trained weights are wanted; true unless said */
  readonly weights?: boolean;
  /**
   * `needed`: what backward graphs need is kept. `block-inputs`: layers (`repeatedBlocks`) keep their inputs and are
   * run again. Or which calls are.
   */
  readonly keep?: 'needed' | 'block-inputs' | Rematerialise;
}

const modeOf = (keep: GradientOptions['keep']): Rematerialise => {
  if (typeof keep === 'function') return keep;
  return keep === 'block-inputs' ? repeatedBlocks : () => false;
};

/**
 * Takes the inputs of `graph` (and cotangents), returns its results, then `grad.PATH` for every trained weight in the
 * order of `weightsOf` and `grad.input.NAME` for the inputs asked for; zeros where no gradient arrives. The weights are
 * owned as in `graph`.
 */
export function gradientGraph(graph: Graph, options: GradientOptions = {}): Graph {
  const { inputs = [], weights = true } = options;
  const wanted = graph.inputs.map(({ name }) => inputs.includes(name));
  const arrives = graph.results.map(() => false);
  for (const result of differentiated(graph, options)) arrives[result] = true;
  checkInputs(graph, inputs);

  const { pullbackOf, activityOf } = createPullbacks({ weights, rematerialise: modeOf(options.keep) });
  const sketch = sketchGradient(graph, activityOf(graph, wanted), arrives, pullbackOf);

  const build = createBuilder();
  const given = new Map<Value, Value>();
  for (const { name, value, role } of graph.inputs) {
    given.set(value, build.input(name, graph.values[value]!.type, role));
  }
  const seeds = seedResults(build, graph, arrives, options.cotangents !== undefined);
  for (const owned of graph.owns) build.own(owned);
  const find = emitForward(build, graph, sketch ?? { pullbacks: new Map(), extras: [] }, (value) => given.get(value)!);
  const results: GraphResult[] = graph.results.map(({ name, value }) => ({ name, value: find(value) }));
  const gradients = sketch ? emitGradients(build, graph, sketch, find, seeds) : new Map<string, Value>();
  const orZero = (name: string, type: Parameters<Builder['number']>[1]): GraphResult => {
    return { name, value: gradients.get(name) ?? build.number(0, type) };
  };
  if (weights) {
    for (const { path, weight } of weightsOf(graph)) {
      if (weight.trained) results.push(orZero(`grad.${path}`, weight.type));
    }
  }
  for (const { name, value } of graph.inputs) {
    if (inputs.includes(name)) results.push(orZero(`grad.input.${name}`, graph.values[value]!.type));
  }
  const { name, settings, place } = graph;
  return build.finish(results, { name: `${name}_gradient`, settings, place });
}

/** The places of the results that are differentiated. */
function differentiated(graph: Graph, { loss, cotangents }: GradientOptions): number[] {
  const placeOf = (name: string): number => {
    const place = graph.results.findIndex((result) => result.name === name);
    if (place < 0) throw new Error(`\`${graph.name}\` has no result \`${name}\``);
    return place;
  };
  const typeAt = (place: number) => graph.values[graph.results[place]!.value]!.type;
  if (cotangents === undefined) {
    const place = loss === undefined ? 0 : placeOf(loss);
    const type = typeAt(place);
    if (type.dtype !== 'f32' || type.shape.length > 0) throw new Error(`a loss is a scalar, not ${showType(type)}`);
    return [place];
  }
  return cotangents.map((name) => {
    const place = placeOf(name);
    if (typeAt(place).dtype !== 'f32') throw new Error(`\`${name}\` is no float and has no cotangent`);
    return place;
  });
}

function checkInputs(graph: Graph, names: readonly string[]): void {
  for (const name of names) {
    const input = graph.inputs.find((one) => one.name === name);
    if (input === undefined) throw new Error(`\`${graph.name}\` has no input \`${name}\``);
    const { type } = graph.values[input.value]!;
    if (type.dtype !== 'f32') throw new Error(`input \`${name}\` is ${showType(type)}: only floats have gradients`);
  }
}

/** A cotangent for each differentiated result: fed, or 1. */
function seedResults(build: Builder, graph: Graph, arrives: readonly boolean[], fed: boolean): Map<number, Value> {
  const seeds = new Map<number, Value>();
  for (const [i, { name, value }] of graph.results.entries()) {
    if (!arrives[i]) continue;
    seeds.set(i, fed ? build.input(`cotangent.${name}`, graph.values[value]!.type) : build.number(1));
  }
  return seeds;
}

/** The sketch's gradients by the names they have as results. */
function emitGradients(
  build: Builder,
  graph: Graph,
  sketch: Sketch,
  find: (forward: Value) => Value,
  seeds: ReadonlyMap<number, Value>,
): Map<string, Value> {
  const values = emitSketch(build, sketch, (input) => {
    const result = sketch.cotangents.get(input);
    return result === undefined ? find(sketch.mentions.get(input)!) : seeds.get(result)!;
  });
  const names = [
    ...sketch.inputs.map((i) => `grad.input.${graph.inputs[i]!.name}`),
    ...sketch.weights.map((path) => `grad.${path}`),
  ];
  return new Map(names.map((name, i) => [name, values[i]!]));
}
