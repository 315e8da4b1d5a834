/**
 * Points of seeded specs are what each is in a spec of its own, whatever their spec made before them. `node --import tsx test/elaborate/random-spec.test.ts FROM TO` tries those seeds.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../fuzz/random.ts';
import { specOf } from '../specs/open.ts';
import { pointOf, type Setting } from './like-alone.ts';
import { PICKY, randomSpec } from './random-spec.ts';

const [from, to] = process.argv.slice(2).map(Number);

/** The last made equal calls call two graphs, where some instances were forgotten. */
const SEEDS =
  from === undefined || to === undefined
    ? [
        ...Array.from({ length: 16 }, (_, seed) => seed),
        279,
        1006,
        1232,
        1234,
        ...Array.from({ length: 16 }, (_, index) => PICKY + index),
      ]
    : Array.from({ length: to - from }, (_, index) => from + index);

function shuffled<T>(list: readonly T[], seed: number): readonly T[] {
  const random = seeded(seed);
  const left = [...list];
  return list.map(() => left.splice(random.below(left.length), 1)[0]!);
}

const show = (set: Setting): string => [...set].map((each) => each.join('=')).join(' ');

for (const seed of SEEDS)
  test(`seed ${seed}`, () => {
    const { text, points, near } = randomSpec(seed);
    const opened = specOf(text).diagnostics.filter(({ severity }) => severity === 'error');
    assert.equal(opened, [], text);
    const alone = new Map([...points, ...near].map((set) => [set, pointOf(specOf(text), 'M', set)]));
    for (const [set, point] of alone)
      if ('graphs' in point)
        for (const { differs, problems } of point.graphs)
          assert.equal([differs, problems], [[], []], `folded and unrolled, ${show(set)}\n${text}`);
    for (const sets of [points, near]) {
      const spec = specOf(text);
      const before: string[] = [];
      for (const [index, set] of shuffled(sets, seed).entries()) {
        assert.equal(pointOf(spec, 'M', set), alone.get(set), `${show(set)} after ${before.join('; ')}\n${text}`);
        before.push(show(set));
        if (index === 4) spec.instances.forget();
      }
    }
  });

test.run();
