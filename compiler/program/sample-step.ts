/**
 * One step of sampling as one program: the model on the batch, or on the batch twice, with and without its condition,
 * guidance, and the sampler's update. The sample and whatever else the sampler carries is state (`xt`, `origin` …); fed
 * are the inputs of the model, the numbers of the step as [N], and `noise` where the sampler wants some. Results: the
 * other results of the step (`x0`).
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { boundAs, isCarried } from '../contract/step-tensors.ts';
import { applyBlock, namesOf } from '../elaborate/apply-block.ts';
import type { Instance } from '../elaborate/context.ts';
import type { BlockTerm } from '../elaborate/term.ts';
import type { Graph, GraphResult, Value } from '../ir/graph.ts';
import { isBatch, type TensorType } from '../ir/type.ts';
import type { Program, State } from '../lower/program.ts';
import { applyNamed, type Composer, createComposer, feed, imageOf, weightState, ZERO } from './compose.ts';

export interface SampleParts {
  /** the model's graph for inference */
  readonly model: Graph;
  readonly step: BlockTerm;
  /** classifier-free guidance: the block that joins the two halves, and which outputs it guides (all but `sigma` unless said) */
  readonly guide?: BlockTerm;
  readonly instances: Map<string, Instance>;
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
 * The model on the batch with its condition and, where there is guidance, once more without: labels become the null
 * label, captions are dropped. Inputs of the second half are fed by the runtime as `NAME` of [2N].
 */
export function sampleStep(parts: SampleParts): SampleStep {
  const { model, step, guide, instances } = parts;
  const image = imageOf(model);
  if (image === undefined) throw new Error(`${model.name} has no input with the role image`);
  const composer = createComposer(instances);
  const { build, available } = composer;
  const names = namesOf(step);
  const carried = [...names.required, ...names.optional].filter((name) =>
    isCarried(
      names.results.flatMap((each) => each ?? []),
      name,
    ),
  );
  const state: State[] = [...weightState(model)];
  const stateValue = (name: string, type: TensorType): Value => {
    const weight = { path: name, type, trained: false, init: ZERO };
    build.own({ kind: 'weight', weight, shared: false });
    return build.weight(weight);
  };
  for (const name of carried) available.set(name, stateValue(name, image));
  const xt = available.get('xt')!;
  const outputs = guide === undefined ? runOnce(composer, model, xt) : runGuided(composer, model, xt, guide);
  for (const [name, value] of outputs) available.set(boundAs(name), value);
  if (names.required.includes('noise') || names.optional.includes('noise'))
    available.set('noise', feed(composer, 'noise', image));
  const { results } = applyNamed(composer, step);
  if (results.length === 0) return { diagnostics: composer.diagnostics };
  const made: GraphResult[] = [];
  for (const { name, value } of results) {
    if (value === undefined || name === undefined) continue;
    const isState = carried.includes(name);
    made.push({ name: isState ? `next.${name}` : name, value });
    if (isState) state.push({ name, type: image, trained: false, init: ZERO, update: `next.${name}` });
  }
  return {
    program: {
      name: `${model.name} sample step`,
      graph: build.finish(made, { name: `${model.name}_sample_step` }),
      state,
    },
    diagnostics: composer.diagnostics,
  };
}

function runModel(
  composer: Composer,
  model: Graph,
  image: Value,
  typeOf: (type: TensorType) => TensorType,
): Map<string, Value> {
  const { build } = composer;
  const operands = model.inputs.map(({ name, value, role }) =>
    role?.kind === 'image' ? image : feed(composer, name, typeOf(model.values[value]!.type)),
  );
  const results = build.call(model, operands, '');
  build.own({ kind: 'call', callee: model, prefix: '', shared: false });
  return new Map(
    model.results.flatMap(({ name }, index): [string, Value][] =>
      name === undefined ? [] : [[name, results[index]!]],
    ),
  );
}

const runOnce = (composer: Composer, model: Graph, xt: Value): Map<string, Value> =>
  runModel(composer, model, xt, (type) => type);

/** Both halves in one batch; guidance joins the predictions, and the learned variance is that with the condition. */
function runGuided(composer: Composer, model: Graph, xt: Value, guide: BlockTerm): Map<string, Value> {
  const doubled = atDoubleBatch(model);
  const outputs = runModel(composer, doubled, twice(composer, xt), (type) => type);
  const joined = new Map<string, Value>();
  const scale = feed(composer, 'scale', { dtype: 'f32', shape: [{ batch: 1 }] });
  for (const [name, value] of outputs) {
    const [cond, uncond] = halves(composer, value);
    if (name === 'sigma') {
      joined.set(name, cond);
      continue;
    }
    const { results, diagnostics } = applyBlock(
      guide,
      composer.build,
      new Map([
        ['cond', cond],
        ['uncond', uncond],
        ['scale', scale],
      ]),
      composer.instances,
    );
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
