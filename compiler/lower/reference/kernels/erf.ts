/**
 * The error function in 64 bit by W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of
 * Computation 23 (1969): one rational function for each of |x| ≤ 0.46875, |x| ≤ 4 and beyond, the latter two times e^(−x²).
 */
const NEAR = {
  p: [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694],
  q: [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
};
const MIDDLE = {
  p: [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
    881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
  ],
  q: [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
    4362.619090143247, 3439.3676741437216, 1230.3393548037495,
  ],
};
const FAR = {
  p: [
    0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
    0.0006587491615298378,
  ],
  q: [1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918],
};

/** p(x) / q(x), highest power first */
function ratio({ p, q }: { p: readonly number[]; q: readonly number[] }, x: number): number {
  const horner = (sum: number, coefficient: number): number => sum * x + coefficient;
  return p.reduce(horner, 0) / q.reduce(horner, 0);
}

/** e^(−y²) without the error of rounding y²: y = head + tail, and the head has few digits */
function expOfMinusSquare(y: number): number {
  const head = Math.trunc(y * 16) / 16;
  return Math.exp(-head * head) * Math.exp(-(y - head) * (y + head));
}

/** 1 − erf(y) for y > 0.46875 */
function upperTail(y: number): number {
  if (y > 27) return 0;
  if (y <= 4) return expOfMinusSquare(y) * ratio(MIDDLE, y);
  const z = 1 / (y * y);
  return (expOfMinusSquare(y) * (1 / Math.sqrt(Math.PI) - z * ratio(FAR, z))) / y;
}

export function erf(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.46875) return x * ratio(NEAR, y * y);
  return Number.isNaN(x) ? x : Math.sign(x) * (1 - upperTail(y));
}

/** 1 − erf(x), accurate where erf(x) is near 1 */
export function erfc(x: number): number {
  if (!(Math.abs(x) > 0.46875)) return 1 - erf(x);
  return x > 0 ? upperTail(x) : 2 - upperTail(-x);
}
