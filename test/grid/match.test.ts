/** `match`: which value is chosen, how near it comes, and what is said when nothing is near enough. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planToy, resolved, toyGrid } from './planned.ts';

const row = (body: string) => planToy(body).points.map(({ set, facts }) => [Object.fromEntries(set), facts.macs]);

test('a point outside of the tolerance is moved to the cost of the base', () => {
  // width 16: 1024 · ratio, so ratio 1; width 8 is the base itself
  assert.equal(row('size.width: [8, 16]\nmatch macs +- 1% by size.ratio step 1/4'), [
    [{ 'size.width': '8' }, 1024],
    [{ 'size.width': '16', 'size.ratio': '1' }, 1024],
  ]);
});

test('a point inside of the tolerance stays as it is, though another value would be nearer', () => {
  // depth 3 has 1536; half as much again is just inside of 50 %
  const [, three] = planToy('depth: [2, 3]\nmatch macs +- 50% by size.ratio step 1/4').points;
  assert.equal(three!.set.get('size.ratio'), undefined);
  assert.is(three!.facts.macs, 1536);
  assert.equal([...three!.off], [['macs', 0.5]]);
});

test('an absolute tolerance, another target, another fact', () => {
  // 2 · 2 · 64 · r = 640 for r = 2.5
  const { points } = planToy('seed: [0]\nmatch params +- 0 to 640 by size.ratio step 1/8');
  assert.equal(points[0]!.set.get('size.ratio'), '2.5');
  assert.is(points[0]!.facts.params, 640);
});

test('ints stay ints', () => {
  // depth 2, ratio 2: 512 · depth / 2 = 1024 for depth 4; steps of a half give ints only
  const { points } = planToy('size.ratio: [2]\nmatch macs +- 1% by depth step 1/2');
  assert.equal(points[0]!.set.get('depth'), '4');
});

test('values at which the model cannot be built are passed over', () => {
  // hidden = 8 · ratio is an int only for eighths: of the sixteenths from 4, every other one
  const { points } = planToy('depth: [3]\nmatch macs +- 2% by size.ratio step 1/16');
  // 6 · 64 · r = 1024: r = 2.667, and 2.625 gives 1008, 2.75 gives 1056
  assert.equal(points[0]!.set.get('size.ratio'), '2.625');
  assert.is(points[0]!.facts.macs, 1008);
  assert.ok(Math.abs(points[0]!.off.get('macs')! + 16 / 1024) < 1e-12);
});

test('of two that are equally near the smaller one', () => {
  // 256 · r to 384: 1 gives 256 and 2 gives 512
  const { points } = planToy('seed: [0]\nmatch macs +- 50% to 384 by size.ratio step 1');
  assert.equal(points[0]!.set.get('size.ratio'), '1');
});

test('between a quarter and four times of its own value', () => {
  const { rejected } = planToy('size.width: [4, 32]\nmatch macs +- 1% by size.ratio step 1/2');
  // width 4: 64 · ratio, 16 at most: 1024, which is 4 · 4; width 32: 4096 · ratio, 1 at least
  assert.equal(
    rejected.map(({ reason }) => reason),
    ['no size.ratio makes macs 1.024K ± 10: 1 gives 4.096K, and all others are further above'],
  );
});

test('when nothing is near enough, the nearest on both sides', () => {
  // depth 3: 384 · r; 2.5 gives 960, 3 gives 1152
  const { rejected } = planToy('depth: [3]\nmatch macs +- 1% by size.ratio step 1/2');
  assert.is(rejected[0]!.reason, 'no size.ratio makes macs 1.024K ± 10: 2.5 gives 960, 3 gives 1.152K');
});

test('several matches go one after the other and hold together', () => {
  // tokens are 0 here; params and macs are equal, so the second has nothing left to do
  const both = 'size.width: [16]\nmatch macs +- 1% by size.ratio step 1/4\nmatch params +- 1% by depth step 1';
  assert.equal(Object.fromEntries(planToy(both).points[0]!.set), { 'size.width': '16', 'size.ratio': '1' });
  // the second asks for twice the params, which doubles the macs of the first
  const apart = 'seed: [0]\nmatch macs +- 1% by size.ratio step 1/4\nmatch params +- 1% to 2048 by depth step 1';
  assert.match(planToy(apart).rejected[0]!.reason, /cannot all be met.*macs/);
});

test('seeds do not search again: the instances of blocks are those of one point', () => {
  const one = planToy('size.width: [16]\nmatch macs +- 1% by size.ratio step 1/4').spec.instances.size;
  const many = planToy('seed: 0..50\nsize.width: [16]\nmatch macs +- 1% by size.ratio step 1/4');
  assert.is(many.points.length, 50);
  assert.is(many.spec.instances.size, one);
});

const WRONG: readonly [body: string, code: RegExp][] = [
  ['match mcs +- 1% by size.ratio step 1', /^D0603 .*`mcs`/],
  ['match macs +- 1% by act step 1', /^D0305 expected a number for `by`, found `act`, a block/],
  ['match macs +- 1% by size step 1', /^D0305 expected a number for `by`, found the record `size`/],
  ['match macs +- 1% by size.rtio step 1', /^D0606 .*`size.rtio`/],
  ['match macs +- 1% by size.ratio step 0', /^D0305 .*above 0/],
  ['match macs +- 1% to "2" by size.ratio step 1', /^D0305 .*above 0/],
];
for (const [body, code] of WRONG) {
  test(body, () => {
    const { codes } = resolved(toyGrid(body));
    assert.is(codes.length, 1);
    assert.match(codes[0]!, code);
  });
}

test('a step that is too fine is refused before it is walked', () => {
  const { rejected } = planToy('depth: [3]\nmatch macs +- 1% by size.ratio step 1e-9');
  assert.match(rejected[0]!.reason, /too fine/);
});

test.run();
