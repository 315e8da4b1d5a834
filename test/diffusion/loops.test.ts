/** Whole sampling loops of the official code: a small DiT, guidance 1.5 on three channels, ancestral and DDIM steps. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { isScheduleName } from '../../compiler/contract/schedule-names.ts';
import { namesOf } from '../../compiler/elaborate/apply-block.ts';
import { instantiate, openSpec } from '../../compiler/elaborate/spec.ts';
import { type BlockTerm, number, truth } from '../../compiler/elaborate/term.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { sampleStep } from '../../compiler/program/sample-step.ts';
import { linearBetas } from '../../runtime/diffusion/betas.ts';
import { guidanceSchema } from '../../runtime/diffusion/guidance.ts';
import { plan, type SamplingName } from '../../runtime/diffusion/plan.ts';
import { discreteSchedule } from '../../runtime/diffusion/schedule.ts';
import { trajectory } from '../../runtime/diffusion/trajectory.ts';
import { reference } from '../../runtime/engines/reference.ts';
import { assertGolden, readGolden, toChannelsFirst, toChannelsLast, toInts } from '../golden.ts';
import { smallDiT } from '../grad/dit.ts';
import { near } from './golden.ts';
import { perSample } from './run-block.ts';

const golden = readGolden('reference/loops_d2w64h4p2');
const weights = readGolden('dit/dit_d2w64h4p2').tensors;
const runs = golden.json.runs as Record<string, { spacing: string; timesteps: number[]; clip_denoised: boolean }>;
const schedule = discreteSchedule(linearBetas({ steps: 1000, from: 1e-4, to: 2e-2 }));
const BATCH = 2;

const text = `${smallDiT(64, 'adaln_zero')}\nuse "./objectives.dit" { ancestral, ddim, guide }\n`;
const entry = entryOf('specs/test.dit', text);
const spec = openSpec(entry, diskLoader(entry));
const { model } = instantiate(spec, 'small');

function block(name: string, filled: BlockTerm['filled']): BlockTerm {
  const symbol = spec.entry.names.get(name);
  if (symbol?.kind !== 'block') throw new Error(`no block ${name}`);
  return { kind: 'block', block: symbol, filled };
}

/** The first images of a stored batch; the others had noise of their own, and were thrown away. */
function first({ shape, data }: HostTensor, at = 0): HostTensor {
  const [, ...image] = shape.slice(-4);
  const size = image.reduce((product, dim) => product * dim, 1);
  const from = at * shape.at(-4)! * size;
  return { dtype: 'f32', shape: [BATCH, ...image], data: data.slice(from, from + BATCH * size) };
}

for (const [run, { spacing, timesteps, clip_denoised }] of Object.entries(runs)) {
  test(`official loop: ${run}`, async () => {
    const step = block(run.startsWith('ddim') ? 'ddim' : 'ancestral', new Map([['clip', truth(clip_denoised)]]));
    const guide = block('guide', new Map([['channels', number(3)]]));
    const { program, diagnostics } = sampleStep({ model: model!.inference, step, guide, instances: spec.instances });
    assert.equal(
      diagnostics.map(({ message }) => message),
      [],
    );
    const path = trajectory(schedule, { steps: 10, spacing });
    if (!path.ok) throw new Error(path.reason);
    const names = [...namesOf(step).required.filter(isScheduleName), 'scale'] as SamplingName[];
    const planned = plan(path.points, names, { guidance: guidanceSchema.parse({ scale: 1.5 }) });
    if (!planned.ok) throw new Error(planned.reason);
    assert.equal(
      planned.steps.map(({ time }) => time),
      timesteps,
    );

    const start = toChannelsLast(first(golden.tensors.get('input.z')!));
    const state = new Map(weights).set('xt', { ...start, data: Float64Array.from(start.data) });
    const session = await reference.load(program!, state, { batch: BATCH });
    const states: HostTensor[] = [];
    for (const [i, { time, numbers }] of planned.steps.entries()) {
      const schedule = Object.entries(numbers).map(([name, value]) => [name, perSample(name, value, BATCH)]);
      await session.run({
        ...Object.fromEntries(schedule),
        noise: toChannelsLast(first(golden.tensors.get('input.step_noise')!, i)),
        t: perSample('t', time, 2 * BATCH),
        y: toInts(golden.tensors.get('input.y')!),
      });
      states.push(toChannelsFirst(await session.read('xt')));
    }
    assertGolden(golden, `output.${run}.final`, states.at(-1));
    const samples = golden.tensors.get(`output.${run}.samples`)!;
    const { tol } = golden.json.float32_vs_float64[`output.${run}.samples`]!;
    const all = (of: (step: number) => HostTensor): number[] => states.flatMap((_, i) => [...of(i).data]);
    near(
      all((i) => states[i]!),
      all((i) => first(samples, i)),
      tol,
      'samples of all steps',
    );
  });
}

test.run();
