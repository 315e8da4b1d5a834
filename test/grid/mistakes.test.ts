/** What is wrong with a grid as a whole: said once, at its place, before a point is looked at. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveGrid } from '../../compiler/grid/grid.ts';
import { specOf } from '../specs/open.ts';
import { checks, resolved, toyGrid } from './planned.ts';

const WRONG: readonly [body: string, code: RegExp][] = [
  ['dpth: [1]', /^D0606 `dpth`/],
  ['size.wdth: [1]', /^D0606 `size.wdth`/],
  ['depth: []', /^D0305 .*an empty one/],
  ['depth: 3', /^D0305 .*a list of values/],
  ['depth: [1.5]', /^D0306 /],
  ['act: [1]', /^D0305 .*a block/],
  ['seed: [0.5]', /^D0306 /],
  ['seed: [-1]', /^D0305 .*from 0/],
  ['zip { depth: [1, 2], size.width: [8] }', /^D0607 .*2 and 1/],
  ['zip { }', /^D0305 expected axes in the zip, found none/],
  ['path to "othr"', /^D0601 /],
  ['depth: [1, 2]\nact: [silu]\ndepth: [2, 4]', /^D0613 the grid sets `depth` twice/],
  ['seed: [1]\nseed: [2]', /^D0613 .*`seed`/],
  ['recipe.lr: [1]\nzip { depth: [1], recipe.lr: [2] }', /^D0613 .*`recipe.lr`/],
  ['recipe.schedule.steps: [1]\nrecipe.schedule: [linear]', /^D0613 .*`recipe.schedule.steps`/],
  ['size.width: [4, 8]\nsize: [small, large]', /^D0613 .*`size.width`/],
  ['depth: [1, 2]\nmatch macs +- 1% by depth step 1', /^D0613 .*`depth`/],
  ['path to "other"\ndepth: [1, 2]', /^D0613 .*`depth`/],
  ['path to "other"\nmatch macs +- 1% by depth step 1', /^D0613 .*`depth`/],
  ['path to "other"\nleave_one_out to Toy(depth: 9)', /^D0613 .*`depth`/],
  ['where parms < 2', /^D0201 .*`parms`/],
  ['where macs', /^D0305 expected a condition, found a number/],
  ['where depth > 0 and act', /^D0305 expected a condition, found the op `gelu`/],
  ['where size.wdth == 3', /^D0214 `Size` has no field `wdth`/],
  ['where depth > 0 or size.wdth == 3', /^D0214 `Size` has no field `wdth`/],
  ['where depth.x == 3', /^D0214 `depth`, an int, has no field `x`/],
  ['where depth == 1 / 0', /^D0312 division by zero/],
  ['depth: [1, 2]\nwhere macs < "3"', /^D0305 .*for `<`, found the string "3"/],
  ['where params == "3"', /^D0305 expected a number beside `params`, found the string "3"/],
  ['where macs or depth == 2', /^D0305 .*found a number/],
  ['recipe.optimizer.beta3: [1, 2]', /^D0322 `adamw` has no parameter `beta3`/],
  ['recipe.objective.los: [1]', /^D0214 `Objective` has no field `los`/],
  ['recipe.lr.x: [1]', /^D0214 `lr` has no field `x`/],
  ['recipe.lrr: [1, 2]\ndepth: [1, 2]', /^D0701 recipes have no field `lrr`/],
  ['recipe.optimizer: [adam]', /^D0702 `optimizer` needs a block/],
];
for (const [body, code] of WRONG) {
  test(`wrong: ${body}`, () => {
    const { codes, grid } = resolved(toyGrid(body));
    assert.is(grid, undefined);
    assert.is(codes.length, 1);
    assert.match(codes[0]!, code);
  });
}

test('recipe axes without a recipe: nothing says what they change', () => {
  const { codes } = resolved(toyGrid('recipe.lr: [1e-3]\nrecipe.batch: [2]', '"toy"'));
  assert.equal(codes, ['D0305 expected a recipe for the axis `recipe.lr`, found none']);
});

const SAID: readonly [marked: string, help: RegExp][] = [
  ['size.«wdth»: [1]', /^did you mean `size\.width`\? it has `size\.width`, `size\.ratio`$/],
  ['depth.«x»: [1]', /^`depth` has no fields$/],
  ['«recipe»: [1]', /`recipe\.lr: \[1e-3, 2e-3\]`/],
  ['«width»: [8, 16]', /^did you mean `size\.width`\?$/],
  ['«lr»: [1e-3, 2e-3]', /^did you mean `recipe\.lr`\?$/],
  ['depth: «[]»', /^a grid multiplies its axes/],
  ['where «width» == 8', /^did you mean `size\.width`\?$/],
  ['depth: [1]\nmatch macs +- 1% by «ratio» step 1', /^did you mean `size\.ratio`\?$/],
  ['depth: [1]\nmatch macs +- 1% to «"other"» by size.ratio step 1', /^without `to` the goal is the base/],
  ['act: [«"silu"»]', /^without quotes: `silu`$/],
  ['depth: [1, «"2"»]', /^without quotes: `2`$/],
  ['depth: «-1»', /^one value is `\[-1\]`/],
  ['where depth == 1 and «mcs» < 3', /^did you mean `macs`\?$/],
  ['recipe.optimizer: [adamw], «recipe.optimizer.beta3»: [1]', /^did you mean `beta1`\?$/],
];
for (const [marked, help] of SAID) {
  test(`said at its place: ${marked}`, () => {
    const spec = specOf(toyGrid(marked.replaceAll(/[«»]/g, '')));
    const { diagnostics } = resolveGrid(spec, spec.entry.grids.get('g')!, checks);
    assert.is(diagnostics.length, 1);
    const { place, help: said } = diagnostics[0]!;
    assert.is(place.source.text.slice(place.span.start, place.span.end), /«(.*)»/.exec(marked)![1]);
    assert.match(said!, help);
  });
}

test('what is wrong for some points only is no mistake of the grid', () => {
  for (const body of [
    'depth: [1, 2]\nwhere 1 / (depth - 1) > 0',
    'depth: [1, 2]\nsigma: [false, true]\nwhere depth == 1 or 1 / (depth - 1) > 0',
    'recipe.lr: [-1, 1e-3]',
    // 1 / 0 but where both differ from the first
    `depth: 1..30\nsize.width: 1..30\nwhere 1 / ((depth - 1) * (size.width - 1)) > 0`,
  ])
    assert.equal(resolved(toyGrid(body)).codes, [], body);
});

test.run();
