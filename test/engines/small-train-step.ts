/** A whole train step of a small model: objective, gradients, clipping, AdamW and the moving average, as recipes have it. */
import * as assert from 'uvu/assert';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { createSession } from '../../compiler/elaborate/context.ts';
import { Instances } from '../../compiler/elaborate/instances.ts';
import { topFrame } from '../../compiler/elaborate/point.ts';
import { openSpec } from '../../compiler/elaborate/spec.ts';
import type { Term } from '../../compiler/elaborate/term.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, countElements } from '../../compiler/ir/type.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { trainStep } from '../../compiler/program/train-step.ts';
import { randomNumbers } from './random-numbers.ts';
import { randomWeights, type SmallModel, smallModel } from './small-models.ts';

// a large eps: where a gradient is zero but for rounding, AdamW makes a step of lr out of the rounding
const BLOCKS = `dit 1
use "./objectives.dit" { ddpm, flow }
use "./optim.dit" { adamw, ema, square_sum, clip }
const decayed = adamw(beta2: 0.99, eps: 1e-3, decay: 0.01)
const official_decayed = adamw(decay: 0.01)
`;

/** Consts and blocks by name. */
function terms(): (name: string) => Term {
  const entry = entryOf('specs/recipe.dit', BLOCKS);
  const spec = openSpec(entry, diskLoader(entry));
  assert.equal(
    spec.diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  return (name) => {
    const span = { start: 0, end: 0 };
    const frame = topFrame(spec.entry, createSession(spec.instances, '', false), '');
    return frame.evaluate.expression({ kind: 'name', name: { text: name, span }, span }, frame, {});
  };
}

const block = (term: Term | undefined) => {
  if (term?.kind !== 'block') throw new Error(`a ${term?.kind} is no block`);
  return term;
};

export interface StepBlocks {
  readonly objective: 'ddpm' | 'flow';
  readonly optimizer: 'adamw' | 'decayed' | 'official_decayed';
  /** the norm of the gradients is held below it; the block's own limit unless said */
  readonly limit?: number;
}

export const smallTrainStep = (name: SmallModel, objective: 'ddpm' | 'flow'): Program =>
  composedStep(smallModel(name).training, { objective, optimizer: 'decayed' });

export function composedStep(model: Graph, { objective, optimizer, limit }: StepBlocks): Program {
  const term = terms();
  const record = term(objective);
  if (record.kind !== 'record') throw new Error(`${objective} is no record`);
  const { program, diagnostics } = trainStep({
    model,
    objective: { noising: block(record.fields.get('noising')), loss: block(record.fields.get('loss')) },
    optimizer: block(term(optimizer)),
    average: block(term('ema')),
    clip: { squareSum: block(term('square_sum')), clip: block(term('clip')), limit },
    instances: new Instances(),
  });
  assert.equal(
    diagnostics.map(({ message }) => message),
    [],
  );
  return program!;
}

/** What a step starts from: weights, averages equal to them, moments of zero. */
export function startingState(program: Program): Map<string, HostTensor> {
  const weights = randomWeights(program.graph);
  return new Map(
    program.state.map(({ name, type }) => {
      const own = weights.get(name.replace(/^ema\./, ''))!;
      const moment = /^[mv]\./.test(name);
      const shape = bindShape(type.shape, 1);
      return [name, moment ? { dtype: 'f32', shape, data: new Float32Array(countElements(shape, 1)) } : own];
    }),
  );
}

/** Feeds of one step, by what the inputs of a step mean. */
export function stepFeeds(program: Program, batch: number, step: number): Record<string, HostTensor> {
  const random = randomNumbers(step);
  const [beta1, beta2] = [0.9, 0.99];
  const scalars: Readonly<Record<string, number>> = {
    lr: 0.01,
    correct1: 1 - beta1 ** step,
    correct2: 1 - beta2 ** step,
    'average.decay': 0.9,
    log_min: -2,
    log_max: -1,
    p0: 0.5,
    pt: 0.5,
    a: 0.8,
    b: 0.6,
    da: -1,
    db: 1,
  };
  return Object.fromEntries(
    program.graph.inputs.map(({ name, value }) => {
      const { dtype, shape: dims } = program.graph.values[value]!.type;
      const shape = bindShape(dims, batch);
      const length = countElements(dims, batch);
      const data =
        dtype === 'f32'
          ? Float32Array.from({ length }, () => scalars[name] ?? 2 * random() - 1)
          : dtype === 'int'
            ? Int32Array.from({ length }, () => Math.floor(3 * random()))
            : Uint8Array.from({ length }, (_, at) => at % 2);
      return [name, { dtype, shape, data }];
    }),
  );
}
