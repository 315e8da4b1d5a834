import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { philox } from '../../runtime/random/philox.ts';
import { createStream, purposeHash } from '../../runtime/random/stream.ts';
import { kolmogorov, normal } from './kolmogorov.ts';

const draw = (seed: number, purpose: string, step: number, count = 8): number[] => {
  const stream = createStream(seed, purpose, step);
  return Array.from({ length: count }, () => stream.word());
};

test('a stream is the blocks of the generator under its key', () => {
  const [low, high] = purposeHash('noise');
  const seed = 2 ** 40 + 3;
  const block = (index: number) => [...philox([3, 256], [index, 9, low, high])];
  assert.equal(draw(seed, 'noise', 9, 12), [...block(0), ...block(1), ...block(2)]);
});

test('seed, step and purpose each make another stream', () => {
  const streams = [
    draw(1, 'a', 0),
    draw(2, 'a', 0),
    draw(2 ** 32 + 1, 'a', 0),
    draw(1, 'b', 0),
    draw(1, 'a', 1),
    draw(1, 'ab', 0),
    draw(1, 'a\0', 0),
  ];
  assert.is(new Set(streams.flat()).size, 7 * 8);
});

test('hashes of many purposes differ', () => {
  const purposes = Array.from({ length: 20_000 }, (_, i) => `init/blocks.${i >> 3}.attn.qkv.${'abcdefgh'[i & 7]}`);
  assert.is(new Set(purposes.map((purpose) => purposeHash(purpose).join())).size, purposes.length);
});

test('the way numbers are asked for does not change them', () => {
  const whole = new Float32Array(10_000);
  createStream(3, 'noise').fillNormal(whole);
  const parts = createStream(3, 'noise');
  const pieces: number[] = [];
  for (const length of [2, 8, 4090, 6, 5000, 894]) {
    const piece = new Float32Array(length);
    parts.fillNormal(piece);
    pieces.push(...piece);
  }
  assert.equal(pieces, [...whole]);
  const odd = new Float32Array(9_999);
  createStream(3, 'noise').fillNormal(odd);
  assert.equal(odd, whole.subarray(0, 9_999));
});

test('single words and fills share one order', () => {
  const reference = createStream(4, 'x');
  const words = Array.from({ length: 9000 }, () => reference.word());
  const stream = createStream(4, 'x');
  const into = new Float32Array(4999);
  stream.fillUniform(into);
  const then = [stream.word(), stream.word()];
  assert.equal(
    [...into],
    words.slice(0, 4999).map((word) => Math.floor(word / 256) / 2 ** 24),
  );
  assert.equal(then, words.slice(4999, 5001));
});

test('normal numbers are those of Box and Muller', () => {
  const count = 200_000;
  const words = createStream(5, 'x');
  const normals = new Float64Array(count);
  createStream(5, 'x').fillNormal(normals);
  let worst = 0;
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((words.word() + 0.5) / 2 ** 32));
    const angle = ((words.word() + 0.5) / 2 ** 32) * 2 * Math.PI;
    worst = Math.max(
      worst,
      Math.abs(normals[i]! - radius * Math.cos(angle)),
      Math.abs(normals[i + 1]! - radius * Math.sin(angle)),
    );
  }
  assert.ok(worst < 1e-14, `error ${worst}`);
});

// The streams are fixed, so these either hold or do not; at the stated level one seed in a thousand would fail by chance.

test('normal: distribution, moments, pairs and neighbours uncorrelated', () => {
  const n = 100_000;
  const x = new Float32Array(n);
  createStream(6, 'normal').fillNormal(x);
  assert.ok(kolmogorov(x, normal) < 1.95);
  const mean = (f: (value: number, i: number) => number) => x.reduce((sum, value, i) => sum + f(value, i), 0) / n;
  // standard errors: 1, √2, √15, √96, all over √n; 3.29 of them is 0.001
  const bound = 3.29 / Math.sqrt(n);
  assert.ok(Math.abs(mean((v) => v)) < bound);
  assert.ok(Math.abs(mean((v) => v * v) - 1) < Math.SQRT2 * bound);
  assert.ok(Math.abs(mean((v) => v ** 3)) < Math.sqrt(15) * bound);
  assert.ok(Math.abs(mean((v) => v ** 4) - 3) < Math.sqrt(96) * bound);
  for (const lag of [1, 2, 4, 4096])
    assert.ok(Math.abs(mean((v, i) => (i < lag ? 0 : v * x[i - lag]!))) < bound, `lag ${lag}`);
});

test('uniform: distribution, range and resolution', () => {
  const x = new Float32Array(100_000);
  const stream = createStream(7, 'uniform');
  stream.fillUniform(x);
  assert.ok(kolmogorov(x, (u) => u) < 1.95);
  assert.ok(x.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 24)));
  const fine = Array.from({ length: 20_000 }, () => stream.uniform());
  assert.ok(kolmogorov(fine, (u) => u) < 1.95);
  assert.ok(fine.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 53)));
  assert.ok(fine.some((u) => !Number.isInteger(u * 2 ** 52)));
});

test('integers: all equally likely, where the remainder of a word would not be', () => {
  const stream = createStream(8, 'integers');
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 70_000; i++) counts[stream.integer(7)]!++;
  const chi = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  assert.ok(chi < 22.46, `χ² with 6 degrees of freedom is ${chi}, 22.46 is the 0.001 level`);
  // 2³² mod 3·2³⁰ = 2³⁰: the lowest third would come twice as often
  const below = 3 * 2 ** 30;
  let lowest = 0;
  for (let i = 0; i < 30_000; i++) if (stream.integer(below) < 2 ** 30) lowest++;
  assert.ok(Math.abs(lowest - 10_000) < 3.29 * Math.sqrt(30_000 * (1 / 3) * (2 / 3)));
  assert.is(stream.integer(1), 0);
  const many = new Int32Array(5000);
  stream.fillIntegers(many, 3);
  assert.equal([...new Set(many)].sort(), [0, 1, 2]);
});

test('permutations: complete, and all six of three equally likely', () => {
  const order = createStream(9, 'shuffle').permutation(1000);
  assert.equal(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  const stream = createStream(9, 'six');
  const counts = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    const key = stream.permutation(3).join('');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.is(counts.size, 6);
  const chi = [...counts.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
  assert.ok(chi < 20.52, `χ² with 5 degrees of freedom is ${chi}, 20.52 is the 0.001 level`);
  assert.equal([...stream.permutation(0)], []);
});

test('seeds and steps that are none are refused', () => {
  for (const seed of [-1, 0.5, 2 ** 53, Number.NaN]) assert.throws(() => createStream(seed, 'x'));
  for (const step of [-1, 0.5, 2 ** 32]) assert.throws(() => createStream(0, 'x', step));
  for (const below of [0, -1, 2 ** 32 + 1]) assert.throws(() => createStream(0, 'x').integer(below));
});

test.run();
