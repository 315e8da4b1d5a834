/** Files of reference numbers: `test/golden/FOLDER/NAME.{safetensors,json}`, and the rule by which a number agrees with them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { HostTensor } from '../compiler/ir/tensor.ts';
import { openSafetensors } from '../runtime/weights/safetensors.ts';

export interface Tolerance {
  readonly tol: number;
  readonly rms_tol: number;
}

export interface Golden {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly json: Record<string, unknown> & {
    readonly float32_vs_float64: Readonly<Record<string, Tolerance>>;
    readonly config: Readonly<Record<string, unknown>>;
  };
}

const unwrap = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.value;
};

/** `readGolden('dit/ops')` */
export function readGolden(name: string): Golden {
  const path = fileURLToPath(new URL(`./golden/${name}`, import.meta.url));
  const file = unwrap(openSafetensors(`${path}.safetensors`));
  const tensors = new Map([...file.tensors.keys()].map((key) => [key, unwrap(file.read(key))]));
  file.close();
  return { name, tensors, json: JSON.parse(readFileSync(`${path}.json`, 'utf8')) };
}

const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => (Math.abs(value) > most || Number.isNaN(value) ? Math.abs(value) : most), 0);

/** Of what moves elements and computes nothing. */
const EXACT: Tolerance = { tol: 0, rms_tol: 0 };

/** That a tensor agrees with the golden of this key within the golden's own tolerance. */
export function assertGolden({ name, tensors, json }: Golden, key: string, actual: HostTensor | undefined): void {
  const golden = tensors.get(key);
  if (golden === undefined) throw new Error(`${name} has no ${key}`);
  assert.ok(actual, `${key} was not computed`);
  const { tol, rms_tol } = json.float32_vs_float64[key] ?? EXACT;
  const reference = [...golden.data];
  assert.is(actual.data.length, reference.length, `${key} has another size`);
  const off = reference.map((value, i) => actual.data[i]! - value);
  const worst = largest(off) / Math.max(0.001, largest(reference));
  const mean = rms(off) / Math.max(0.001, rms(reference));
  assert.ok(worst <= tol, `${name} ${key}: off by ${worst} of the largest, ${tol} is allowed`);
  assert.ok(mean <= rms_tol, `${name} ${key}: off by ${mean} on the whole, ${rms_tol} is allowed`);
}

const permuted = (tensor: HostTensor, order: readonly number[]): HostTensor => {
  const { shape, data } = tensor;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const to = data.slice();
  const sizes = order.map((axis) => shape[axis]!);
  for (let at = 0; at < data.length; at++) {
    let [rest, from] = [at, 0];
    for (let i = sizes.length - 1; i >= 0; i--) {
      from += (rest % sizes[i]!) * strides[order[i]!]!;
      rest = Math.floor(rest / sizes[i]!);
    }
    to[at] = data[from]!;
  }
  return { ...tensor, shape: sizes, data: to };
};

/** An image of PyTorch's, [N, C, H, W], as [N, H, W, C]; and back. */
export const toChannelsLast = (tensor: HostTensor): HostTensor => permuted(tensor, [0, 2, 3, 1]);
export const toChannelsFirst = (tensor: HostTensor): HostTensor => permuted(tensor, [0, 3, 1, 2]);

/** Labels and timesteps are stored as floats. */
export const toInts = ({ shape, data }: HostTensor): HostTensor => ({
  dtype: 'int',
  shape,
  data: Int32Array.from(data),
});
