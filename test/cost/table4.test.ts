/** The figures that Peebles & Xie 2023 print, Tables 1 and 4: their Gflops are MACs, their params millions. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { targetCost } from '../../compiler/cost/target-cost.ts';
import { modelOf, specFile } from './model.ts';

const spec = specFile('dit.dit');
const cost = (preset: string) => targetCost(preset, modelOf(spec, preset));

/** preset, Gflops, params (M), depth, width, tokens */
const TABLE_4: readonly [string, number, number, number, number, number][] = [
  ['DiT-S/8', 0.36, 33, 12, 384, 16],
  ['DiT-S/4', 1.41, 33, 12, 384, 64],
  ['DiT-S/2', 6.06, 33, 12, 384, 256],
  ['DiT-B/8', 1.42, 131, 12, 768, 16],
  ['DiT-B/4', 5.56, 130, 12, 768, 64],
  ['DiT-B/2', 23.01, 130, 12, 768, 256],
  ['DiT-L/8', 5.01, 459, 24, 1024, 16],
  ['DiT-L/4', 19.7, 458, 24, 1024, 64],
  ['DiT-L/2', 80.71, 458, 24, 1024, 256],
  ['DiT-XL/8', 7.39, 676, 28, 1152, 16],
  ['DiT-XL/4', 29.05, 675, 28, 1152, 64],
  ['DiT-XL/2', 118.64, 675, 28, 1152, 256],
  ['DiT-XL/2-in-context', 119.37, 449, 28, 1152, 258],
  ['DiT-XL/2-cross-attention', 137.62, 598, 28, 1152, 256],
  ['DiT-XL/2-adaLN', 118.56, 600, 28, 1152, 256],
  ['DiT-XL/2-512', 524.6, 675, 28, 1152, 1024],
];

for (const [preset, gflops, millions] of TABLE_4) {
  test(`Table 4: ${preset}`, () => {
    const { work, params } = cost(preset);
    assert.ok(Math.abs(work.macs / 1e9 - gflops) <= (preset.endsWith('512') ? 0.07 : 0.02), `${work.macs}`);
    assert.is(Math.round(params.trainable / 1e6), millions);
  });
}

test('one more for each element of the norms before attention and MLP: all but B/4 to the printed digit', () => {
  const missed = TABLE_4.filter(([preset, gflops, , depth, width, tokens]) => {
    const macs = cost(preset).work.macs + 2 * depth * width * tokens;
    return (macs / 1e9).toFixed(2) !== gflops.toFixed(2);
  });
  assert.equal(
    missed.map(([preset]) => preset),
    ['DiT-B/4'],
  );
});

test('Table 1: Gflops of the sizes with patches of 4', () => {
  const table: readonly [string, number][] = [
    ['DiT-S/4', 1.4],
    ['DiT-B/4', 5.6],
    ['DiT-L/4', 19.7],
    // Table 4 has 29.05 for the 29.1 that Table 1 has
    ['DiT-XL/4', 29.1],
  ];
  for (const [preset, gflops] of table) assert.ok(Math.abs(cost(preset).work.macs / 1e9 - gflops) <= 0.06, preset);
});

test('DiT-S/8 by hand', () => {
  const [depth, width, tokens, classes] = [12, 384, 16, 1000];
  const block = tokens * 12 * width ** 2 + 2 * tokens ** 2 * width + 6 * width ** 2;
  const embedding = tokens * 4 * 8 * 8 * width + 256 * width + width ** 2;
  const head = 2 * width ** 2 + tokens * width * 8 * 8 * 8;
  const found = cost('DiT-S/8');
  assert.is(found.work.macs, depth * block + embedding + head);
  assert.is(found.params.frozen, tokens * width);
  const blockParams = 12 * width ** 2 + 9 * width + 6 * width ** 2 + 6 * width;
  const embeddingParams = 4 * 8 * 8 * width + width + 256 * width + width + width ** 2 + width + (classes + 1) * width;
  const headParams = 2 * width ** 2 + 2 * width + width * 8 * 8 * 8 + 8 * 8 * 8;
  assert.is(found.params.trainable, depth * blockParams + embeddingParams + headParams);
  assert.is(found.weightBytes, 4 * found.params.total);
  assert.is(found.tokens, tokens);
});

test.run();
