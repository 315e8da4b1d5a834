import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { e4m3Values, e5m2Values, f16Values, toBf16, toF16 } from '../../runtime/weights/half.ts';

/** value, the bits of its binary16, the bits of its bfloat16: by hand from the formats */
const KNOWN: readonly [number, number, number][] = [
  [0, 0x0000, 0x0000],
  [-0, 0x8000, 0x8000],
  [1, 0x3c00, 0x3f80],
  [-2, 0xc000, 0xc000],
  [1.5, 0x3e00, 0x3fc0],
  [65504, 0x7bff, 0x4780],
  [2 ** -14, 0x0400, 0x3880],
  [2 ** -24, 0x0001, 0x3380],
  [1023 * 2 ** -24, 0x03ff, 0x3880],
  [Infinity, 0x7c00, 0x7f80],
  [-Infinity, 0xfc00, 0xff80],
  [NaN, 0x7e00, 0x7fc0],
];

test('known values', () => {
  for (const [value, f16, bf16] of KNOWN) {
    assert.is(toF16(value), f16, `${value} as f16`);
    assert.is(toBf16(value), bf16, `${value} as bf16`);
    assert.ok(Object.is(f16Values()[f16], value), `${value} from f16`);
  }
});

test('halfway goes to even, and to infinity past the largest', () => {
  const cases: [number, number][] = [
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 + 2 ** -11 + 2 ** -20, 0x3c01],
    [2 ** -25, 0x0000],
    [3 * 2 ** -25, 0x0002],
    [1.5 * 2 ** -25, 0x0001],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [1023.5 * 2 ** -24, 0x0400],
  ];
  for (const [value, f16] of cases) assert.is(toF16(value), f16, String(value));
  assert.is(toBf16(1 + 2 ** -8), 0x3f80);
  assert.is(toBf16(1 + 3 * 2 ** -8), 0x3f82);
  assert.is(toBf16(3.4e38), 0x7f80);
});

test('every binary16 that is a number comes back as itself, and they are in order', () => {
  const values = f16Values();
  for (let bits = 0; bits < 65536; bits++) {
    if (!Number.isNaN(values[bits])) assert.is(toF16(values[bits]!), bits);
  }
  for (let bits = 1; bits <= 0x7c00; bits++) assert.ok(values[bits]! > values[bits - 1]!);
});

test('8-bit floats: largest, smallest, NaN, as in table 1 of arXiv:2209.05433', () => {
  const e4m3 = e4m3Values();
  const e5m2 = e5m2Values();
  assert.equal([e4m3[0x7e], e4m3[0x08], e4m3[0x01], e4m3[0xfe]], [448, 2 ** -6, 2 ** -9, -448]);
  assert.equal([e5m2[0x7b], e5m2[0x04], e5m2[0x01], e5m2[0x7c]], [57344, 2 ** -14, 2 ** -16, Infinity]);
  assert.ok(Number.isNaN(e4m3[0x7f]) && Number.isNaN(e4m3[0xff]) && Number.isNaN(e5m2[0x7d]));
});

test.run();
