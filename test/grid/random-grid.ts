/** Bodies of grids of the toy, from a seed. */

/** mulberry32 */
export function seeded(seed: number): () => number {
  let state = seed * 7919 + 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const AXES = [
  'depth: [1, 2, 3]',
  'depth: [2, 2, 4]',
  'act: [gelu, silu, gelu]',
  'size: [small, large, Size(width: 8)]',
  'sigma: [false, true]',
  'recipe.lr: [1e-3, 2e-3, 0.001]',
  'recipe.schedule.steps: [10, 1000]',
  'seed: 0..2',
  'seed: [3, 3]',
  'zip { depth: [1, 2], act: [silu, gelu] }',
  'path to "other"',
  'leave_one_out to "other"',
  'size.ratio: [1, 1/2, 3]',
  'size.ratio: [1/3, 4]',
  'size.width: [4, 8, 5000]',
];
const MATCHES = [
  'match macs +- 10% by size.ratio step 1/8',
  'match params +- 10% to 2K by depth step 1',
  'match activation_bytes +- 10% by size.width step 1',
];
const WHERES = ['where depth < 3', 'where params < 1.5K', 'where macs >= 512 and depth != 2', 'where seed == 0'];

/** What a line sets: a grid sets nothing twice, but for fields of a record after it. */
const setBy = (line: string): readonly string[] =>
  / to "other"/.test(line)
    ? ['depth', 'act', 'sigma']
    : [...line.matchAll(/([\w.]+):| by ([\w.]+)/g)].map(([, axis, by]) => (axis ?? by)!);

export function pick(next: () => number): string {
  const any = (list: readonly string[]): string => list[Math.floor(next() * list.length)]!;
  const lines = Array.from({ length: 1 + Math.floor(next() * 3) }, () => any(AXES));
  if (next() < 0.4) lines.push(any(MATCHES));
  const set: string[] = [];
  const kept = lines.filter((line) => {
    const own = setBy(line);
    if (own.some((axis) => set.some((earlier) => earlier === axis || earlier.startsWith(`${axis}.`)))) return false;
    set.push(...own);
    return true;
  });
  if (next() < 0.5) kept.push(any(WHERES));
  return kept.join('\n');
}
