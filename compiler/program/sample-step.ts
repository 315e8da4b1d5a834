/**
 * One step of sampling as one program: the model on the batch, or on the batch twice, with and without its condition,
 * guidance, and the sampler's update. The sample and whatever else the sampler carries is state (`xt`, `origin` …); fed
 * are the inputs of the model, the numbers of the step as [N], and `noise` where the sampler wants some. Results: the
 * other results of the step (`x0`).
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { boundAs, isCarried, PREDICTIONS } from '../contract/step-tensors.ts';
import { applyBlock, namesOf } from '../elaborate/apply-block.ts';
import type { Instances } from '../elaborate/instances.ts';
import type { BlockTerm } from '../elaborate/term.ts';
import type { Graph, GraphResult, Value } from '../ir/graph.ts';
import { isBatch, type TensorType } from '../ir/type.ts';
import type { Program, State } from '../lower/program.ts';
import { applyNamed, type Composer, createComposer, feed, imageOf, weightState, ZERO } from './compose.ts';

export interface SampleParts {
  /** the model's graph for inference */
  readonly model: Graph;
  readonly step: BlockTerm;
  /** classifier-free guidance: the block that joins the predictions with and without the condition */
  readonly guide?: BlockTerm;
  readonly instances: Instances;
}

export interface SampleStep {
  readonly program?: Program;
  readonly diagnostics: readonly Diagnostic[];
}

/** The batch twice: `[2N, …]` from `[N, …]`, the same rows again. */
function twice({ build }: Composer, value: Value): Value {
  return build.op('concat', [value, value], { axis: 0 });
}

/** Halves of `[2N, …]`. */
function halves({ build }: Composer, value: Value): readonly [Value, Value] {
  const type = build.typeOf(value);
  const axes = type.shape
    .slice(1)
    .map((_, index) => `a${index}`)
    .join(' ');
  const parts = build.op('rearrange', [value], { pattern: `(2 n) ${axes} -> 2 n ${axes}`.trim() });
  const half = (at: number): Value =>
    build.op('rearrange', [build.op('slice', [parts], { axis: 0, start: at, end: at + 1 })], {
      pattern: `1 n ${axes} -> n ${axes}`.trim(),
    });
  return [half(0), half(1)];
}

/**
 * The program. Where there is guidance the model runs on 2N samples, first with its condition and then without: each of its
 * inputs besides the image is fed for both halves, [2N, …], and what stands for "no label" or "no caption" is put into the
 * second by the runtime.
 */
export function sampleStep(parts: SampleParts): SampleStep {
  const { model, step, guide, instances } = parts;
  const image = imageOf(model);
  if (image === undefined) throw new Error(`${model.name} has no input with the role image`);
  const composer = createComposer(instances);
  const { build, available } = composer;
  const names = namesOf(step);
  const parameters = [...names.required, ...names.optional];
  const results = names.results.flatMap((name) => name ?? []);
  const carried = parameters.filter((name) => isCarried(results, name));
  const state: State[] = [...weightState(model)];
  for (const name of carried) {
    const weight = { path: name, type: image, trained: false, init: ZERO };
    build.own({ kind: 'weight', weight, shared: false });
    available.set(name, build.weight(weight));
  }
  const xt = available.get('xt');
  if (xt === undefined) throw new Error(`${step.block.decl.name.text} has no state \`xt\``);
  const outputs = guide === undefined ? runModel(composer, model, xt) : runGuided(composer, model, xt, guide);
  for (const [name, value] of outputs) available.set(boundAs(name), value);
  if (parameters.includes('noise')) available.set('noise', feed(composer, 'noise', image));
  const made: GraphResult[] = [];
  for (const { name, value } of applyNamed(composer, step).results) {
    if (value === undefined || name === undefined) continue;
    const isState = carried.includes(name);
    made.push({ name: isState ? `next.${name}` : name, value });
    if (isState) state.push({ name, type: image, trained: false, init: ZERO, update: `next.${name}` });
  }
  if (composer.diagnostics.length > 0) return { diagnostics: composer.diagnostics };
  const graph = build.finish(made, { name: `${model.name}_sample_step` });
  return { program: { name: `${model.name} sample step`, graph, state }, diagnostics: [] };
}

function runModel(composer: Composer, model: Graph, image: Value): Map<string, Value> {
  const { build } = composer;
  const operands = model.inputs.map(({ name, value, role }) =>
    role?.kind === 'image' ? image : feed(composer, name, model.values[value]!.type),
  );
  const results = build.call(model, operands, '');
  build.own({ kind: 'call', callee: model, prefix: '', shared: false });
  return new Map(
    model.results.flatMap(({ name }, index): [string, Value][] =>
      name === undefined ? [] : [[name, results[index]!]],
    ),
  );
}

/** Predictions are guided, each by itself; a learned variance, and whatever else there is, is that with the condition. */
const isGuided = (output: string): boolean => Object.hasOwn(PREDICTIONS, output) && output !== 'sigma';

function runGuided(composer: Composer, model: Graph, xt: Value, guide: BlockTerm): Map<string, Value> {
  const outputs = runModel(composer, atDoubleBatch(model), twice(composer, xt));
  const scale = feed(composer, 'scale', { dtype: 'f32', shape: [{ batch: 1 }] });
  const joined = new Map<string, Value>();
  for (const [name, value] of outputs) {
    if (composer.build.typeOf(value).shape.length === 0) continue;
    const [cond, uncond] = halves(composer, value);
    if (!isGuided(name)) {
      joined.set(name, cond);
      continue;
    }
    const tensors = new Map([
      ['cond', cond],
      ['uncond', uncond],
      ['scale', scale],
    ]);
    const { results, diagnostics } = applyBlock(guide, composer.build, tensors, composer.instances);
    composer.diagnostics.push(...diagnostics);
    if (results[0]?.value !== undefined) joined.set(name, results[0].value);
  }
  return joined;
}

const doubles = new WeakMap<Graph, Graph>();

/** The same graph with 2N for N. */
export function atDoubleBatch(graph: Graph): Graph {
  let made = doubles.get(graph);
  if (made === undefined) {
    const dim = (size: TensorType['shape'][number]) => (isBatch(size) ? { batch: 2 * size.batch } : size);
    const nodes = graph.nodes.map((node) => {
      if (node.kind === 'call') return { ...node, callee: atDoubleBatch(node.callee) };
      if (node.kind !== 'op' || typeof node.attributes.sizes !== 'object') return node;
      const sizes = Object.fromEntries(Object.entries(node.attributes.sizes).map(([name, size]) => [name, dim(size)]));
      return { ...node, attributes: { ...node.attributes, sizes } };
    });
    const owns = graph.owns.map((owned) =>
      owned.kind === 'call' ? { ...owned, callee: atDoubleBatch(owned.callee) } : owned,
    );
    const values = graph.values.map((info) => ({ ...info, type: { ...info.type, shape: info.type.shape.map(dim) } }));
    doubles.set(graph, (made = { ...graph, nodes, owns, values }));
  }
  return made;
}
