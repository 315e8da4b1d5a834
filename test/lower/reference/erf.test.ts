/** erf and erfc in 64 bit; the expected numbers are those of the C library (glibc 2.36). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { erf, erfc } from '../../../compiler/lower/reference/kernels/erf.ts';

const near = (actual: number, expected: number): void => {
  const off = Math.abs(actual - expected) / Math.abs(expected);
  assert.ok(off < 1e-15, `${actual} and ${expected} differ by ${off}`);
};

for (const [x, value] of [
  [1e-10, 1.1283791670955126e-10],
  [0.3, 0.3286267594591274],
  [0.46875, 0.49261347321793797],
  [0.7, 0.6778011938374184],
  [3, 0.9999779095030014],
] as const) {
  test(`erf(${x})`, () => {
    near(erf(x), value);
    near(erf(-x), -value);
  });
}

for (const [x, value] of [
  [0.5, 0.4795001221869535],
  [2, 0.004677734981047265],
  [4.5, 1.9661604415428873e-10],
  [10, 2.088487583762545e-45],
  [-2, 1.9953222650189528],
] as const) {
  test(`erfc(${x})`, () => near(erfc(x), value));
}

test('the ends', () => {
  assert.equal([erf(0), erf(Infinity), erf(-Infinity), erfc(40)], [0, 1, -1, 0]);
  assert.ok(Number.isNaN(erf(Number.NaN)) && Number.isNaN(erfc(Number.NaN)));
});

test.run();
