/**
 * 16- and 8-bit floats, to and from float32. IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits.
 * bfloat16: the upper half of a float32. E5M2 is the upper half of a binary16; E4M3 (bias 7) has no infinities, and NaN
 * only where all bits but the sign are ones (Micikevicius 2022, arXiv:2209.05433, table 1). Narrowing rounds to the
 * nearest, ties to even, and overflows to infinity; every NaN becomes the quiet one.
 */
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

function f16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function e4m3(byte: number): number {
  const sign = byte & 0x80 ? -1 : 1;
  const exponent = (byte >>> 3) & 0xf;
  const fraction = byte & 7;
  if (exponent === 0xf && fraction === 7) return NaN;
  if (exponent === 0) return sign * fraction * 2 ** -9;
  return sign * (1 + fraction / 8) * 2 ** (exponent - 7);
}

function table(size: number, value: (code: number) => number): () => Float32Array {
  let made: Float32Array | undefined;
  return () => (made ??= Float32Array.from({ length: size }, (_, code) => value(code)));
}

/** The value of every binary16, by its bits. */
export const f16Values = table(65536, f16);
export const e5m2Values = table(256, (byte) => f16(byte << 8));
export const e4m3Values = table(256, e4m3);

/** The bits of the binary16 nearest to `value`. */
export function toF16(value: number): number {
  float[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const magnitude = bits[0]! & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // below 2^-14 the step is 2^-24; adding 2^52 rounds to a whole number of steps, ties to even
  if (magnitude < 0x38800000) return sign | (Math.abs(float[0]!) * 2 ** 24 + 2 ** 52 - 2 ** 52);
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** The bits of the bfloat16 nearest to `value`. */
export function toBf16(value: number): number {
  float[0] = value;
  const all = bits[0]!;
  if ((all & 0x7fffffff) > 0x7f800000) return ((all >>> 16) & 0x8000) | 0x7fc0;
  return (all + 0x7fff + ((all >>> 16) & 1)) >>> 16;
}
