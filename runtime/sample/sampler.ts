/**
 * A sampler: a model with weights, a step, a trajectory, loaded into an engine. The sample stays there; each step is fed
 * its numbers and noise. All noise is keyed by the seed and the number of the image, so that an image is the same in any
 * batch and beside any others.
 */
import { isScheduleName, supplies } from '../../compiler/contract/schedule-names.ts';
import type { GraphInput } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, isBatch } from '../../compiler/ir/type.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { filledWith, imageOf } from '../../compiler/program/compose.ts';
import { blockNamed } from '../../compiler/program/named-block.ts';
import { sampleStep } from '../../compiler/program/sample-step.ts';
import { feedOf } from '../diffusion/coefficients.ts';
import { blindSpot, plan, type SamplingName, type StepPlan } from '../diffusion/plan.ts';
import { trajectory } from '../diffusion/trajectory.ts';
import type { Engine, Session } from '../engines/engine.ts';
import { fits } from '../engines/footprint.ts';
import { loadProgram } from '../engines/load.ts';
import { createStream } from '../random/stream.ts';
import { scheduleOfJob } from '../train/compile.ts';
import type { Job } from '../train/job.ts';
import { done, type Outcome, refuseFor, refuseSaying, refuseWith } from '../train/refusal.ts';
import { initialTensor } from '../weights/initialise.ts';
import { countOf } from '../weights/tensor-file.ts';

export interface SamplerOptions {
  readonly engine: Engine;
  readonly threads?: number;
  /** images at once; guidance runs the model on twice as many */
  readonly batch: number;
  /** of the model by their paths */
  readonly weights: ReadonlyMap<string, HostTensor>;
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
  /** [n, H, W, C]; fewer rows where it was interrupted */
  sample(wanted: Wanted): Promise<Float32Array>;
  setWeights(weights: ReadonlyMap<string, HostTensor>): Promise<void>;
  dispose(): Promise<void>;
}

interface Planned {
  readonly program: Program;
  readonly steps: readonly StepPlan[];
  readonly names: readonly SamplingName[];
  readonly guided: boolean;
}

export function planSampling(job: Job): Outcome<Planned> {
  const { spec, model, recipe } = job;
  const { sample } = recipe;
  const about = `recipe ${recipe.name}`;
  const schedule = scheduleOfJob(job)?.schedule;
  if (schedule === undefined)
    return refuseSaying(about, 'says no schedule, so there is nothing to sample along', 'add `schedule: …`');
  if (sample.step === undefined)
    return refuseSaying(
      about,
      'says no step for sampling',
      'add `sample: { step: ancestral }`, or name a sampler: --sampler ddim',
    );
  const { guidance } = sample;
  const guided = guidance !== undefined && guidance.scale !== 1;
  const guide = guided ? blockNamed(spec, 'guide', sample.step.block.scope) : undefined;
  if (guided && guide === undefined)
    return refuseSaying(about, 'asks for guidance, and no block `guide` is in sight', 'import `guide` of std.samplers');
  const graph = model.inference;
  const { program, diagnostics } = sampleStep({
    model: graph,
    step: sample.step,
    guide: guide && guidance?.channels !== undefined ? filledWith(guide, 'channels', guidance.channels) : guide,
    instances: spec.instances,
  });
  if (program === undefined) return refuseWith(diagnostics);
  const names = program.graph.inputs.flatMap(({ name }) =>
    isScheduleName(name) && supplies(schedule.kind, 'sampling', name) ? [name as SamplingName] : [],
  );
  const path = trajectory(schedule, sample);
  if (!path.ok) return refuseSaying(about, path.reason, 'change `sample`');
  const prediction = (['eps', 'x0', 'velocity'] as const).find((name) =>
    graph.results.some((each) => each.name === name),
  );
  const blind = prediction === undefined ? undefined : blindSpot(path.points, prediction);
  if (blind !== undefined) return refuseSaying(about, blind, 'change `sample` or `schedule`');
  const planned = plan(path.points, names, { ...sample, guidance });
  if (!planned.ok) return refuseSaying(about, planned.reason, 'change `sample.step`');
  return done({ program, steps: planned.steps, names, guided });
}

export async function openSampler(job: Job, options: SamplerOptions): Promise<Outcome<Sampler>> {
  const planned = planSampling(job);
  if (!planned.ok) return planned;
  const { program, steps, names, guided } = planned.value;
  const { batch } = options;
  const room = await fits(options.engine, program, batch);
  if (!room.ok) return refuseFor(room.problem);
  const shape = bindShape(imageOf(job.model.inference)!.shape, batch);
  const carried = program.state.filter(({ update }) => update !== undefined);
  const zeros = new Map(
    carried.map((each) => [
      each.name,
      { dtype: 'f32', shape, data: new Float32Array(countOf(shape)) } satisfies HostTensor,
    ]),
  );
  const weights = new Map(
    program.state.map((each) => [
      each.name,
      zeros.get(each.name) ??
        options.weights.get(each.name) ??
        initialTensor({ path: each.name, weight: each }, job.seed),
    ]),
  );
  const rules = inputRules(job, program, batch);
  if (!rules.ok) return rules;
  // state has the size of the batch, and engines take state without N
  const state = program.state.map((each) => ({
    ...each,
    type: { dtype: each.type.dtype, shape: bindShape(each.type.shape, batch) },
  }));
  const loaded = { ...program, state };
  const session: Session = await loadProgram(options.engine, loaded, weights, { batch, threads: options.threads });
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
    const { seed, first = 0, labels } = wanted;
    const own = Int32Array.from({ length: batch }, (_, i) => labels[from + i] ?? 0);
    for (const [name, zero] of zeros) if (name !== 'xt') await session.write(name, zero);
    await session.write('xt', noise(seed, first + from, 0));
    for (const [index, { time, numbers }] of steps.entries()) {
      if (wanted.interrupted?.()) return undefined;
      const feeds: Record<string, HostTensor> = {};
      for (const name of names) feeds[name] = feedOf(name, new Float64Array(batch).fill(numbers[name]!));
      for (const [name, rule] of rules.ok ? rules.value : [])
        feeds[name] = rule(time, own, { seed, first: first + from, index });
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
    },
    dispose: () => session.dispose(),
  });
}

interface Turn {
  readonly seed: number;
  readonly first: number;
  readonly index: number;
}
type Rule = (time: number, labels: Int32Array, turn: Turn) => HostTensor;

/** What the inputs of the model besides the image are fed. The second half of a doubled batch has no condition. */
function inputRules(job: Job, program: Program, batch: number): Outcome<ReadonlyMap<string, Rule>> {
  const roles = new Map<string, GraphInput>(job.model.inference.inputs.map((input) => [input.name, input]));
  const rules = new Map<string, Rule>();
  for (const { name, value } of program.graph.inputs) {
    const input = roles.get(name);
    if (input === undefined) {
      if (isScheduleName(name) || name === 'noise') continue;
      return refuseSaying(
        job.model.symbol.decl.name.text,
        `gives nothing for \`${name}\`, which its step asks for`,
        'choose another step',
      );
    }
    const { dtype, shape } = program.graph.values[value]!.type;
    const bound = bindShape(shape, batch);
    const rows = shape[0] !== undefined && isBatch(shape[0]) ? bound[0]! : 0;
    const isSecond = (row: number): boolean => row >= batch;
    const numbers = (of: (row: number) => number): HostTensor => {
      const all = Array.from({ length: rows }, (_, row) => of(row));
      const data =
        dtype === 'int' ? Int32Array.from(all) : dtype === 'bool' ? Uint8Array.from(all) : Float32Array.from(all);
      return { dtype, shape: bound, data };
    };
    switch (input.role?.kind) {
      case 'timestep':
        rules.set(name, (time) => numbers(() => time));
        continue;
      case 'label': {
        const none = input.role.null;
        if (rows > batch && none === undefined)
          return refuseSaying(
            job.model.symbol.decl.name.text,
            'cannot be guided: it has no label for "none"',
            'write `label(n, null: n)`',
          );
        rules.set(name, (_, labels) => numbers((row) => (isSecond(row) ? none! : labels[row]!)));
        continue;
      }
      case 'drop':
        rules.set(name, () => numbers((row) => (isSecond(row) ? 1 : 0)));
        continue;
      case 'uniform':
      case 'normal': {
        const { kind } = input.role;
        const size = countOf(bound) / rows;
        rules.set(name, (_, __, { seed, first, index }) => {
          const data = new Float32Array(countOf(bound));
          for (let row = 0; row < rows; row++) {
            const stream = createStream(seed, `sample/${first + (row % batch)}/${name}`, index);
            const part = data.subarray(row * size, (row + 1) * size);
            if (kind === 'normal') stream.fillNormal(part);
            else stream.fillUniform(part);
          }
          return { dtype: 'f32', shape: bound, data };
        });
        continue;
      }
      default: {
        const { strength } = job.recipe.sample;
        if (name === 'strength' && strength !== undefined) {
          rules.set(name, () => numbers(() => strength));
          continue;
        }
        return refuseSaying(
          job.model.symbol.decl.name.text,
          `cannot be sampled here: its input \`${name}\` takes ${input.role?.kind === 'text' ? 'captions, which' : 'what'} is not given`,
          'sample a model with labels',
        );
      }
    }
  }
  return done(rules);
}
