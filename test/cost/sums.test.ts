/** Parts add up to the whole, whatever they are grouped by; weights are counted once. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { costByRole, groupRows, type ModuleCost, modelCost } from '../../compiler/cost/module.ts';
import { ranges } from '../../compiler/cost/repeats.ts';
import { runCost, targetCost, workByScope } from '../../compiler/cost/target-cost.ts';
import { type RunWork, workOf } from '../../compiler/cost/work.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import { modelOf, presetsOf, specFile, specFiles, specOf } from './model.ts';

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);

for (const file of specFiles) {
  const spec = specFile(file);
  for (const preset of presetsOf(spec)) {
    test(`${preset}: rows, roles, scopes and modules`, () => {
      const model = modelOf(spec, preset);
      const cost = targetCost(preset, model);
      const { rows, root, work, params } = cost;
      const whole = { macs: work.macs, flops: work.flops, read: work.read, written: work.written };
      for (const field of ['macs', 'flops', 'read', 'written'] as const) {
        assert.is(sum(rows.map((row) => row[field])), whole[field], field);
        assert.is(root[field], whole[field], field);
        assert.is(sum(costByRole(rows).map((role) => role[field])), whole[field], field);
      }
      assert.equal([root.trained, root.frozen, root.weightBytes], [params.trainable, params.frozen, cost.weightBytes]);
      assert.is(sum(rows.map((row) => row.trained + row.frozen)), params.total);
      // every weight, listed one by one
      const listed = weightsOf(model.training);
      assert.is(
        sum(listed.map(({ weight }) => weight.type.shape.reduce<number>((size, dim) => size * Number(dim), 1))),
        params.total,
      );
      const counts = groupRows(rows, ({ op }) => op);
      assert.is((counts.get('param')?.count ?? 0) + (counts.get('frozen')?.count ?? 0), listed.length);
      const scope = workByScope(cost);
      assert.is(scope.attention + scope.perToken + scope.perSample, work.macs);
      assert.not(
        costByRole(rows).some(({ role }) => role === 'other'),
        'a product without a role',
      );
      const check = (module: ModuleCost): void => {
        for (const child of module.children) check(child);
        assert.ok(module.macs >= sum(module.children.map(({ macs }) => macs)));
      };
      check(root);
    });
  }
}

test('roles by hand: DiT-S/2', () => {
  const { rows } = targetCost('', modelOf(specFile('dit.dit'), 'DiT-S/2'));
  const macs = new Map<string, number>(costByRole(rows).map((role) => [role.role, role.macs]));
  const [depth, width, tokens] = [12, 384, 256];
  assert.is(macs.get('attention scores'), depth * 2 * tokens ** 2 * width);
  assert.is(macs.get('attention projections'), depth * 4 * tokens * width ** 2);
  assert.is(macs.get('mlp'), depth * 8 * tokens * width ** 2);
  assert.is(macs.get('conditioning'), depth * 6 * width ** 2 + 2 * width ** 2 + 256 * width + width ** 2);
  assert.is(macs.get('embedding'), tokens * 4 * 2 * 2 * width);
  assert.is(macs.get('head'), tokens * width * 2 * 2 * 8);
});

const SHARED = `
use std.nn { Linear }
block Half(x: [N, D]) -> [N, D] = Linear(x, D) as fc |> silu
model M() {
  input x: image[N, 10]
  for i in 0..4 { x = Half(x) as shared blocks[i % 2] }
  for i in 0..3 { x = Half(x) as own[i] }
  frozen scale: [10] = 2
  output y = Linear(x, 10) as shared blocks.0.fc |> mul(scale[_, :])
}`;

test('what is shared is counted once, and run as often as it is called', () => {
  const model = modelOf(specOf(SHARED));
  const { rows, root } = modelCost(asRun(model.inference), 1);
  assert.is(root.macs, (4 + 3 + 1) * 100);
  assert.is(root.trained, (2 + 3) * 110);
  assert.is(root.frozen, 10);
  assert.is(sum(rows.map(({ trained }) => trained)), 5 * 110);
  assert.is(root.weightBytes, 4 * (5 * 110 + 10));
  const own = root.children.find(({ name }) => name === 'own[0..2]');
  assert.equal([own?.times, own?.trained, own?.macs], [3, 330, 300]);
});

test('weights of training alone are in the tree', () => {
  const { root, params } = targetCost(
    '',
    modelOf(
      specOf(`
model M() {
  input x: image[N, 10]
  param a: [10] = 1
  h = x * a[_, :]
  if training {
    param b: [7] = 1
    output aux = h[:, :7] * b[_, :]
  }
  output y = h
}`),
    ),
  );
  assert.equal([root.trained, params.trainable], [17, 17]);
});

test('batch, guidance and steps', () => {
  const graph = asRun(modelOf(specFile('dit.dit'), 'DiT-S/8').inference);
  const one = workOf(graph, 1);
  const run = runCost(graph, { batch: 3, guidance: true, steps: 50 });
  assert.is(run.macs, one.macs * 6 * 50);
  assert.is(run.flops, one.flops * 6 * 50);
  // weights are read once, whatever the batch
  assert.ok(run.read < one.read * 6 * 50);
});

test('bytes by hand: a product reads its weight, a view moves nothing, a row of a table is what is read of it', () => {
  const work = (body: string) =>
    workOf(asRun(modelOf(specOf(`use std.nn { Linear }\nmodel M() {\n${body}\n}`)).inference), 2);
  const product = work('input x: image[N, 8]\noutput y = Linear(x, 16, bias: false) as fc');
  assert.equal(
    [product.macs, product.flops, product.read, product.written],
    [2 * 8 * 16, 4 * 8 * 16, 4 * (2 * 8 + 8 * 16), 4 * 2 * 16],
  );
  const view = work('input x: image[N, 8]\noutput y = rearrange(x, "n (a b) -> n a b", a: 2)');
  assert.equal([view.macs, view.flops, view.read, view.written], [0, 0, 0, 0]);
  const row = work('input y: label(9)[N]\nparam table: [9, 16] = 0\noutput z = gather(table, y)');
  assert.equal([row.read, row.written], [4 * 2 * 16 + 4 * 2, 4 * 2 * 16]);
});

test('bytes by hand: one element of a sample is read like any other, a number is not', () => {
  const work = (body: string, n: number) => {
    const { read, written } = workOf(asRun(modelOf(specOf(`model M() {\n${body}\n}`)).inference), n);
    return [read, written];
  };
  for (const n of [1, 5]) {
    // x and t, each once a sample
    assert.equal(work('input x: image[N, 8]\ninput t: timestep[N]\noutput y = x * t[:, _]', n), [4 * 9 * n, 4 * 8 * n]);
    // a column of one
    assert.equal(work('input x: image[N, 1]\noutput y = exp(x)', n), [4 * n, 4 * n]);
    // numbers, as they are written and worked out
    assert.equal(work('input x: image[N, 8]\noutput y = x * 2 + sqrt(3.0)', n), [2 * 4 * 8 * n, 2 * 4 * 8 * n]);
    // the index of a row, and the row
    assert.equal(work('input y: label(9)[N]\nparam table: [9, 1] = 0\noutput z = gather(table, y)', n), [
      4 * Math.min(9, n) + 4 * n,
      4 * n,
    ]);
    // a weight of one element is memory
    assert.equal(work('input x: image[N, 8]\nparam w: [1] = 1\noutput y = x * w[_, :]', n), [
      4 * (8 * n + 1),
      4 * 8 * n,
    ]);
  }
});

test('what a batch reads and writes grows by the same for each sample', () => {
  for (const [file, preset] of [
    ['dit.dit', 'DiT-S/8'],
    ['uvit.dit', 'U-ViT-S/2-cifar10'],
  ] as const) {
    const graph = asRun(modelOf(specFile(file), preset).inference);
    const [one, two, three] = [1, 2, 3].map((n) => workOf(graph, n)) as [RunWork, RunWork, RunWork];
    for (const field of ['read', 'written'] as const)
      assert.is(three[field] - two[field], two[field] - one[field], `${preset} ${field}`);
    assert.is(three.written, 3 * one.written);
  }
});

test('a graph that is called over and over on many levels is counted in no time', () => {
  const levels = 60;
  const blocks = Array.from({ length: levels }, (_, at) =>
    at === 0
      ? 'block B0(x: [N, D]) -> [N, D] = exp(x)'
      : `block B${at}(x: [N, D]) -> [N, D] = B${at - 1}(B${at - 1}(x) + 1)`,
  );
  const model = modelOf(
    specOf(`${blocks.join('\n')}\nmodel M() {\ninput x: image[N, 1]\noutput y = B${levels - 1}(x)\n}`),
  );
  const { work, root } = targetCost('', model);
  // exp is 1 FLOP an element or more; there are 2^59 of them
  assert.ok(work.flops >= 2 ** 59);
  assert.ok(Math.abs(root.flops / work.flops - 1) < 1e-9);
});

test('ranges', () => {
  const cases: [number[], string][] = [
    [[0, 1, 2, 3, 7], '0..3, 7'],
    [[5], '5'],
    [[2, 0, 1, 1], '0..2'],
    [[0, 2, 4, 6], '0, 2 .. 6'],
    [[0, 4], '0, 4'],
  ];
  for (const [indices, text] of cases) assert.is(ranges(indices), text);
});

test.run();
