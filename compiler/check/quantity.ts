/** Numbers as papers print them: `118.64G`, `675.13M`, `0.47 %`. */
const STEPS: readonly (readonly [number, string])[] = [
  [1e18, 'E'],
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'K'],
];

/** At most `digits` significant digits, with a decimal suffix. P and E are no suffixes of the language, but read. */
export function showQuantity(value: number, digits = 5): string {
  const step = STEPS.find(([size]) => Math.abs(value) >= size);
  return step === undefined
    ? String(Number(value.toPrecision(digits)))
    : `${Number((value / step[0]).toPrecision(digits))}${step[1]}`;
}

/** "12K more, 0.47 %", "12 less", "equal" */
export function showDifference(value: number, expected: number): string {
  if (value === expected) return 'equal';
  const direction = value > expected ? 'more' : 'less';
  const difference = Math.abs(value - expected);
  const text = `${showQuantity(difference)} ${direction}`;
  const percent = (100 * difference) / Math.abs(expected);
  if (expected === 0) return text;
  if (percent > 1000) return `${text}, ${showQuantity(value / expected, 2)} times as much`;
  return `${text}, ${Number(percent.toPrecision(2))} %`;
}
