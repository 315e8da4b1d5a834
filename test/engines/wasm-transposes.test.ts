/** Permutations of many axes, done as several of four. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunKernel, Tensor } from '../../compiler/lower/tfjs/kernels.ts';
import { quickTransposes } from '../../runtime/engines/wasm-transposes.ts';

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** By the definition: out[i_perm[0], i_perm[1], …] = x[i_0, i_1, …] */
function permuted({ shape, data }: Numbers, perm: readonly number[]): Numbers {
  const out = perm.map((axis) => shape[axis]!);
  const result = data.map((_, place) => {
    let rest = place;
    const index = out.map(() => 0);
    for (let at = out.length - 1; at >= 0; at--) {
      index[perm[at]!] = rest % out[at]!;
      rest = Math.floor(rest / out[at]!);
    }
    return data[shape.reduce((offset, extent, axis) => offset * extent + index[axis]!, 0)]!;
  });
  return { shape: out, data: result };
}

const permutations = (axes: readonly number[]): number[][] =>
  axes.length === 0
    ? [[]]
    : axes.flatMap((axis) => permutations(axes.filter((each) => each !== axis)).map((rest) => [axis, ...rest]));

test('every permutation of five axes; what was made on the way is disposed', () => {
  let [open, most] = [0, 0];
  const tensor = (numbers: Numbers) => {
    open++;
    return { ...numbers, dispose: () => void open-- };
  };
  const kernel = ((name: string, { x }: { x: Numbers }, how: { shape: number[]; perm: number[] }) => {
    if (name === 'Reshape') return tensor({ shape: how.shape, data: x.data });
    most = Math.max(most, how.perm.length);
    return tensor(permuted(x, how.perm));
  }) as unknown as RunKernel;
  const shape = [2, 3, 1, 4, 2];
  const x: Numbers = { shape, data: Array.from({ length: 48 }, (_, at) => at) };
  const quick = quickTransposes(kernel);
  for (const perm of permutations([0, 1, 2, 3, 4])) {
    const made = quick('Transpose', { x: x as unknown as Tensor }, { perm }) as unknown as Numbers;
    const { shape: wanted, data } = permuted(x, perm);
    assert.equal([made.shape, made.data], [wanted, data], perm.join());
  }
  assert.is(open, 120);
  assert.is(most, 4);
});

test.run();
