/** Reference numbers of `test/golden/reference`, and how near to them one must come. */
import * as assert from 'uvu/assert';
import { readGolden } from '../golden.ts';

// biome-ignore lint/suspicious/noExplicitAny: files of numbers, each with its own layout
export const goldenJson = (name: string): any => readGolden(`reference/${name}`).json;

export interface GoldenArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export function goldenArrays(name: string): (key: string) => GoldenArray {
  const { tensors } = readGolden(`reference/${name}`);
  return (key) => {
    const tensor = tensors.get(key);
    if (tensor === undefined) throw new Error(`${name} has no ${key}`);
    return tensor as GoldenArray;
  };
}

const largest = (values: ArrayLike<number>): number =>
  Array.prototype.reduce.call(
    values,
    (most, value) => Math.max(most as number, Math.abs(value as number)),
    0,
  ) as number;

/** max|mine - golden| <= tolerance max(floor, max|golden|) */
export function near(
  mine: ArrayLike<number>,
  golden: ArrayLike<number>,
  tolerance: number,
  what: string,
  floor = 1e-12,
) {
  assert.is(mine.length, golden.length, `${what}: length`);
  const off = largest(Float64Array.from(mine, (value, i) => value - golden[i]!));
  const relative = off / Math.max(floor, largest(golden));
  assert.ok(relative <= tolerance, `${what}: off by ${relative.toExponential(2)}, allowed ${tolerance}`);
}
