/**
 * Numbers in IR text: ints in full, other numbers with six significant digits, or with as many as it takes to read the
 * same number back.
 */
export type Digits = 6 | 'exact';

export function showNumber(value: number, digits: Digits = 6): string {
  if (Object.is(value, -0)) return '-0';
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  if (Number.isNaN(value)) return 'nan';
  if (Number.isSafeInteger(value) && Math.abs(value) < 1e15) return String(value);
  const kept = digits === 6 ? Number(value.toPrecision(6)) : value;
  const size = Math.abs(kept);
  return size !== 0 && (size < 1e-3 || size >= 1e15) ? kept.toExponential().replace('e+', 'e') : String(kept);
}

/** The number of a text that `showNumber` wrote; undefined for any other text. */
export function readNumber(text: string): number | undefined {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  if (text === '-inf') return Number.NEGATIVE_INFINITY;
  if (text === 'nan') return Number.NaN;
  return /^-?\d+(\.\d+)?(e-?\d+)?$/.test(text) ? Number(text) : undefined;
}
