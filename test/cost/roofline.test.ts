/** Time on a device, by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PRECISIONS } from '../../compiler/cost/devices/device.ts';
import { DEVICES } from '../../compiler/cost/devices/devices.ts';
import { modelCost } from '../../compiler/cost/module.ts';
import { estimate } from '../../compiler/cost/roofline.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import { modelOf, specFile, specOf } from './model.ts';

const device = {
  title: 'a slide rule',
  matmul: { f32: 100, bf16: 200 },
  vector: 10,
  bandwidth: 1000,
  source: 'this test',
};
const rowsOf = (body: string) =>
  modelCost(asRun(modelOf(specOf(`use std.nn { Linear }\nmodel M() {\n${body}\n}`)).inference), 1).rows;

test('a product that computes, a sum that computes less than it moves', () => {
  // 2 · 10 · 10 FLOPs and 4 · (10 + 100 + 10) bytes: 2 s against 0.48 s
  const rows = rowsOf('input x: image[N, 10]\noutput y = Linear(x, 10, bias: false) as fc');
  const found = estimate(rows, 'slide-rule', device, 'f32', 1)!;
  assert.is(found.seconds, 2);
  assert.equal([found.atLeast, found.mfu, found.bound], [2, 1, 'compute']);
  assert.equal(found.ops, [{ op: 'einsum', seconds: 2, share: 1, bound: 'compute' }]);
  // twice the rate, half the bytes: 1 s against 0.24 s
  assert.is(estimate(rows, 'slide-rule', device, 'bf16', 1)!.seconds, 1);
  const slow = estimate(rows, 'slide-rule', { ...device, bandwidth: 96 }, 'f32', 1)!;
  assert.equal([slow.seconds, slow.bound, slow.mfu], [5, 'memory', 0.4]);
});

test('what is no product runs at the other rate', () => {
  // 10 FLOPs at 10 a second; 80 bytes at 1000
  const { seconds, atLeast } = estimate(rowsOf('input x: image[N, 10]\noutput y = x + 1'), '', device, 'f32', 1)!;
  assert.equal([seconds, atLeast], [1, 0]);
});

test('a precision that a device has not', () => {
  assert.is(estimate(rowsOf('input x: image[N, 10]\noutput y = x + 1'), '', device, 'tf32', 1), undefined);
});

test('profiles: faster in fewer bits, with a source; a model takes longer on a smaller device', () => {
  for (const [name, profile] of Object.entries(DEVICES)) {
    const rates = PRECISIONS.flatMap((precision) => (profile.matmul as Record<string, number>)[precision] ?? []);
    assert.ok(rates.length > 0 && rates.every((rate, at) => at === 0 || rate >= rates[at - 1]!), name);
    assert.ok(profile.source.length > 20, name);
  }
  const { rows } = modelCost(asRun(modelOf(specFile('dit.dit'), 'DiT-XL/2').inference), 1);
  const times = (['h100-sxm', 'a100-80gb', 'm3-max', 'cpu-2-core'] as const).map(
    (name) => estimate(rows, name, DEVICES[name], 'f32', 1)!.seconds,
  );
  assert.ok(
    times.every((time, at) => at === 0 || time > times[at - 1]!),
    String(times),
  );
  // 237 GFLOPs of products at 66.9 TFLOPs a second
  assert.ok(times[0]! > 237.2e9 / 66.9e12);
});

test.run();
