/**
 * What the composing of programs shares: models are called, blocks are applied by the names of their tensors, and every
 * name that nothing in the graph gives becomes an input that the runtime feeds.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { isScheduleName, SCHEDULE_NAMES } from '../contract/schedule-names.ts';
import { boundAs } from '../contract/step-tensors.ts';
import { type Applied, applyBlock, namesOf } from '../elaborate/apply-block.ts';
import type { Instances } from '../elaborate/instances.ts';
import { type BlockTerm, number } from '../elaborate/term.ts';
import { type Builder, createBuilder } from '../ir/builder.ts';
import type { Graph, Init, Value } from '../ir/graph.ts';
import type { TensorType } from '../ir/type.ts';
import { weightsOf } from '../ir/weights.ts';
import type { State } from '../lower/program.ts';

export interface Composer {
  readonly build: Builder;
  /** tensors that blocks may ask for, by name */
  readonly available: Map<string, Value>;
  readonly diagnostics: Diagnostic[];
  readonly instances: Instances;
  /** inputs made so far */
  readonly inputs: Map<string, Value>;
}

export const createComposer = (instances: Instances): Composer => ({
  build: createBuilder(),
  available: new Map(),
  diagnostics: [],
  instances,
  inputs: new Map(),
});

/** The input of that name, made when first asked for. */
export function feed(composer: Composer, name: string, type: TensorType): Value {
  let value = composer.inputs.get(name);
  if (value === undefined) composer.inputs.set(name, (value = composer.build.input(name, type)));
  return value;
}

const PER_SAMPLE = [{ batch: 1 }];

/**
 * Applies a block. Numbers of the schedule that it names are fed as [N]; an optional one only where `offered` says that
 * the runtime will give it.
 */
export function applyNamed(composer: Composer, block: BlockTerm, offered: ReadonlySet<string> = new Set()): Applied {
  const { required, optional } = namesOf(block);
  const available = new Map(composer.available);
  for (const name of [...required, ...optional.filter((each) => offered.has(each))]) {
    if (available.has(name) || !isScheduleName(name)) continue;
    available.set(name, feed(composer, name, { dtype: SCHEDULE_NAMES[name].dtype, shape: PER_SAMPLE }));
  }
  const applied = applyBlock(block, composer.build, available, composer.instances);
  composer.diagnostics.push(...applied.diagnostics);
  return applied;
}

/** Calls a model: its image is `image`, its other inputs are fed under their names. Outputs become available. */
export function callModel(composer: Composer, model: Graph, image: Value): Map<string, Value> {
  const operands = model.inputs.map(({ name, value, role }) =>
    role?.kind === 'image' ? image : feed(composer, name, model.values[value]!.type),
  );
  const results = composer.build.call(model, operands, '');
  composer.build.own({ kind: 'call', callee: model, prefix: '', shared: false });
  const outputs = new Map<string, Value>();
  for (const [index, result] of model.results.entries()) {
    if (result.name === undefined) continue;
    outputs.set(result.name, results[index]!);
    composer.available.set(boundAs(result.name), results[index]!);
  }
  return outputs;
}

/** The input of a model that the sampler denoises. */
export const imageOf = (model: Graph): TensorType | undefined => {
  const input = model.inputs.find(({ role }) => role?.kind === 'image');
  return input === undefined ? undefined : model.values[input.value]!.type;
};

/** The weights of a model as state. */
export const weightState = (model: Graph): readonly State[] =>
  weightsOf(model).map(({ path, weight }) => ({
    name: path,
    type: weight.type,
    trained: weight.trained,
    init: weight.init,
  }));

export const ZERO: Init = { kind: 'fill', value: 0 };

/** A block with a number filled in for one of its parameters, whatever was filled in before. */
export const filledWith = (block: BlockTerm, name: string, value: number): BlockTerm => ({
  ...block,
  filled: new Map([...block.filled, [name, number(Number.isSafeInteger(value) ? value : { float: value })]]),
});
