/**
 * Points of seeded specs are what each is in a spec of its own, whatever their spec made before them, with and without a
 * memory of statements. `node --import tsx test/elaborate/random-spec.test.ts FROM TO` tries those seeds.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rememberStatements } from '../../compiler/elaborate/remember.ts';
import type { Spec } from '../../compiler/elaborate/spec.ts';
import { seeded } from '../fuzz/random.ts';
import { specOf } from '../specs/open.ts';
import { pointOf, type Setting } from './like-alone.ts';
import { randomSpec } from './random-spec.ts';

const [from, to] = process.argv.slice(2).map(Number);

/** The last made equal calls call two graphs, where some instances were forgotten. */
const SEEDS =
  from === undefined || to === undefined
    ? [...Array.from({ length: 16 }, (_, seed) => seed), 279, 1006, 1232, 1234]
    : Array.from({ length: to - from }, (_, index) => from + index);

const plain = (): void => undefined;
const WAYS: Readonly<Record<string, (spec: Spec) => void>> = {
  'one after the other': plain,
  remembered: ({ instances }) => rememberStatements(instances),
};

function shuffled<T>(list: readonly T[], seed: number): readonly T[] {
  const random = seeded(seed);
  const left = [...list];
  return list.map(() => left.splice(random.below(left.length), 1)[0]!);
}

const show = (set: Setting): string => [...set].map((each) => each.join('=')).join(' ');

for (const seed of SEEDS)
  test(`seed ${seed}`, () => {
    const { text, points } = randomSpec(seed);
    const opened = specOf(text).diagnostics.filter(({ severity }) => severity === 'error');
    assert.equal(opened, [], text);
    const alone = new Map(points.map((set) => [set, pointOf(specOf(text), 'M', set)]));
    for (const [set, point] of alone)
      if ('graphs' in point)
        for (const { differs, problems } of point.graphs)
          assert.equal([differs, problems], [[], []], `folded and unrolled, ${show(set)}\n${text}`);
    for (const [way, begin] of Object.entries(WAYS)) {
      const spec = specOf(text);
      begin(spec);
      const before: string[] = [];
      for (const [index, set] of shuffled(points, seed).entries()) {
        assert.equal(
          pointOf(spec, 'M', set),
          alone.get(set),
          `${way}: ${show(set)} after ${before.join('; ')}\n${text}`,
        );
        before.push(show(set));
        if (index !== 4) continue;
        begin(spec);
        spec.instances.forget();
      }
    }
  });

test.run();
