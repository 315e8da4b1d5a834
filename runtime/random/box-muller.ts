/**
 * Normal numbers out of random words. Box & Muller 1958: with u in (0, 1) and v in [0, 1),
 *
 *     √(-2 ln u) cos 2πv,  √(-2 ln u) sin 2πv
 *
 * are independent and normal. u and v have 32 bits, so nothing is beyond ±6.77. Logarithm, sine and cosine are worked
 * out here by tables and short series of + - · / √ alone, which every JavaScript engine rounds alike (its own Math.log and
 * Math.sin differ between versions): the same words are the same numbers everywhere, with errors below 1e-14.
 */

const TURN = 2 * Math.PI;

/** 2^(z - 32): brings a word with z leading zeros into [½, 1) */
const SHIFT = Float64Array.from({ length: 33 }, (_, zeros) => 2 ** (zeros - 32));

/** 128/k and ln(k/128) for k = 64…128 */
const INVERSE = Float64Array.from({ length: 129 }, (_, k) => (k < 64 ? 0 : 128 / k));
const LOG = Float64Array.from({ length: 129 }, (_, k) => (k < 64 ? 0 : logarithm(k / 128)));

/** sine and cosine of the middles of 256 arcs of the circle */
const SINE = Float64Array.from({ length: 256 }, (_, arc) => sine(middle(arc)));
const COSINE = Float64Array.from({ length: 256 }, (_, arc) => sine(middle((arc + 64) % 256)));

/** ln x = 2 (s + s³/3 + s⁵/5 + …), s = (x - 1)/(x + 1) */
function logarithm(x: number): number {
  const s = (x - 1) / (x + 1);
  let sum = 0;
  for (let n = 45; n > 0; n -= 2) sum = sum * s * s + 1 / n;
  return 2 * s * sum;
}

/** in [-π, π) */
function middle(arc: number): number {
  return ((arc < 128 ? arc + 0.5 : arc - 255.5) / 256) * TURN;
}

/** x - x³/3! + x⁵/5! - … */
function sine(x: number): number {
  let sum = 1;
  for (let n = 31; n > 1; n -= 2) sum = 1 - (sum * x * x) / (n * (n - 1));
  return x * sum;
}

/** Two words make two numbers, `out[at]` and the next; `count` is even. */
export function fillNormals(
  out: Float32Array | Float64Array,
  at: number,
  words: Uint32Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i += 2) {
    const u = words[from + i]!;
    const v = words[from + i + 1]!;
    // (u + ½) / 2³² = m / 2^zeros, m in [½, 1); ln m = ln(k/128) + ln(1 + r), |r| ≤ 1/128
    const zeros = Math.clz32(u);
    const m = (u + 0.5) * SHIFT[zeros]!;
    const k = (m * 128 + 0.5) | 0;
    const r = m * INVERSE[k]! - 1;
    const series = r * (1 - r * (1 / 2 - r * (1 / 3 - r * (1 / 4 - r * (1 / 5 - r * (1 / 6))))));
    const radius = Math.sqrt(-2 * (LOG[k]! - zeros * Math.LN2 + series));
    // the angle is the middle of its arc, and d more, |d| ≤ π/256
    const arc = v >>> 24;
    const d = ((v & 0xffffff) - 8388607.5) * (TURN / 2 ** 32);
    const dd = d * d;
    const s = d * (1 - dd * (1 / 6 - dd * (1 / 120)));
    const c = 1 - dd * (1 / 2 - dd * (1 / 24 - dd * (1 / 720)));
    out[at + i] = radius * (COSINE[arc]! * c - SINE[arc]! * s);
    out[at + i + 1] = radius * (SINE[arc]! * c + COSINE[arc]! * s);
  }
}
