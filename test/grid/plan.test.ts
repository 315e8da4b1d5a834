/** What a grid expands to: order, names, settings, and the reasons of what is rejected. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isEntries } from '../../compiler/elaborate/recipe.ts';
import { showTerm } from '../../compiler/elaborate/term.ts';
import { resolveGrid } from '../../compiler/grid/grid.ts';
import { planGrid } from '../../compiler/grid/plan.ts';
import { checkRecipe } from '../../runtime/recipe/recipe.ts';
import { specOf } from '../specs/open.ts';
import { planToy, resolved, toyGrid } from './planned.ts';

const names = (body: string, of?: string): readonly string[] => planToy(body, of).points.map(({ name }) => name);
const reasons = (body: string, of?: string): readonly string[] =>
  planToy(body, of).rejected.map(({ reason }) => reason);

test('axes multiply in written order, the last fastest; names hold what differs, as written', () => {
  assert.equal(names('depth: [1, 2]\nact: [gelu, silu]\nsize: [large]'), [
    'depth=1,act=gelu',
    'depth=1,act=silu',
    'depth=2,act=gelu',
    'depth=2,act=silu',
  ]);
  assert.equal(names('size: [small, large, Size(width: 4)]'), ['size=small', 'size=large', 'size=Size(width:4)']);
  assert.equal(names('size.ratio: [1/2, 1e0, 2.50]'), ['size.ratio=1-2', 'size.ratio=1e0', 'size.ratio=2.50']);
  assert.equal(names(''), ['base']);
});

test('a name that no folder could have is cut at a part and ends in a digest of all that it stands for', () => {
  // parts of 17 letters and a comma: six and the digest are 120
  const axes = (last: string): string => {
    const all = Array.from({ length: 12 }, (_, i) => `recipe.f00000${10 + i}: [1, ${i === 11 ? last : 2}]`);
    return `zip { ${all.join(', ')} }`;
  };
  // fields that no runtime knows
  const names = (body: string): readonly string[] => {
    const spec = specOf(toyGrid(body));
    const { grid } = resolveGrid(spec, spec.entry.grids.get('g')!);
    return [...planGrid(spec, grid!)].map((each) => (each.kind === 'point' ? each.name : each.kind));
  };
  const all = names(axes('2'));
  assert.is(new Set(all).size, 2);
  for (const name of all) assert.match(name, /^(recipe\.f000001\d=[12],?){6}~[0-9a-f]{12}$/);
  // the same point in another grid
  assert.is(names(axes('3'))[0], all[0]);
  const [long, other] = names(`size: [Size(width: 8${' + 0'.repeat(30)}), Size(width: 9${' + 0'.repeat(30)})]`);
  assert.match(long!, /^size=Size\(width:8[+0]{35}~[0-9a-f]{12}$/);
  assert.is.not(long, other);
});

test('an axis of a record, and after it axes and matches of its fields', () => {
  const set = (body: string) => planToy(body).points.map((point) => Object.fromEntries(point.set));
  assert.equal(set('size: [small, large]\nsize.ratio: [1, 2]\nwhere macs < 1024'), [
    { size: 'small', 'size.ratio': '1' },
    { size: 'small', 'size.ratio': '2' },
  ]);
  assert.equal(set('size: [large]\nmatch macs +- 1% by size.ratio step 1'), [{ size: 'large', 'size.ratio': '1' }]);
  assert.equal(names('recipe.schedule: [linear, cosine]\nrecipe.schedule.steps: [10, 20]').length, 4);
});

test('zip goes in step, and multiplies with the rest', () => {
  assert.equal(names('zip { depth: [1, 2], size.width: [16, 8] }\nseed: 0..2'), [
    'depth=1,size.width=16,seed=0',
    'depth=1,size.width=16,seed=1',
    'depth=2,size.width=8,seed=0',
    'depth=2,size.width=8,seed=1',
  ]);
});

test('path: the base, then each difference on top of the ones before, in declared order', () => {
  assert.equal(names('path to "other"'), ['base', 'depth=3', 'depth=3,act=silu', 'depth=3,act=silu,sigma=true']);
});

test('leave_one_out: the base, then each difference alone', () => {
  assert.equal(names('leave_one_out to "other"'), ['base', 'depth=3', 'act=silu', 'sigma=true']);
});

test('points have the settings that their names say', () => {
  const { points } = planToy('size.width: [16]\ndepth: [3]\nact: [silu]\nseed: [7]');
  const { model, seed, facts } = points[0]!;
  assert.is(showTerm(model.settings.get('depth')!), '3');
  assert.is(showTerm(model.settings.get('act')!), 'silu');
  assert.is(seed, 7);
  assert.is(facts.macs, 2 * 3 * 256 * 4);
  assert.is(facts.params, facts.macs);
});

test('fields of the recipe: plain ones, nested braces, arguments of words, parameters of blocks', () => {
  const { points } = planToy(`
    recipe.lr: [1e-3, 2e-3]
    recipe.sample.guidance.scale: [3]
    recipe.schedule.steps: [500]
    recipe.optimizer.beta2: [0.9]
    recipe.ema: [0.99]`);
  assert.equal(
    points.map(({ name }) => name),
    ['recipe.lr=1e-3', 'recipe.lr=2e-3'],
  );
  const { recipe } = points[1]!;
  const show = (name: string): string => {
    const value = recipe.get(name)!.value;
    return isEntries(value) ? [...value.keys()].join() : showTerm(value);
  };
  assert.equal(['lr', 'schedule', 'optimizer', 'ema', 'sample', 'batch'].map(show), [
    '0.002',
    'linear(steps: 500, from: 0.0001, to: 0.02)',
    'adamw(beta2: 0.9)',
    '0.99',
    'steps,guidance',
    '10',
  ]);
});

test('a field that some recipes of a grid do not have rejects the points of those', () => {
  assert.equal(reasons('recipe.lr: [1e-3, warmup(to: 1e-3, steps: 10)]\nrecipe.lr.steps: [20, 30]'), [
    '`lr` has no field `steps`',
    '`lr` has no field `steps`',
  ]);
});

test('what the runtime refuses of a recipe rejects the point', () => {
  const { spec, grid } = resolved(toyGrid('recipe.lr: [1e-3, 1e3]'));
  const outcomes = [...planGrid(spec, grid!, { recipe: (recipe) => checkRecipe(recipe).diagnostics })];
  assert.equal(
    outcomes.map(({ kind }) => kind),
    ['point', 'rejected'],
  );
});

test('an objective that reads what the model does not put out rejects the point', () => {
  assert.equal(reasons('recipe.objective: [simple, ddpm]\nsigma: [false, true]'), [
    'the objective `ddpm` reads `sigma`, which neither the model nor the schedule gives',
  ]);
});

test('equal work is one point, and said', () => {
  const { outcomes } = planToy('size: [small, Size(width: 8)]\nsize.ratio: [4, 4.0]');
  assert.equal(
    outcomes.map((each) => (each.kind === 'duplicate' ? each.of : each.kind)),
    ['point', 'size=small,size.ratio=4', 'size=small,size.ratio=4', 'size=small,size.ratio=4'],
  );
  assert.equal(names('seed: [1, 1, 2]\nrecipe.lr: [1e-3, 0.001]'), ['seed=1,recipe.lr=1e-3', 'seed=2,recipe.lr=1e-3']);
});

const WHERE: readonly [where: string, kept: readonly string[], reason: string][] = [
  ['depth < 3', ['depth=1', 'depth=2'], 'depth 3 is not below 3'],
  ['depth >= 3', ['depth=3'], 'depth 1 is below 3'],
  ['depth != 2 and depth > 1', ['depth=3'], 'depth 1 is not above 1'],
  ['depth != 1', ['depth=2', 'depth=3'], 'depth is 1'],
  ['size.width * depth == 16', ['depth=2'], 'size.width * depth is 8, which is not 16'],
  ['depth % 2 == 0', ['depth=2'], 'depth % 2 is 1, which is not 0'],
  // 512 a layer
  ['macs < 1023.9 or depth == 9', ['depth=1'], '`macs < 1023.9 or depth == 9` does not hold'],
  ['1000 * macs + 0.2 < 512000.1', [], '1000 * macs + 0.2 is 512.0002K, which is not below 512.0001K'],
  ['1000 * macs + 0.2 < 512 * 1000 + 0.1', [], '1000 * macs + 0.2 is 512.0002K, which is not below 512.0001K'],
  ['macs <= 1K', ['depth=1'], 'macs 1.024K is above 1K'],
  ['params > 1024 and depth < 9', ['depth=3'], 'params 512 is not above 1024'],
  ['not (depth == 1)', ['depth=2', 'depth=3'], '`not (depth == 1)` does not hold'],
  ['flops / macs > 1', ['depth=1', 'depth=2', 'depth=3'], ''],
  [
    'activation_bytes > 0 and weight_bytes == 4 * (params + frozen) and frozen == 0 and tokens == 0 and seed == 0',
    ['depth=1', 'depth=2', 'depth=3'],
    '',
  ],
];
for (const [where, kept, reason] of WHERE) {
  test(`where ${where}`, () => {
    assert.equal(names(`depth: [1, 2, 3]\nwhere ${where}`), kept);
    if (reason !== '') assert.is(reasons(`depth: [1, 2, 3]\nwhere ${where}`)[0], reason);
  });
}

test('a member of an enum in a condition is said by its name', () => {
  const { grid, spec } = resolved(`dit 1
enum Kind { a, b }
model M(kind: Kind = a) {
  input x: image[N, 8]
  output eps = if kind == a { x } else { 2 * x }
}
grid g of M { kind: [a, b], where kind == b }
`);
  const [first] = [...planGrid(spec, grid!)];
  assert.is('reason' in first! && first.reason, 'kind a is not b');
});

test('where sees what match has chosen', () => {
  assert.equal(reasons('size.width: [16]\nmatch macs +- 1% by size.ratio step 1/4\nwhere size.ratio >= 2'), [
    'size.ratio 1 is below 2',
  ]);
});

test('a point that cannot be built is rejected in the words of the spec', () => {
  assert.equal(reasons('size.width: [8, 2000]'), ['the hidden layer is too wide']);
  assert.match(reasons('size.ratio: [1/3]')[0]!, /must be an int/);
  // no layers are a model, fewer are none
  assert.equal(
    reasons('depth: [2, 0, -1, -3]'),
    [-1, -3].map((end) => `the range 0..${end} ends before it begins`),
  );
});

test('a grid that is too large is refused with its size, before a point is looked at', () => {
  const { spec, codes } = resolved(toyGrid('depth: 1..1001\nsize.width: 1..1001\nseed: 0..101'));
  assert.equal(codes, ['D0901 the grid `g` has 101M combinations: more than 10M']);
  assert.is(spec.instances.size, 0);
});

test('of a million combinations only those that the parameters allow are built', () => {
  const { spec, grid } = resolved(
    toyGrid(`depth: 1..101
    size.width: 1..101
    size.ratio: 1..101
    where depth * size.width == 100 and size.width == 100 and size.ratio <= 2`),
  );
  const points: string[] = [];
  let rejected = 0;
  for (const outcome of planGrid(spec, grid!)) {
    if (outcome.kind === 'point') points.push(outcome.name);
    else rejected++;
  }
  assert.equal(points, ['depth=1,size.width=100,size.ratio=1', 'depth=1,size.width=100,size.ratio=2']);
  assert.is(rejected, 999_998);
  // a Layer and the two kinds of Linear that each needs, under two keys at most
  assert.ok(spec.instances.size <= 2 * 2 * 3, `${spec.instances.size} instances`);
});

test('a default that is made of what match moves is not judged before it has moved', () => {
  const text = `dit 1
use std.nn { Linear }
model M(width: int = 8, half: int = width / 2, extra: int = 0) {
  input x: image[N, 8]
  h = Linear(x, width, bias: false)
  output eps = Linear(h, 8 + 0 * half + 0 * extra, bias: false) as out
}
grid g of M {
  extra: [1]
  match macs +- 1% to 256 by width step 2
  where half >= 8
}
`;
  const { grid, spec } = resolved(text);
  // 8 · width · 2 = 256: width 16, half 8
  const [point] = [...planGrid(spec, grid!)];
  assert.is(point!.kind, 'point');
  assert.is(point!.set.get('width'), '16');
});

test.run();
