/**
 * A sampler: a model with weights, a step, a trajectory, loaded into an engine. The sample stays there; each step is fed
 * its numbers and noise. All noise is keyed by the seed and the number of the image, so that an image is the same in any
 * batch and beside any others.
 */
import { isScheduleName } from '../../compiler/contract/schedule-names.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape } from '../../compiler/ir/type.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { CARRIED } from '../../compiler/passes/halves.ts';
import type { StagedModel } from '../../compiler/passes/hoist-conditioning.ts';
import { imageOf, weightState } from '../../compiler/program/compose.ts';
import { feedOf } from '../diffusion/coefficients.ts';
import type { Engine } from '../engines/engine.ts';
import { fits } from '../engines/footprint.ts';
import { loadProgram } from '../engines/load.ts';
import { createStream } from '../random/stream.ts';
import type { Job } from '../train/job.ts';
import { done, type Outcome, refuseFor, refuseSaying } from '../train/refusal.ts';
import { labelOf } from '../train/run-data.ts';
import { initialTensor } from '../weights/initialise.ts';
import { countOf } from '../weights/tensor-file.ts';
import { openConditioning, type StagedWork, stagedWork } from './conditioning.ts';
import { type InputRule, inputRules, type Turn } from './model-inputs.ts';
import { planSampling } from './plan-sampling.ts';

export interface SamplerOptions {
  readonly engine: Engine;
  readonly threads?: number;
  /** images at once; guidance runs the model on twice as many */
  readonly batch: number;
  /** of the model by their paths */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** how the model is cut; tests compare with one that is whole */
  readonly cut?: (model: Graph) => StagedModel;
}

export interface Wanted {
  /** one an image */
  readonly labels: ArrayLike<number>;
  readonly seed: number;
  /** the number of the first image; the others follow */
  readonly first?: number;
  readonly onStep?: (done: number, of: number) => void;
  /** the state of the first batch after each step, for strips */
  readonly onSample?: (xt: HostTensor, step: number) => void;
  readonly interrupted?: () => boolean;
}

export interface Sampler {
  /** [H, W, C] */
  readonly image: readonly number[];
  /** evaluations of the model for one image, those without its condition not counted */
  readonly evaluations: number;
  readonly batch: number;
  readonly guided: boolean;
  /** for how many conditions at most a step is conditioned, "none" among them */
  readonly conditions: number;
  readonly work: StagedWork;
  /** [n, H, W, C]; fewer rows where it was interrupted */
  sample(wanted: Wanted): Promise<Float32Array>;
  setWeights(weights: ReadonlyMap<string, HostTensor>): Promise<void>;
  dispose(): Promise<void>;
}

/** Rows that the model sees of a batch, and how many conditions can be distinct among them: the labels, and "none". */
function rowsOf({ model }: Job, batch: number, guided: boolean): { readonly rows: number; readonly distinct: number } {
  const label = labelOf(model.inference);
  const rows = guided ? 2 * batch : batch;
  const none = guided || label?.null !== undefined ? 1 : 0;
  return { rows, distinct: Math.min(rows, Math.min(batch, label?.classes ?? 1) + none) };
}

export async function openSampler(job: Job, options: SamplerOptions): Promise<Outcome<Sampler>> {
  const planned = planSampling(job, options.cut);
  if (!planned.ok) return planned;
  const { program, staged, steps, names, guided } = planned.value;
  const { batch, engine, threads } = options;
  // the other stages hold the weights that the body does not; what lives in them besides is small
  const held = [...program.state, ...weightState(job.model.inference)];
  const everything = [...new Map(held.map((each) => [each.name, each])).values()];
  const room = await fits(engine, { ...program, state: everything }, batch);
  if (!room.ok) return refuseFor(room.problem);
  const { rows, distinct } = rowsOf(job, batch, guided);
  const shape = bindShape(imageOf(job.model.inference)!.shape, batch);
  const others = job.model.inference.inputs.filter(({ role }) => role?.kind !== 'image');
  const ruled = inputRules(job, others, { batch, rows });
  if (!ruled.ok) return ruled;
  const rules = ruled.value;
  const own: [string, InputRule][] = [];
  for (const { name } of program.graph.inputs) {
    const rule = rules.get(name);
    if (rule !== undefined) own.push([name, rule]);
    else if (!(isScheduleName(name) || name === 'noise' || name.startsWith(CARRIED)))
      return refuseSaying(
        job.model.symbol.decl.name.text,
        `gives nothing for \`${name}\`, which its step asks for`,
        'choose another step',
      );
  }
  const initial = new Map(
    weightsOf(job.model.inference).map(({ path, weight }) => [
      path,
      options.weights.get(path) ?? initialTensor({ path, weight }, job.seed),
    ]),
  );
  const zeros = new Map(
    program.state
      .filter(({ update }) => update !== undefined)
      .map(({ name }): [string, HostTensor] => [name, { dtype: 'f32', shape, data: new Float32Array(countOf(shape)) }]),
  );
  // state has the size of the batch, and engines take state without N
  const state = program.state.map((each) => ({
    ...each,
    type: { dtype: each.type.dtype, shape: bindShape(each.type.shape, batch) },
  }));
  const loaded = { ...program, state };
  const session = await loadProgram(engine, loaded, new Map([...initial, ...zeros]), { batch, threads });
  const times = steps.map(({ time }) => time);
  const conditioning = await openConditioning(staged, {
    engine,
    threads,
    rows,
    distinct,
    times,
    rules,
    weights: initial,
  });
  const needsNoise = program.graph.inputs.some(({ name }) => name === 'noise');
  const size = countOf(shape) / batch;

  /** noise of each image of the batch, before the first step (0) and in the steps after it */
  const noise = (seed: number, first: number, step: number): HostTensor => {
    const data = new Float32Array(countOf(shape));
    for (let i = 0; i < batch; i++)
      createStream(seed, `sample/${first + i}`, step).fillNormal(data.subarray(i * size, (i + 1) * size));
    return { dtype: 'f32', shape, data };
  };

  async function sampleBatch(wanted: Wanted, from: number, onStep: () => void): Promise<Float32Array | undefined> {
    const { seed, first = 0 } = wanted;
    const labels = Int32Array.from({ length: batch }, (_, i) => wanted.labels[from + i] ?? 0);
    const turnOf = (index: number): Turn => ({ time: times[index]!, labels, seed, first: first + from, index });
    await conditioning.begin(turnOf(0));
    for (const [name, zero] of zeros) if (name !== 'xt') await session.write(name, zero);
    await session.write('xt', noise(seed, first + from, 0));
    for (const [index, { numbers }] of steps.entries()) {
      if (wanted.interrupted?.()) return undefined;
      const turn = turnOf(index);
      const feeds = await conditioning.feeds(turn);
      for (const name of names) feeds[name] = feedOf(name, new Float64Array(batch).fill(numbers[name]!));
      for (const [name, rule] of own) feeds[name] = rule(turn);
      if (needsNoise) feeds.noise = noise(seed, first + from, index + 1);
      await session.run(feeds);
      onStep();
      if (wanted.onSample !== undefined && from === 0) wanted.onSample(await session.read('xt'), index);
    }
    return (await session.read('xt')).data as Float32Array;
  }

  return done({
    image: shape.slice(1),
    evaluations: steps.length,
    batch,
    guided,
    conditions: distinct,
    work: stagedWork(staged, { rows, distinct, times }),
    async sample(wanted) {
      const count = wanted.labels.length;
      const images = new Float32Array(count * size);
      const total = Math.ceil(count / batch) * steps.length;
      let finished = 0;
      for (let from = 0; from < count; from += batch) {
        const part = await sampleBatch(wanted, from, () => wanted.onStep?.(++finished, total));
        if (part === undefined) return images.subarray(0, from * size);
        images.set(part.subarray(0, Math.min(batch, count - from) * size), from * size);
      }
      return images;
    },
    async setWeights(next) {
      for (const { name, update } of program.state)
        if (update === undefined && next.has(name)) await session.write(name, next.get(name)!);
      await conditioning.setWeights(next);
    },
    async dispose() {
      await session.dispose();
      await conditioning.dispose();
    },
  });
}
