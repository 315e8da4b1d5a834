import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  add,
  ceil,
  divide,
  floor,
  isInteger,
  isNum,
  multiply,
  type Num,
  negate,
  parseNum,
  power,
  remainder,
  showNum,
  squareRoot,
  toNumber,
} from '../../compiler/elaborate/number.ts';

const num = (raw: string): Num => {
  const value = parseNum(raw);
  if (!isNum(value)) throw new Error(value.problem);
  return value;
};
const of = (value: Num | { problem: string }): Num => {
  if (!isNum(value)) throw new Error(value.problem);
  return value;
};

test('literals are exact', () => {
  for (const [raw, shown] of [
    ['28', '28'],
    ['1_000', '1000'],
    ['400K', '400000'],
    ['118.64G', '118640000000'],
    ['0.02', '0.02'],
    ['1e-4', '0.0001'],
    ['2.5e3', '2500'],
    ['1.5M', '1500000'],
  ] as const) {
    assert.is(showNum(num(raw)), shown, raw);
  }
});

test('division never rounds', () => {
  const third = of(divide(2, 3));
  assert.is(multiply(third, 768), 512);
  assert.is(showNum(of(multiply(third, 4096))), '2730 2/3');
  assert.is(showNum(of(divide(-1, 3))), '-1/3');
  assert.is(showNum(of(add(num('0.1'), num('0.2')))), '0.3');
  assert.is(showNum(of(divide(1, 16))), '0.0625');
});

test('remainder has the sign of the divisor', () => {
  for (const [a, b, want] of [
    [7, 3, 1],
    [-7, 3, 2],
    [7, -3, -2],
    [-7, -3, -1],
    [6, 3, 0],
  ] as const) {
    assert.is(remainder(a, b), want, `${a} % ${b}`);
  }
});

test('floor and ceil', () => {
  assert.is(floor(of(divide(-7, 2))), -4);
  assert.is(ceil(of(divide(-7, 2))), -3);
  assert.is(floor(of(multiply(of(divide(2, 3)), 4096))), 2730);
  assert.is(floor({ float: 2.5 }), 2);
  assert.is(negate(3), -3);
});

test('powers and roots are exact where they can be', () => {
  assert.is(power(2, 10), 1024);
  assert.is(showNum(of(power(2, -3))), '0.125');
  assert.is(showNum(of(squareRoot(num('0.25')))), '0.5');
  assert.is(squareRoot(144), 12);
  assert.ok(Math.abs(toNumber(of(squareRoot(2))) - Math.SQRT2) < 1e-15);
  assert.not(isInteger(of(squareRoot(2))));
  assert.is(toNumber(of(power(3, 300))), Number(3n ** 300n));
});

test('what has no result says why', () => {
  for (const [value, why] of [
    [divide(1, 0), /division by zero/],
    [remainder(1, 0), /division by zero/],
    [power(0, -1), /division by zero/],
    [squareRoot(-1), /no real square root/],
    [power(10, 1_000_000), /too many digits/],
  ] as const) {
    if (isNum(value)) throw new Error(`got ${showNum(value)}`);
    assert.match(value.problem, why);
  }
});

test.run();
