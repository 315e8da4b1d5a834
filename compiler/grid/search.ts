/**
 * The index whose number is nearest a wanted one, the first of those that are equally near. Few are all looked at; of
 * many, where the number goes one way with the index, only those about the place where it passes the wanted one. What
 * has no number is passed over.
 */

/** Up to so many, all are looked at. */
export const FEW = 64;
/** Whether it goes one way is judged by so many, and by every other that is met on the way. */
const SAMPLES = 17;

type Look = (index: number) => number | undefined;

export function nearestIndex(count: number, numberAt: Look, wanted: number): number | undefined {
  const seen = new Map<number, number | undefined>();
  const look: Look = (index) => {
    if (!seen.has(index)) seen.set(index, numberAt(index));
    return seen.get(index);
  };
  if (count <= FEW || !bisect(count, look, wanted)) for (let index = 0; index < count; index++) look(index);
  let best: { readonly index: number; readonly off: number } | undefined;
  for (const index of [...seen.keys()].sort((a, b) => a - b)) {
    const found = seen.get(index);
    if (found === undefined) continue;
    const off = Math.abs(found - wanted);
    if (best === undefined || off < best.off) best = { index, off };
  }
  return best?.index;
}

interface Found {
  readonly at: number;
  readonly value: number;
}

/** Looks at what matters when the numbers rise or fall throughout; false when they turn out not to. */
function bisect(count: number, look: Look, wanted: number): boolean {
  const samples: Found[] = [];
  for (let k = 0; k < SAMPLES; k++) {
    const [from, to] = [Math.round((k * count) / SAMPLES), Math.round(((k + 1) * count) / SAMPLES)];
    const found = firstBetween(from, to, look);
    if (found !== undefined) samples.push(found);
  }
  const last = lastBetween(samples.at(-1)?.at ?? -1, count, look);
  if (last !== undefined) samples.push(last);
  if (samples.length === 0) return false;
  const rising = samples.every((sample, i) => i === 0 || sample.value >= samples[i - 1]!.value);
  const falling = samples.every((sample, i) => i === 0 || sample.value <= samples[i - 1]!.value);
  if (!rising && !falling) return false;
  const before = (value: number, limit: number): boolean => (rising ? value < limit : value > limit);
  const passed = firstPast(samples, look, (value) => before(value, wanted));
  if (passed === 'turns') return false;
  // of equal numbers the first counts
  const equals =
    passed.low === undefined ? undefined : firstPast(samples, look, (value) => before(value, passed.low!.value));
  return equals !== 'turns';
}

/** Narrows to where `isBefore` ends, from both sides; `turns` when what is met lies outside of its neighbours. */
function firstPast(
  samples: readonly Found[],
  look: Look,
  isBefore: (value: number) => boolean,
): { readonly low?: Found; readonly high?: Found } | 'turns' {
  let low: Found | undefined;
  let high: Found | undefined;
  for (const sample of samples) {
    if (isBefore(sample.value)) low = sample;
    else high ??= sample;
  }
  if (low !== undefined && high !== undefined && low.at > high.at) return 'turns';
  while (low !== undefined && high !== undefined && high.at - low.at > 1) {
    const middle: Found | undefined = around((low.at + high.at) >> 1, low.at, high.at, look);
    if (middle === undefined) break;
    const [least, most] = [Math.min(low.value, high.value), Math.max(low.value, high.value)];
    if (middle.value < least || middle.value > most) return 'turns';
    if (isBefore(middle.value)) low = middle;
    else high = middle;
  }
  return { low, high };
}

const at = (index: number, look: Look): Found | undefined => {
  const value = look(index);
  return value === undefined ? undefined : { at: index, value };
};

function firstBetween(from: number, to: number, look: Look): Found | undefined {
  for (let index = from; index < to; index++) {
    const found = at(index, look);
    if (found !== undefined) return found;
  }
  return undefined;
}

function lastBetween(after: number, to: number, look: Look): Found | undefined {
  for (let index = to - 1; index > after; index--) {
    const found = at(index, look);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The nearest to the middle, strictly between. */
function around(middle: number, low: number, high: number, look: Look): Found | undefined {
  for (let d = 0; middle - d > low || middle + d < high; d++) {
    for (const index of d === 0 ? [middle] : [middle - d, middle + d]) {
      const found = index > low && index < high ? at(index, look) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
