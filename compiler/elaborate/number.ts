/**
 * Numbers at compile time are exact: `2 / 3 * 768` is 512 and never 511.99. A `Num` is a safe integer (a plain JS
 * number), a fraction of bigints for all other exact numbers, or a 64-bit float for what a root or a transcendental
 * function made, and for what is computed from it.
 */
export interface Fraction {
  readonly top: bigint;
  /** > 0, coprime with `top` */
  readonly bottom: bigint;
}
export interface Float {
  readonly float: number;
}
export type Num = number | Fraction | Float;

/** Why a computation has no result, as said in a diagnostic. */
export interface NoNumber {
  readonly problem: string;
}

export const isNum = (value: Num | NoNumber): value is Num => typeof value === 'number' || !('problem' in value);

/** An exact number of more bits than this is refused: the spec of a stranger must not make us multiply for hours. */
const MAX_BITS = 4096;
const TOO_LONG: NoNumber = { problem: 'the exact result has too many digits' };

const isFloat = (value: Num): value is Float => typeof value === 'object' && 'float' in value;
const top = (value: number | Fraction): bigint => (typeof value === 'number' ? BigInt(value) : value.top);
const bottom = (value: number | Fraction): bigint => (typeof value === 'number' ? 1n : value.bottom);

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

const bits = (value: bigint): number => abs(value).toString(16).length * 4;

/** top / bottom in lowest terms */
function fraction(a: bigint, b: bigint): Num | NoNumber {
  if (b === 0n) return { problem: 'division by zero' };
  if (b < 0n) [a, b] = [-a, -b];
  const divisor = gcd(abs(a), b);
  if (divisor > 1n) [a, b] = [a / divisor, b / divisor];
  if (b === 1n && a >= -9007199254740991n && a <= 9007199254740991n) return Number(a);
  return bits(a) > MAX_BITS || bits(b) > MAX_BITS ? TOO_LONG : { top: a, bottom: b };
}

const float = (value: number): Num | NoNumber =>
  Number.isFinite(value)
    ? { float: value }
    : { problem: Number.isNaN(value) ? 'the result is not a number' : 'the result is infinite' };

/** The nearest 64-bit float. */
export function toNumber(value: Num): number {
  if (typeof value === 'number') return value;
  if (isFloat(value)) return value.float;
  if (value.bottom === 1n) return Number(value.top);
  const simple = Number(value.top) / Number(value.bottom);
  if (Number.isFinite(simple) && bits(value.top) <= 52 && bits(value.bottom) <= 52) return simple;
  // scale so that the quotient keeps 64 significant bits
  const shift = Math.max(0, bits(value.bottom) - bits(value.top) + 80);
  const quotient = (value.top << BigInt(shift)) / value.bottom;
  const digits = bits(quotient) - 64;
  return digits > 0 ? Number(quotient >> BigInt(digits)) * 2 ** (digits - shift) : Number(quotient) * 2 ** -shift;
}

export const isInteger = (value: Num): boolean =>
  typeof value === 'number' || (isFloat(value) ? Number.isInteger(value.float) : value.bottom === 1n);

/** As written by a person: `512`, `2730 2/3`, `0.70710678`. */
export function showNum(value: Num): string {
  if (typeof value === 'number') return String(value);
  if (isFloat(value)) return String(Number(value.float.toPrecision(9)));
  const { top: a, bottom: b } = value;
  const decimal = toNumber(value);
  if (b === 1n || /^[25]*$/.test(factors(b)))
    return b === 1n ? shorten(String(a)) : String(Number(decimal.toPrecision(15)));
  const whole = abs(a) / b;
  const sign = a < 0n ? '-' : '';
  return whole === 0n ? `${sign}${abs(a)}/${b}` : `${sign}${shorten(String(whole))} ${abs(a) % b}/${b}`;
}

const shorten = (digits: string): string =>
  digits.length > 24 ? `${digits.slice(0, 8)}… (${digits.length} digits)` : digits;

/** '' for 1, a word of 2s and 5s when nothing else divides it, else 'x' */
function factors(value: bigint): string {
  while (value % 2n === 0n) value /= 2n;
  while (value % 5n === 0n) value /= 5n;
  return value === 1n ? '' : 'x';
}

const SUFFIX: Readonly<Record<string, bigint>> = { K: 1000n, M: 1000_000n, G: 1000_000_000n, T: 1000_000_000_000n };

/** The value of a NUMBER token, exactly. */
export function parseNum(raw: string): Num | NoNumber {
  const match = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?([KMGT])?$/.exec(raw.replaceAll('_', ''));
  if (match === null) return { problem: `\`${raw}\` is not a number` };
  const [, whole = '', decimals = '', exponent = '0', suffix] = match;
  if (whole.length + decimals.length > 400 || Math.abs(Number(exponent)) > 400) return TOO_LONG;
  const scale = Number(exponent) - decimals.length;
  let a = BigInt(whole + decimals) * (suffix === undefined ? 1n : SUFFIX[suffix]!);
  let b = 1n;
  if (scale >= 0) a *= 10n ** BigInt(scale);
  else b = 10n ** BigInt(-scale);
  return fraction(a, b);
}

type Exact = number | Fraction;

function both(
  a: Num,
  b: Num,
  safe: (a: number, b: number) => number,
  exact: (a: Exact, b: Exact) => Num | NoNumber,
): Num | NoNumber {
  if (typeof a === 'number' && typeof b === 'number') {
    const result = safe(a, b);
    if (Number.isSafeInteger(result)) return result === 0 ? 0 : result;
  }
  if (isFloat(a) || isFloat(b)) return float(safe(toNumber(a), toNumber(b)));
  return exact(a, b);
}

export const add = (a: Num, b: Num): Num | NoNumber =>
  both(
    a,
    b,
    (x, y) => x + y,
    (x, y) => fraction(top(x) * bottom(y) + top(y) * bottom(x), bottom(x) * bottom(y)),
  );

export const subtract = (a: Num, b: Num): Num | NoNumber =>
  both(
    a,
    b,
    (x, y) => x - y,
    (x, y) => fraction(top(x) * bottom(y) - top(y) * bottom(x), bottom(x) * bottom(y)),
  );

export const multiply = (a: Num, b: Num): Num | NoNumber =>
  both(
    a,
    b,
    (x, y) => x * y,
    (x, y) => fraction(top(x) * top(y), bottom(x) * bottom(y)),
  );

export function divide(a: Num, b: Num): Num | NoNumber {
  if (toNumber(b) === 0) return { problem: 'division by zero' };
  return both(
    a,
    b,
    (x, y) => x / y,
    (x, y) => fraction(top(x) * bottom(y), bottom(x) * top(y)),
  );
}

/** The remainder, with the sign of the divisor. */
export function remainder(a: Num, b: Num): Num | NoNumber {
  if (toNumber(b) === 0) return { problem: 'division by zero' };
  const quotient = divide(a, b);
  if (!isNum(quotient)) return quotient;
  const product = multiply(floor(quotient), b);
  return isNum(product) ? subtract(a, product) : product;
}

export function floor(value: Num): Num {
  if (typeof value === 'number') return value;
  if (isFloat(value))
    return Number.isSafeInteger(Math.floor(value.float)) ? Math.floor(value.float) : { float: Math.floor(value.float) };
  const quotient = value.top / value.bottom;
  return fraction(value.top < 0n && value.top % value.bottom !== 0n ? quotient - 1n : quotient, 1n) as Num;
}

export const negate = (value: Num): Num => subtract(0, value) as Num;

export const ceil = (value: Num): Num => negate(floor(negate(value)));

export function compare(a: Num, b: Num): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (isFloat(a) || isFloat(b)) return toNumber(a) - toNumber(b);
  const difference = top(a) * bottom(b) - top(b) * bottom(a);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Exact for integer exponents; otherwise in 64 bit. */
export function power(base: Num, exponent: Num): Num | NoNumber {
  if (typeof exponent === 'number' && !isFloat(base)) {
    if (toNumber(base) === 0 && exponent < 0) return { problem: 'division by zero' };
    const size = Math.max(bits(top(base)), bits(bottom(base))) * Math.abs(exponent);
    if (size > MAX_BITS * 4) {
      return compare(base, 1) === 0 || compare(base, 0) === 0 ? base : TOO_LONG;
    }
    const n = BigInt(Math.abs(exponent));
    const [a, b] = [top(base) ** n, bottom(base) ** n];
    return exponent < 0 ? fraction(b, a) : fraction(a, b);
  }
  return float(toNumber(base) ** toNumber(exponent));
}

/** Exact for squares of exact numbers. */
export function squareRoot(value: Num): Num | NoNumber {
  if (toNumber(value) < 0) return { problem: `${showNum(value)} has no real square root` };
  if (!isFloat(value)) {
    const [a, b] = [integerRoot(top(value)), integerRoot(bottom(value))];
    if (a * a === top(value) && b * b === bottom(value)) return fraction(a, b);
  }
  return float(Math.sqrt(toNumber(value)));
}

function integerRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = BigInt(Math.floor(Math.sqrt(Number(value))));
  if (value > 2n ** 1000n) root = 1n << BigInt((bits(value) + 1) / 2);
  for (let i = 0; i < 5000; i++) {
    const next = (root + value / root) >> 1n;
    if (next === root || next === root + 1n) break;
    root = next;
  }
  while (root * root > value) root -= 1n;
  while ((root + 1n) * (root + 1n) <= value) root += 1n;
  return root;
}

/** exp, log, sin, cos, tanh: in 64 bit. */
export const apply = (f: (x: number) => number, value: Num): Num | NoNumber => float(f(toNumber(value)));
