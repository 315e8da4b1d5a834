/** The programs that are timed: a preset of a spec, forward or as a whole train step, with random weights and feeds. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { createSession } from '../../compiler/elaborate/context.ts';
import { topFrame } from '../../compiler/elaborate/point.ts';
import { instantiate, openSpec, type Spec } from '../../compiler/elaborate/spec.ts';
import type { Term } from '../../compiler/elaborate/term.ts';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, countElements, f32 } from '../../compiler/ir/type.ts';
import { bindBatch } from '../../compiler/lower/bind-batch.ts';
import { flatten } from '../../compiler/lower/flatten.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { opNamed } from '../../compiler/ops/registry.ts';
import { forwardProgram } from '../../compiler/program/forward.ts';
import { trainStep } from '../../compiler/program/train-step.ts';
import { randomNumbers } from '../engines/random-numbers.ts';

const specs = path.join(import.meta.dirname, '..', '..', 'specs');

function open(file: string): Spec {
  const name = path.join(specs, file);
  const entry = entryOf(name, readFileSync(name, 'utf8'));
  return openSpec(entry, diskLoader(entry));
}

function term(spec: Spec, name: string): Term {
  const span = { start: 0, end: 0 };
  const frame = topFrame(spec.entry, createSession(spec.instances, '', false), '');
  return frame.evaluate.expression({ kind: 'name', name: { text: name, span }, span }, frame, {});
}

function block(found: Term | undefined) {
  if (found?.kind !== 'block') throw new Error(`a ${found?.kind} is no block`);
  return found;
}

/** The model, and one step of its training: plain mean square error, AdamW, a moving average. */
export function programs(file: string, preset: string): { forward: Program; train: Program } {
  const spec = open(file);
  const { model } = instantiate(spec, preset);
  if (model === undefined) throw new Error(`${file} has no ${preset}`);
  const simple = term(open('objectives.dit'), 'simple');
  if (simple.kind !== 'record') throw new Error('simple is no record');
  const optim = open('optim.dit');
  const { program, diagnostics } = trainStep({
    model: model.training,
    objective: { noising: block(simple.fields.get('noising')), loss: block(simple.fields.get('loss')) },
    optimizer: block(term(optim, 'adamw')),
    average: block(term(optim, 'ema')),
    instances: spec.instances,
  });
  if (program === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return { forward: forwardProgram(preset, model.inference), train: program };
}

/** x w^T with x: [N, 1536], w: [1536, 1536]: the machine's own product of matrices, with a batch of rows. */
export function productProgram(side = 1536): Program {
  const build = createBuilder();
  const x = build.input('x', f32({ batch: 1 }, side));
  const w = build.input('w', f32(side, side));
  const y = build.op('einsum', [x, w], { pattern: 'n i, o i -> n o' });
  return { name: 'product', graph: build.finish([{ name: 'y', value: y }], { name: 'product' }), state: [] };
}

/** Multiplications of matrix products in one call. */
export function countMacs({ graph }: Program, batch: number): number {
  const bound = bindBatch(flatten(graph), batch);
  const typeOf = (value: number) => bound.values[value]!.type;
  return bound.nodes.reduce((sum, node) => {
    if (node.kind !== 'op') return sum;
    return sum + opNamed(node.op).work(node.operands.map(typeOf), typeOf(node.results[0]!), node.attributes).macs;
  }, 0);
}

/** Float32Array.from is too slow for tens of millions of numbers. */
function floats(length: number, next: () => number): Float32Array {
  const data = new Float32Array(length);
  for (let at = 0; at < length; at++) data[at] = next();
  return data;
}

export function startState({ state }: Program): Map<string, HostTensor> {
  const random = randomNumbers(1);
  return new Map(
    state.map(({ name, type }) => {
      const shape = bindShape(type.shape, 1);
      const length = countElements(shape, 1);
      const bound = 1 / Math.sqrt(shape.at(-1) ?? 1);
      const moment = /^[mv]\./.test(name);
      const data = moment ? new Float32Array(length) : floats(length, () => bound * (2 * random() - 1));
      return [name, { dtype: 'f32', shape, data }];
    }),
  );
}

const SCALARS: Readonly<Record<string, number>> = {
  lr: 1e-4,
  correct1: 0.1,
  correct2: 0.001,
  'average.decay': 0.9999,
  t: 500,
};

export function startFeeds({ graph }: Program, batch: number): Record<string, HostTensor> {
  const random = randomNumbers(2);
  return Object.fromEntries(
    graph.inputs.map(({ name, value }) => {
      const { dtype, shape: dims } = graph.values[value]!.type;
      const shape = bindShape(dims, batch);
      const length = countElements(dims, batch);
      if (dtype === 'int') return [name, { dtype, shape, data: Int32Array.from({ length }, (_, at) => at % 10) }];
      return [name, { dtype: 'f32', shape, data: floats(length, () => SCALARS[name] ?? 2 * random() - 1) }];
    }),
  );
}
