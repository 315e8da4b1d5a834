/** A study before it runs: what is wrong with one point does not keep the others from theirs. */
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { openSpec } from '../../compiler/elaborate/spec.ts';
import { planStudy } from '../../runtime/study/study-plan.ts';
import { openJob } from '../../runtime/train/job.ts';
import { must, tinySpec, words } from '../train/small-run.ts';

const EVALUATION = { count: 10, seed: 0, nearest: 1 };

function planned(grid: string, set: Readonly<Record<string, string>> = {}) {
  const file = path.join(path.dirname(tinySpec), 'grids.dit');
  const text = `dit 1
use "./tiny.dit" { Tiny, quick }
use "../../specs/std/samplers.dit" { ddim, euler }
grid g of Tiny with quick { ${grid} }
`;
  const entry = entryOf(file, text);
  const overrides = Object.entries(set).map(([name, value]) => ({ path: name, value }));
  return planStudy(openSpec(entry, diskLoader(entry)), 'g', overrides, EVALUATION);
}

function rowsOf(...of: Parameters<typeof planned>) {
  const plan = planned(...of);
  if (!plan.ok) throw new Error(words(plan.refusal));
  const { points, rejected, duplicates } = plan.value;
  return { points, rejected, duplicates, names: points.map(({ index, name }) => `${index} ${name}`) };
}

const ONE_WRONG: readonly [what: string, grid: string, name: string, reason: RegExp][] = [
  ['a value of the recipe', 'recipe.lr: [-1, 1e-2]', '0 recipe.lr=1e-2', /^`lr` must be more than 0$/],
  ['a sampler', 'recipe.sample.step: [euler, ddim]', '0 recipe.sample.step=ddim', /^`euler` needs `velocity`$/],
  ['a length', 'recipe.sample.steps: [2000, 5]', '0 recipe.sample.steps=5', /100 steps cannot keep 2000 of them/],
  ['what runs again', 'recipe.recompute: [7, 0]', '0 recipe.recompute=0', /lets 7 layers run again/],
];
for (const [what, grid, name, reason] of ONE_WRONG)
  test(`${what} that one point cannot have rejects that point`, () => {
    const { names, rejected } = rowsOf(grid);
    assert.equal(names, [name]);
    assert.is(rejected.length, 1);
    assert.match(rejected[0]!.reason, reason);
  });

test('what no point can have is refused, at its place', () => {
  const none = planned('recipe.sample.step: [euler]');
  assert.not.ok(none.ok);
  if (none.ok) return;
  assert.match(words(none.refusal), /^`euler` needs `velocity`$/);
  assert.ok('diagnostics' in none.refusal);
});

const AXES = 'recipe.lr: [1e-3, 1e-2]\nrecipe.sample.guidance.scale: [1, 3]';

test('the recipe is changed before the axes, which are what the names of points say', () => {
  const { points } = rowsOf(AXES, { steps: '7', 'sample.guidance.channels': '1' });
  assert.equal(
    points.map(({ name, job: { recipe } }) => {
      const { scale, channels } = recipe.sample.guidance!;
      return [name, recipe.lr?.to, scale, channels, recipe.steps];
    }),
    [
      ['recipe.lr=1e-3,recipe.sample.guidance.scale=1', 1e-3, 1, 1, 7],
      ['recipe.lr=1e-3,recipe.sample.guidance.scale=3', 1e-3, 3, 1, 7],
      ['recipe.lr=1e-2,recipe.sample.guidance.scale=1', 1e-2, 1, 1, 7],
      ['recipe.lr=1e-2,recipe.sample.guidance.scale=3', 1e-2, 3, 1, 7],
    ],
  );
});

test('a point that was trained is sampled in another way, its axes notwithstanding', () => {
  const { points } = rowsOf(AXES, { steps: '7' });
  const { spec, origin } = points[0]!.job;
  const { recipe } = must(openJob(spec, origin, [{ path: 'sample.guidance.scale', value: '5' }]));
  assert.equal([recipe.sample.guidance!.scale, recipe.lr?.to, recipe.steps], [5, 1e-3, 7]);
});

test('what an axis sets is not changed from outside', () => {
  for (const field of ['lr', 'sample.guidance.scale']) {
    const plan = planned(AXES, { [field]: '3' });
    assert.is(plan.ok ? 'planned' : words(plan.refusal), `grid g: sets \`recipe.${field}\` itself`);
  }
});

test.run();
