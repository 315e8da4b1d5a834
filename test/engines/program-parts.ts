/** What tests of programs are written with: tensors from numbers, state, and how results and refusals are compared. */
import * as assert from 'uvu/assert';
import type { Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { TensorType } from '../../compiler/ir/type.ts';

export const tensor = (shape: readonly number[], values: Iterable<number>): HostTensor => ({
  dtype: 'f32',
  shape,
  data: Float32Array.from(values),
});
export const scalar = (value: number): HostTensor => tensor([], [value]);

/** Reads a state, and lists it as owned. */
export function stateOf(build: Builder, path: string, type: TensorType): Value {
  const weight = { path, type, trained: true, init: { kind: 'fill', value: 0 } } as const;
  build.own({ kind: 'weight', weight, shared: false });
  return build.weight(weight);
}

/** Within 1e-5 of the largest number. */
export const near = (got: ArrayLike<number>, want: readonly number[], what: string): void => {
  const largest = Math.max(...want.map(Math.abs));
  for (const [at, value] of want.entries()) {
    assert.ok(Math.abs(got[at]! - value) <= 1e-5 * largest, `${what}[${at}] is ${got[at]}, not ${value}`);
  }
};

/** Fails with this message. */
export const rejects = async (work: Promise<unknown>, message: string): Promise<void> => {
  let thrown: unknown;
  await work.catch((error) => (thrown = error));
  assert.is(thrown instanceof Error ? thrown.message : undefined, message);
};
