/** Values and calls for the bodies of seeded specs, made of what may be named there. */
import type { Random } from '../fuzz/random.ts';

/** What may be called in a body, and what else it may name. */
export interface Known {
  readonly blocks: readonly Block[];
  readonly records: readonly string[];
  readonly ints: readonly string[];
  readonly bools: readonly string[];
  readonly fillings: readonly string[];
  /** some points are wrong, and some results are not read */
  readonly picky: boolean;
}

export interface Block {
  readonly name: string;
  readonly records: number;
  readonly ints: number;
  readonly bools: number;
  readonly fillings: number;
}

export const INTS = ['depth', 'width', 'more', 'inner.k'] as const;
const BOOLS = ['flag', 'inner.on'] as const;

export const int = (known: Known, random: Random): string =>
  known.records.length > 0 && (known.ints.length === 0 || random.chance(0.6))
    ? `${random.pick(known.records)}.${random.pick(INTS)}`
    : known.ints.length > 0
      ? random.pick(known.ints)
      : `${1 + random.below(3)}`;

/** An int of at least 1. */
export const some = (known: Known, random: Random): string =>
  random.pick([
    () => int(known, random),
    () => int(known, random),
    () => `${int(known, random)} + 1`,
    () => `max(${int(known, random)}, ${int(known, random)})`,
    () => `(if ${condition(known, random)} { ${int(known, random)} } else { 2 })`,
  ])();

export function condition(known: Known, random: Random): string {
  const record = () => random.pick(known.records);
  const of = <T>(list: readonly T[], make: () => string) => (list.length > 0 ? [make] : []);
  return random.pick([
    () => `${int(known, random)} > 2`,
    () => 'training',
    ...of(known.bools, () => random.pick(known.bools)),
    ...of(known.records, () => `${record()}.${random.pick(BOOLS)}`),
    ...of(known.records, () => `${record()} == ${record()}`),
    ...of(known.records, () => `${record()} == Size()`),
    ...of(known.records, () => `${record()}.inner == In()`),
    ...of(known.records, () => `${record()}.kind == signed`),
  ])();
}

export function record(known: Known, random: Random): string {
  if (known.records.length === 0 || random.chance(0.1)) return 'Size()';
  return random.pick([
    () => random.pick(known.records),
    () => random.pick(known.records),
    () => random.pick(known.records),
    () => `Size(depth: ${int(known, random)}, inner: ${random.pick(known.records)}.inner)`,
    () => `Size(width: ${int(known, random)})`,
    () => `[${random.pick(known.records)}, ${random.pick(known.records)}][${random.below(2)}]`,
    () => `(if ${condition(known, random)} { ${random.pick(known.records)} } else { ${random.pick(known.records)} })`,
  ])();
}

export function filling(known: Known, random: Random): string {
  if (known.fillings.length > 0 && random.chance(0.5)) return random.pick(known.fillings);
  return random.pick([
    () => 'Plain',
    () => `Filled(size: ${record(known, random)})`,
    () => `Turning(n: ${int(known, random)})`,
  ])();
}

export function call(known: Known, random: Random): string {
  const block = random.pick(known.blocks);
  const args = [
    ...Array.from({ length: block.records }, (_, i) => `s${i}: ${record(known, random)}`),
    ...Array.from({ length: block.ints }, (_, i) => `n${i}: ${some(known, random)}`),
    ...Array.from({ length: block.bools }, (_, i) => `b${i}: ${condition(known, random)}`),
    ...Array.from({ length: block.fillings }, (_, i) => `f${i}: ${filling(known, random)}`),
  ].filter((arg) => arg.startsWith('s0') || arg.startsWith('b') || random.chance(0.7));
  return `${block.name}(h${args.map((arg) => `, ${arg}`).join('')})`;
}
