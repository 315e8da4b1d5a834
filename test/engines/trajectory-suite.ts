/** Eight training steps of the official code, step after step, on an engine. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, countElements } from '../../compiler/ir/type.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { linearBetas } from '../../runtime/diffusion/betas.ts';
import { feedOf, trainingNames, trainingNumbers } from '../../runtime/diffusion/coefficients.ts';
import { discreteSchedule } from '../../runtime/diffusion/schedule.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { assertGolden, type Golden, readGolden, toChannelsLast } from '../golden.ts';
import { smallDiT, trainingGraph } from '../grad/dit.ts';
import { composedStep } from './small-train-step.ts';

const [STEPS, BATCH, WIDTH] = [8, 4, 64];
const [BETA1, BETA2] = [0.9, 0.999];

const scalar = (value: number): HostTensor => ({ dtype: 'f32', shape: [], data: Float64Array.of(value) });

/** Entry `step` along the first axis. */
function at({ dtype, shape, data }: HostTensor, step: number): HostTensor {
  const count = data.length / shape[0]!;
  return { dtype, shape: shape.slice(1), data: data.slice(step * count, (step + 1) * count) };
}

function feedsOf(program: Program, { tensors }: Golden, step: number): Record<string, HostTensor> {
  const input = (name: string) => at(tensors.get(`input.${name}`)!, step);
  const t = input('t');
  const schedule = discreteSchedule(linearBetas({ steps: 1000, from: 1e-4, to: 2e-2 }));
  const wanted = new Set(program.graph.inputs.map(({ name }) => name));
  const names = trainingNames(schedule).filter((name) => wanted.has(name));
  const numbers = trainingNumbers(schedule, Float64Array.from(t.data), names);
  return {
    x0: toChannelsLast(input('x0')),
    noise: toChannelsLast(input('noise')),
    t,
    y: { dtype: 'int', shape: [BATCH], data: Int32Array.from(input('y').data) },
    ...Object.fromEntries(names.map((name) => [name, feedOf(name, numbers[name])])),
    lr: scalar(1e-3),
    correct1: scalar(1 - BETA1 ** (step + 1)),
    correct2: scalar(1 - BETA2 ** (step + 1)),
    'average.decay': scalar(0.99),
  };
}

function startOf({ state }: Program, weights: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> {
  return new Map(
    state.map(({ name, type }) => {
      const shape = bindShape(type.shape, 1);
      if (!/^[mv]\./.test(name)) return [name, weights.get(name.replace(/^ema\./, ''))!];
      return [name, { dtype: 'f32', shape, data: new Float32Array(countElements(shape, 1)) }];
    }),
  );
}

/** A tensor with the biases of the keys taken from the golden: what an engine makes of their zero gradient is rounding. */
function withoutKeyBias(key: string, tensor: HostTensor, golden: HostTensor): HostTensor {
  if (!key.endsWith('attn.qkv.bias')) return tensor;
  const data = Float64Array.from(tensor.data, (value, i) => (i >= WIDTH && i < 2 * WIDTH ? golden.data[i]! : value));
  return { ...tensor, data };
}

/** The reference's name of a state, and what ours is multiplied by: our moments are sums. */
function kept(name: string): readonly [string, number] {
  const [, kind, path] = /^(m|v|ema)\.(.*)$/.exec(name) ?? [];
  if (kind === 'm') return [`adam_m.${path}`, 1 - BETA1];
  if (kind === 'v') return [`adam_v.${path}`, 1 - BETA2];
  return kind === 'ema' ? [name, 1] : [`final.${name}`, 1];
}

/** `factor`: of the tolerance that each number of the reference states. */
export function testTrajectories(engine: Engine, factor = 1): void {
  for (const [file, optimizer] of [
    ['train_d2w64h4p2_wd0', 'adamw'],
    ['train_d2w64h4p2_wd0.01', 'official_decayed'],
  ] as const) {
    test(`${engine.name}: ${file}`, async () => {
      const given = readGolden('train/train_d2w64h4p2_wd0');
      const read = readGolden(`train/${file}`);
      const wider = Object.entries(read.json.float32_vs_float64).map(([key, { tol, rms_tol }]) => {
        return [key, { tol: factor * tol, rms_tol: factor * rms_tol }];
      });
      const golden = { ...read, json: { ...read.json, float32_vs_float64: Object.fromEntries(wider) } };
      const { tensors: weights } = readGolden('dit/dit_d2w64h4p2');
      // a limit that nothing reaches, for the norm of the gradients
      const model = trainingGraph(smallDiT(WIDTH, 'adaln_zero'), 'small');
      const program = composedStep(model, { objective: 'ddpm', optimizer, limit: 1e9 });
      const session = await engine.load(program, startOf(program, weights), { batch: BATCH, threads: 1 });
      const found: Record<'loss' | 'grad_norm', number[]> = { loss: [], grad_norm: [] };
      for (let step = 0; step < STEPS; step++) {
        const results = await session.run(feedsOf(program, given, step));
        for (const name of ['loss', 'grad_norm'] as const) found[name].push(results[name]!.data[0]!);
      }
      for (const name of ['loss', 'grad_norm'] as const) {
        assertGolden(golden, `output.${name}`, { dtype: 'f32', shape: [STEPS], data: Float64Array.from(found[name]) });
      }
      let compared = 0;
      for (const { name } of program.state) {
        const [key, factor] = kept(name);
        const reference = golden.tensors.get(key);
        if (reference === undefined) continue;
        const state = await session.read(name);
        const scaled = { ...state, data: Float64Array.from(state.data, (value) => value * factor) };
        assertGolden(golden, key, withoutKeyBias(key, scaled, reference));
        compared++;
      }
      const stored = [...golden.tensors.keys()].filter((key) => /^(final|ema|adam_[mv])\./.test(key));
      assert.is(compared, stored.length);
      await session.dispose();
    });
  }
}
