import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNumber, showNumber } from '../../compiler/ir/number-text.ts';

const NUMBERS: readonly (readonly [number, string])[] = [
  [0, '0'],
  [-0, '-0'],
  [1_000_000, '1000000'],
  [0.1, '0.1'],
  [1 / 3, '0.333333'],
  [2 / 3e7, '6.66667e-8'],
  [1e-6, '1e-6'],
  [0.001, '0.001'],
  [1e15, '1e15'],
  [123456.789, '123457'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
  [Number.NaN, 'nan'],
];

test('numbers have six digits, or all', () => {
  for (const [value, text] of NUMBERS) assert.is(showNumber(value), text);
  for (const value of [1 / 3, 5e-324, 1.7976931348623157e308, 2 ** 53, -9.210340371976184, Math.PI * 1e-9]) {
    assert.is(readNumber(showNumber(value, 'exact')), value);
  }
  for (const text of ['', '1.', '.5', '0x10', '1e', 'Infinity', '1 ', '--1']) assert.is(readNumber(text), undefined);
});

test.run();
