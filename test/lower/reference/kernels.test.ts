/** Every kernel on a case worked out by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KERNELS } from '../../../compiler/lower/reference/kernels/table.ts';
import { CONTRACTION } from './contraction-cases.ts';
import { CONVOLUTION } from './convolution-cases.ts';
import { ELEMENTWISE } from './elementwise-cases.ts';
import { MOVEMENT } from './movement-cases.ts';
import { difference, floats, ints } from './tensors.ts';

const CASES = [...ELEMENTWISE, ...CONTRACTION, ...CONVOLUTION, ...MOVEMENT];

for (const [i, { op, operands, attributes = {}, expected }] of CASES.entries()) {
  test(`${op} (case ${i})`, () => {
    const result = { dtype: expected.dtype, shape: expected.shape };
    const data = KERNELS[op]({ operands, result, attributes, batch: 3 });
    assert.is(data.constructor, expected.data.constructor);
    const off = difference({ ...result, data }, expected);
    assert.ok(off < 1e-9, `off by ${off}: ${data}`);
  });
}

test('every op has a case', () => {
  assert.equal([...new Set(CASES.map(({ op }) => op))].sort(), Object.keys(KERNELS).sort());
});

test('an index outside of the rows is refused, and nothing is read there', () => {
  const call = {
    operands: [floats([[1], [2]]), ints([2])],
    result: { dtype: 'f32', shape: [1, 1] },
    batch: 1,
  } as const;
  assert.throws(
    () => KERNELS.gather({ ...call, attributes: { axis: 0, batch: 0 } }),
    (error: Error) => error instanceof RangeError && /index 2 is outside the 2 rows/.test(error.message),
  );
});

test.run();
