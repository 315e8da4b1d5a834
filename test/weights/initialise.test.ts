import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { instantiate, openSpec } from '../../compiler/elaborate/spec.ts';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Init } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { f32, type TensorType } from '../../compiler/ir/type.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { type Initial, initialise } from '../../runtime/weights/initialise.ts';
import { statistics } from '../../runtime/weights/statistics.ts';
import { kolmogorov, normal } from '../random/kolmogorov.ts';

interface Official {
  readonly total: number;
  readonly trainable: number;
  readonly params: Readonly<Record<string, OfficialWeight>>;
}

interface OfficialWeight {
  readonly shape: readonly number[];
  readonly trainable: boolean;
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly should_be:
    | { kind: 'zeros' }
    | { kind: 'sincos' }
    | { kind: 'normal'; std: number }
    | { kind: 'uniform'; hi: number; std: number };
}

const OFFICIAL: Official = JSON.parse(
  readFileSync(new URL('../golden/weights/init_stats.json', import.meta.url), 'utf8'),
);

const spec = readFileSync(new URL('../../specs/dit.dit', import.meta.url), 'utf8');
const entry = entryOf('specs/dit.dit', spec);
const { model } = instantiate(openSpec(entry, diskLoader(entry)), 'DiT-S/2');
const weights = weightsOf(model!.training);
const started = initialise(weights, 0);

test('DiT-S/2 has the parameters of the official code', () => {
  assert.equal([...started.keys()].sort(), Object.keys(OFFICIAL.params).sort());
  for (const { path, weight } of weights) {
    const { shape, trainable } = OFFICIAL.params[path]!;
    assert.equal([started.get(path)!.shape, weight.trained], [shape, trainable], path);
  }
  const count = [...started.values()].reduce((sum, { data }) => sum + data.length, 0);
  assert.is(count, OFFICIAL.total);
});

// 52 weights are drawn; with each figure within 4.5 standard errors, one seed in a thousand fails one of 104 by chance.
const ERRORS = 4.5;

test('every weight has the distribution of the official initialisation', () => {
  for (const [path, tensor] of started) {
    const { should_be: law, ...official } = OFFICIAL.params[path]!;
    const { mean, std, min, max, count } = statistics(tensor.data);
    if (law.kind === 'zeros')
      assert.ok(
        tensor.data.every((value) => value === 0),
        path,
      );
    else if (law.kind === 'sincos') {
      for (const [ours, theirs] of [
        [mean, official.mean],
        [std, official.std],
        [min, official.min],
        [max, official.max],
      ]) {
        assert.ok(Math.abs(ours! - theirs!) < 1e-6, `${path}: ${ours}, ${theirs}`);
      }
    } else {
      assert.ok(Math.abs(mean) < (ERRORS * law.std) / Math.sqrt(count), `${path}: mean ${mean}`);
      // the standard error of s is σ √(κ - 1) / 2√n; κ is 3 for the normal, 9/5 for the uniform distribution
      const kurtosis = law.kind === 'normal' ? 3 : 9 / 5;
      const error = (law.std * Math.sqrt(kurtosis - 1)) / (2 * Math.sqrt(count));
      assert.ok(Math.abs(std - law.std) < ERRORS * error, `${path}: std ${std}, not ${law.std}`);
      if (law.kind === 'uniform') {
        const bound = Math.fround(law.hi);
        assert.ok(min >= -bound && max <= bound, `${path}: ${min} … ${max}`);
        // P(no number within 14/n of the end) = e^-7 for each end
        assert.ok(max > law.hi * (1 - 14 / count) && min < -law.hi * (1 - 14 / count), `${path}: ${min} … ${max}`);
      }
    }
  }
});

test('shape of the distributions, by Kolmogorov and Smirnov', () => {
  const uniform = started.get('blocks.0.attn.qkv.weight')!.data;
  assert.ok(kolmogorov(uniform, (x) => (x / 0.0625 + 1) / 2) < 1.95);
  const drawn = started.get('t_embedder.mlp.2.weight')!.data.subarray(0, 40_000);
  assert.ok(kolmogorov(drawn, (x) => normal(x / 0.02)) < 1.95);
});

test('weights of one shape are independent, neighbours in a weight too', () => {
  const a = started.get('blocks.0.mlp.fc1.weight')!.data;
  const b = started.get('blocks.1.mlp.fc1.weight')!.data;
  const variance = 2 / (384 + 1536);
  const correlation = (lag: number, of: HostTensor['data'], with_: HostTensor['data']) => {
    let sum = 0;
    for (let i = lag; i < of.length; i++) sum += of[i]! * with_[i - lag]!;
    return sum / variance / of.length;
  };
  const bound = ERRORS / Math.sqrt(a.length);
  assert.ok(Math.abs(correlation(0, a, b)) < bound);
  for (const lag of [1, 2, 3, 4, 384]) assert.ok(Math.abs(correlation(lag, a, a)) < bound, `lag ${lag}`);
});

const initial = (path: string, init: Init, type: TensorType = f32(100)): Initial => ({ path, weight: { type, init } });
const draws: readonly Initial[] = [
  initial('a', { kind: 'normal', std: 2 }),
  initial('b', { kind: 'uniform', bound: 3 }),
  initial('c', { kind: 'xavier_uniform', fanIn: 2, fanOut: 4 }),
];

test('a weight depends on the seed and its path alone', () => {
  const all = initialise(draws, 1);
  for (const one of draws) assert.equal(initialise([one], 1).get(one.path), all.get(one.path));
  assert.equal([...initialise([...draws].reverse(), 1).entries()].reverse(), [...all.entries()]);
  assert.not.equal(initialise(draws, 2).get('a'), all.get('a'));
  const same = initialise([initial('x', draws[0]!.weight.init), initial('y', draws[0]!.weight.init)], 1);
  assert.not.equal(same.get('x')!.data, same.get('y')!.data);
});

test('the scale is that of the initial value', () => {
  const ones = initialise([initial('a', { kind: 'normal', std: 1 })], 1).get('a')!.data;
  assert.equal(
    initialise(draws, 1).get('a')!.data,
    ones.map((value) => 2 * value),
  );
  const { b, c } = Object.fromEntries(initialise(draws, 1));
  assert.ok(b!.data.every((value) => value >= -3 && value < 3) && b!.data.some((value) => Math.abs(value) > 2.5));
  // √(6 / 6) = 1
  assert.ok(c!.data.every((value) => value >= -1 && value < 1) && c!.data.some((value) => Math.abs(value) > 0.9));
});

test('fills and constant tensors, of every dtype', () => {
  const build = createBuilder();
  const table = build.op('arange', [], { size: 3 });
  const graph = build.finish([{ value: table }], { name: 'constant' });
  const made = initialise(
    [
      initial('half', { kind: 'fill', value: 0.5 }, f32(2)),
      initial('table', { kind: 'tensor', graph }, { dtype: 'int', shape: [3] }),
      initial('truth', { kind: 'fill', value: 1 }, { dtype: 'bool', shape: [2] }),
      initial('scalar', { kind: 'fill', value: 3 }, f32()),
    ],
    0,
  );
  assert.equal(Object.fromEntries(made), {
    half: { dtype: 'f32', shape: [2], data: Float32Array.of(0.5, 0.5) },
    table: { dtype: 'int', shape: [3], data: Int32Array.of(0, 1, 2) },
    truth: { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 1) },
    scalar: { dtype: 'f32', shape: [], data: Float32Array.of(3) },
  });
  // what is handed out is not what constants are kept in
  made.get('table')!.data.fill(9);
  const again = initialise([initial('table', { kind: 'tensor', graph }, { dtype: 'int', shape: [3] })], 0);
  assert.equal(again.get('table')!.data, Int32Array.of(0, 1, 2));
});

test.run();
