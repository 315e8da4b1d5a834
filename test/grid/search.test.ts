/** The search behind `match` finds what looking at every value finds. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FEW, nearestIndex } from '../../compiler/grid/search.ts';

/** the first of the nearest, the plain way */
function exhaustive(numbers: readonly (number | undefined)[], wanted: number): number | undefined {
  let best: number | undefined;
  numbers.forEach((value, index) => {
    if (value === undefined) return;
    if (best === undefined || Math.abs(value - wanted) < Math.abs(numbers[best]! - wanted)) best = index;
  });
  return best;
}

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Make = (next: () => number, length: number) => number[];

/** sums of steps, many of them 0, so that equal neighbours are common */
const rising: Make = (next, length) => {
  let at = Math.floor(next() * 20);
  return Array.from({ length }, () => (at += next() < 0.6 ? 0 : Math.floor(next() * 5)));
};
const falling: Make = (next, length) => rising(next, length).reverse();
const wild: Make = (next, length) => Array.from({ length }, () => Math.floor(next() * 50));
const flat: Make = (next, length) => new Array(length).fill(Math.floor(next() * 9));

const KINDS: readonly [name: string, make: Make, longest: number][] = [
  ['rising', rising, 1000],
  ['falling', falling, 1000],
  ['flat', flat, 1000],
  ['in any order, few', wild, FEW],
];

for (const [name, make, longest] of KINDS) {
  test(`${name}: the same index as looking at all`, () => {
    const next = random(7);
    for (let round = 0; round < 400; round++) {
      const length = 1 + Math.floor(next() * longest);
      const holes = next() < 0.5 ? 0 : next();
      const numbers = make(next, length).map((value) => (next() < holes ? undefined : value));
      const wanted = Math.floor(next() * 60) + (next() < 0.5 ? 0.5 : 0);
      assert.is(
        nearestIndex(length, (index) => numbers[index], wanted),
        exhaustive(numbers, wanted),
        `round ${round}: ${JSON.stringify(numbers)} for ${wanted}`,
      );
    }
  });
}

test('a turn among many is noticed, and then all are looked at', () => {
  const numbers = Array.from({ length: 500 }, (_, index) => Math.abs(index - 250));
  assert.is(
    nearestIndex(500, (index) => numbers[index], 0),
    250,
  );
});

test('of many that rise, few are looked at', () => {
  let looks = 0;
  const index = nearestIndex(
    100_000,
    (at) => {
      looks++;
      return at;
    },
    12_345.4,
  );
  assert.is(index, 12_345);
  assert.ok(looks < 100, `${looks} looks`);
});

test('where nothing has a number there is none', () => {
  assert.is(
    nearestIndex(300, () => undefined, 1),
    undefined,
  );
  assert.is(
    nearestIndex(0, () => 1, 1),
    undefined,
  );
});

test.run();
