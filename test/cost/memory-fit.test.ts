/** A step of training in a given memory: the fewest layers that run again, the largest batch. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { byteCount } from '../../cli/byte-count.ts';
import { trainPrograms } from '../../cli/cost-training.ts';
import { fitMemory } from '../../compiler/cost/memory-fit.ts';
import { stateBytes, stepCost } from '../../compiler/cost/step-cost.ts';
import { modelOf, specOf } from './model.ts';

const LAYERS = 5;
const spec = specOf(`
use std.nn { Linear }
block Residual(x: [N, T, D]) -> [N, T, D] = x + (Linear(x, 20) as up |> gelu |> Linear(10) as down)
model M() {
  input x: [N, 8, 10]
  for i in 0..${LAYERS} { x = Residual(x) as blocks[i] }
  output y = x
}`);
const found = await trainPrograms(spec, modelOf(spec), undefined);
if ('problem' in found) throw new Error(found.problem);
const programs = found;
const total = (again: number, n: number): number =>
  stateBytes(programs.running(again)).total + stepCost(programs.running(again), n).activationBytes;

test('each layer that runs again costs its first product once more, and holds less', () => {
  assert.is(programs.layers, LAYERS);
  // 8 rows; up and down forward, each weight's gradient, each input's but x of the first layer
  const plain = 8 * 200 * (2 * LAYERS + 2 * LAYERS + 2 * LAYERS - 1);
  for (let again = 0; again <= LAYERS; again++) {
    // down is not run again: nothing in the backward pass needs its result
    assert.is(stepCost(programs.running(again), 1).macs, plain + 8 * 200 * again);
    if (again > 0) assert.ok(total(again, 64) <= total(again - 1, 64), `${again}`);
  }
  // what a layer keeps is up's result, [8, 20] floats, where it runs again only x, which the layer before has anyway
  assert.ok(total(0, 64) - total(LAYERS, 64) > (LAYERS - 2) * 64 * 8 * 20 * 4);
});

test('the fewest layers: one byte less takes one more', () => {
  const again = (memory: number): number | undefined => fitMemory(programs, memory, 64).asked?.again;
  assert.is(again(total(0, 64)), 0);
  for (const fewer of [0, 1, 2]) {
    const next = again(total(fewer, 64) - 1)!;
    assert.ok(next > fewer && total(next, 64) < total(fewer, 64));
    assert.ok(total(next - 1, 64) >= total(fewer, 64));
  }
  assert.is(again(total(LAYERS, 64) - 1), undefined);
});

test('the largest batch fits, and one sample more does not', () => {
  const memory = 10_000_000;
  const { largest } = fitMemory(programs, memory, 1);
  assert.equal(
    largest.map((each) => each.again),
    [0, LAYERS],
  );
  for (const { again, batch } of largest) {
    assert.ok(total(again, batch) <= memory, `${again}`);
    assert.ok(total(again, batch + 1) > memory, `${again}`);
  }
  assert.ok(largest[1]!.batch > largest[0]!.batch);
});

test('where not even the weights fit, nothing does', () => {
  assert.equal(fitMemory(programs, 1000, 1).largest, []);
});

test('amounts of memory', () => {
  const amounts: [string, number][] = [
    ['80GB', 80e9],
    ['80g', 80e9],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['512M', 512e6],
    ['123', 123],
  ];
  for (const [text, bytes] of amounts) assert.is(byteCount(text), bytes, text);
  for (const text of ['', 'GB', '0', '-1G', '1X', '1e9', 'NaN'])
    assert.throws(() => byteCount(text), /like 80GB/, text);
});

test.run();
