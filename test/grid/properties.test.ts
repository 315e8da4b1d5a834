/** What holds for every grid: seeded grids of the toy, with axes, zips, matches and conditions of all kinds. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { factOf } from '../../compiler/cost/facts.ts';
import type { Settings } from '../../compiler/elaborate/model.ts';
import type { Num } from '../../compiler/elaborate/number.ts';
import { setDotted } from '../../compiler/elaborate/point.ts';
import { instantiatePoint } from '../../compiler/elaborate/spec.ts';
import { number } from '../../compiler/elaborate/term.ts';
import { digestOf } from '../../compiler/ir/digest.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { planOf, planToy, toyGrid } from './planned.ts';
import { pick, seeded } from './random-grid.ts';

const ROUNDS = 40;

for (let seed = 0; seed < ROUNDS; seed++) {
  const next = seeded(seed);
  const body = pick(next);
  test(`grid ${seed}: ${body.replaceAll('\n', '; ')}`, () => {
    const { spec, grid, outcomes, points, rejected } = planToy(body);
    assert.is(outcomes.length, grid.size, 'every combination is accounted for');
    assert.is(new Set(points.map(({ name }) => name)).size, points.length, 'names are unique');
    assert.is(new Set(points.map(({ digest }) => digest)).size, points.length, 'digests are unique');
    assert.equal(
      points.map(({ index }) => index),
      points.map((_, index) => index),
    );
    for (const { reason } of rejected) assert.match(reason, /^\S.{8,}[^.]$/);
    for (const point of points) {
      assert.match(point.name, /^[A-Za-z0-9_.+()=:,~-]+$/);
      // what was accepted can be built from its settings alone, and is a sound graph of that digest
      const again = instantiatePoint(spec, { model: grid.base.model, settings: point.model.settings }, 'again');
      assert.equal(again.diagnostics, []);
      assert.equal(verify(point.model.inference), []);
      assert.is(digestOf(again.model!.inference), digestOf(point.model.inference));
      for (const [fact, off] of point.off) assert.ok(Math.abs(off) <= 0.1 + 1e-9, `${fact} is off by ${off}`);
    }
    const second = planOf(toyGrid(body));
    assert.equal(
      second.outcomes.map((each) => (each.kind === 'point' ? [each.name, each.digest] : [...each.set])),
      outcomes.map((each) => (each.kind === 'point' ? [each.name, each.digest] : [...each.set])),
      'the same again, in the same order',
    );
  });
}

test('matching is as near as the nearest of all values, built one by one', () => {
  for (const [body, step, own] of [
    ['depth: [1, 2, 3, 4, 5]\nmatch macs +- 60% by size.ratio step 1/8', 8, 4],
    ['size.width: [4, 8, 12]\nmatch flops +- 60% by size.ratio step 1/4', 4, 4],
    [
      'size: [Size(ratio: 1), Size(ratio: 2), small]\nmatch activation_bytes +- 90% by size.ratio step 1/8',
      8,
      [1, 2, 4],
    ],
  ] as const) {
    const { spec, grid, outcomes } = planToy(body.replace(/\+- \d+%/, '+- 0.0001%'));
    const { points } = planToy(body.replace(/\+- \d+%/, '+- 10000%'));
    const [match] = grid.matches;
    const fact = match!.fact.text as 'macs';
    const base = instantiatePoint(spec, grid.base, '').model!;
    const target = factOf(base.inference, base.training, fact);
    outcomes.forEach((outcome, index) => {
      const given: Settings = points[index]!.model.settings;
      const ratio = typeof own === 'number' ? own : own[index]!;
      let nearest = Infinity;
      for (let i = Math.ceil((ratio / 4) * step); i <= ratio * 4 * step; i++) {
        const value: Num = i / step;
        const settings = setDotted(given, ['size', 'ratio'], number(value))!;
        const { model } = instantiatePoint(spec, { model: grid.base.model, settings }, '');
        if (model !== undefined)
          nearest = Math.min(nearest, Math.abs(factOf(model.inference, model.training, fact) - target));
      }
      if (outcome.kind === 'point') assert.is(Math.abs(outcome.facts[fact] - target), nearest, `${body}, ${index}`);
      else if (outcome.kind === 'rejected') assert.ok(nearest > target * 1e-6, `${body}, ${index}: ${outcome.reason}`);
    });
  }
});

test.run();
