/** Reference numbers of `test/golden/reference`, and how near to them one must come. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { openSafetensors } from '../../runtime/weights/safetensors.ts';

const folder = fileURLToPath(new URL('../golden/reference/', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: files of numbers, each with its own layout
export const goldenJson = (name: string): any => JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8'));

export interface GoldenArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export function goldenArrays(name: string): (key: string) => GoldenArray {
  const file = openSafetensors(`${folder}${name}.safetensors`);
  if (!file.ok) throw new Error(file.problem.message);
  return (key) => {
    const tensor = file.value.read(key);
    if (!tensor.ok) throw new Error(tensor.problem.message);
    return tensor.value as GoldenArray;
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
