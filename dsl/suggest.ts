/**
 * Did you mean: the candidate nearest to a word, by the number of letters added, dropped, changed or swapped with their
 * neighbour (Damerau 1964, the restricted form). Case counts half, so `linear` finds `Linear`. Nothing is suggested that
 * differs in more than a third of its letters.
 */

/** Longer words are typed by no one; the bound keeps the search linear in the candidates. */
const LONGEST = 64;

function distance(a: string, b: string, most: number): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const change = same ? 0 : a[i - 1]!.toLowerCase() === b[j - 1]!.toLowerCase() ? 0.5 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
      best = Math.min(best, cost);
    }
    if (best > most) return best;
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** The nearest candidate, the first one of equals; none if all are too far. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined;
  let found: string | undefined;
  let limit = Math.max(1, Math.floor(word.length / 3));
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - word.length) > limit) continue;
    const far = distance(word, candidate, limit);
    // a word of which nothing is left is no suggestion
    if (far >= Math.max(word.length, candidate.length) || far > limit || (found !== undefined && far === limit))
      continue;
    found = candidate;
    limit = far;
  }
  return found;
}
