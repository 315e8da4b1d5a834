/** Guidance as the official code of each family does it, by the block `guide`; captions that are dropped; rotary angles. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { blockRunner, tensor } from '../diffusion/run-block.ts';
import { assertGolden, type Golden, toChannelsFirst } from '../golden.ts';
import {
  allBools,
  type FamilyName,
  familyCase,
  familyGolden,
  familyImage,
  familyKey,
  familyModel,
  inputOf,
  joinedChannels,
} from './cases.ts';
import { observed } from './observed.ts';

const half = ({ dtype, shape, data }: HostTensor, second = false): HostTensor => ({
  dtype,
  shape: [shape[0]! / 2, ...shape.slice(1)],
  data: second ? data.slice(data.length / 2) : data.slice(0, data.length / 2),
});
const twice = ({ dtype, shape, data }: HostTensor): HostTensor => ({
  dtype,
  shape: [shape[0]! * 2, ...shape.slice(1)],
  data: dtype === 'bool' ? Uint8Array.from([...data, ...data]) : Float64Array.from([...data, ...data]),
});

/** The model on the doubled batch of the reference: its first half twice, with and without condition. */
function doubled(name: FamilyName, golden: Golden): Record<string, HostTensor> {
  const given = inputOf(golden);
  const captions = familyCase(name).spec === 'pixart';
  const mask = () => twice(given('cfg_mask'));
  const feeds = familyCase(name).inputs((key) => {
    if (key === 'x') return twice(half(given('cfg_x')));
    if (key === 'mask') return mask();
    return captions && key === 'y' ? twice(given('cfg_y')) : given(`cfg_${key}`);
  });
  const batch = feeds.t!.shape[0]!;
  const drop = {
    drop: { ...allBools(false, batch), data: Uint8Array.from({ length: batch }, (_, i) => Number(i >= batch / 2)) },
  };
  const inputs = captions ? { ...feeds, ...drop } : feeds;
  return evaluate(familyModel(name).inference, { inputs, weights: golden.tensors, batch });
}

/** Both halves of what the reference returns: guided channels, and those that stay as they are. */
function guided(
  results: Readonly<Record<string, HostTensor>>,
  outputs: readonly string[],
  scale: number,
  channels: number,
): HostTensor {
  const [first, ...others] = outputs.map((output) => results[output]!);
  const [cond, uncond] = [half(first!), half(first!, true)];
  const scales = tensor(
    [cond.shape[0]!],
    cond.data.slice(0, cond.shape[0]!).map(() => scale),
  );
  const run = blockRunner('guide', { channels }, 'std/samplers.dit');
  const feeds = { cond, uncond, scale: scales };
  const one = run(feeds)[run.names.results[0] ?? '0']!;
  const width = first!.shape.at(-1)!;
  const two = uncond.data.map((value, i) => (i % width < channels ? one[i]! : value));
  const eps = { ...first!, data: Float64Array.from([...one, ...two]) };
  return joinedChannels([eps, ...others]);
}

for (const [name, key, scale, channels] of [
  ['sit_tiny', 'cfg_1.5', 1.5, 3],
  ['sit_tiny', 'cfg_4.0', 4, 3],
  ['lightningdit_tiny', 'cfg_6.7', 6.7, 3],
  // t is below the interval in which guidance is on: scale 1
  ['lightningdit_tiny', 'cfg_6.7_interval', 1, 3],
  ['lightningdit_qknorm_tiny', 'cfg_3.0', 3, 3],
  ['lightningdit_qknorm_tiny', 'cfg_3.0_interval', 3, 3],
  ['pixart_tiny', 'cfg_4.5', 4.5, 3],
] as const) {
  test(`${name}: ${key}`, () => {
    const golden = familyGolden(name);
    const results = doubled(name, golden);
    assertGolden(golden, `output.${key}`, guided(results, familyCase(name).outputs, scale, channels));
  });
}

test('uvit_tiny: out + S (out - null), which is a scale of 1 + S', () => {
  const golden = familyGolden('uvit_tiny');
  const inputs = familyCase('uvit_tiny').inputs(inputOf(golden));
  const run = (y: HostTensor): HostTensor =>
    evaluate(familyModel('uvit_tiny').inference, { inputs: { ...inputs, y }, weights: golden.tensors, batch: 4 }).eps!;
  const [cond, uncond] = [run(inputs.y!), run({ ...inputs.y!, data: Int32Array.of(10, 10, 10, 10) })];
  const guide = blockRunner('guide', {}, 'std/samplers.dit');
  const scale = tensor([4], [1.4, 1.4, 1.4, 1.4]);
  const out = Object.values(guide({ cond, uncond, scale }))[0]!;
  assertGolden(golden, 'output.guided_0.4', toChannelsFirst({ ...cond, data: out }));
});

for (const name of ['pixart_tiny', 'pixart_ms_tiny'] as const) {
  test(`${name}: the fixed caption in the place of a dropped one`, () => {
    const golden = familyGolden(name);
    const inputs = familyCase(name).inputs(inputOf(golden));
    const dropped = {
      ...inputs,
      drop: allBools(true, inputs.t!.shape[0]!),
      mask: allBools(true, ...inputs.mask!.shape),
      text: { ...inputs.text!, data: inputs.text!.data.map(() => 7) },
    };
    const batch = inputs.t!.shape[0]!;
    const results = evaluate(familyModel(name).inference, { inputs: dropped, weights: golden.tensors, batch });
    assertGolden(golden, 'output.null_out', familyImage(name, results));
  });
}

for (const name of ['flux_dev_tiny', 'flux_schnell_tiny'] as const) {
  test(`${name}: pairs turn by [[cos, -sin], [sin, cos]]`, () => {
    const golden = familyGolden(name);
    const inputs = familyCase(name).inputs(inputOf(golden));
    const batch = inputs.t!.shape[0]!;
    const { results, seen } = observed(familyModel(name).inference, { inputs, weights: golden.tensors, batch });
    assertGolden(golden, familyKey(name), familyImage(name, results));
    const angle = seen.get('Flux.angle:0')!;
    const turns = [...angle.data].flatMap((a, i) =>
      i % 2 === 0 ? [Math.cos(a), -Math.sin(a), Math.sin(a), Math.cos(a)] : [],
    );
    const shape = golden.tensors.get('output.hidden.rope')!.shape;
    assert.is(
      shape[0]! * turns.length,
      shape.reduce((product, size) => product * size, 1),
    );
    const data = Float64Array.from(Array.from({ length: shape[0]! }, () => turns).flat());
    assertGolden(golden, 'output.hidden.rope', { dtype: 'f32', shape, data });
  });
}

test.run();
