/**
 * Instances by what they depend on: the block, what is given to it as far as it is no record, and of records the fields
 * that were read when it was evaluated. Two that differ only in how often a run turns are made from one another.
 */
import type { Instance, Session } from './context.ts';
import { derived } from './derived.ts';
import { keyOf, type Term } from './term.ts';
import { type Read, readIn, showRead } from './watch.ts';

/** What some instances of one coarse key read. */
interface Outline {
  readonly text: string;
  readonly reads: readonly Read[];
  readonly readsTraining: boolean;
}

const outlines = new WeakMap<Session['instances'], Map<string, Outline[]>>();

const showReads = (reads: readonly Read[]): string => (reads.length === 0 ? '' : reads.map(showRead).join());

/** A block that reads other fields every time is not worth remembering. */
const MOST_OUTLINES = 16;

function outlinesOf(instances: Session['instances']): Map<string, Outline[]> {
  let known = outlines.get(instances);
  if (known === undefined) outlines.set(instances, (known = new Map()));
  return known;
}

/** All that can be said before anything is read. `bounds` are left to the outlines. */
export function coarseKey(
  id: string,
  names: readonly string[],
  values: ReadonlyMap<string, Term>,
  bounds: ReadonlySet<string>,
): string {
  let key = id;
  for (const name of names) {
    const term = values.get(name);
    if (term === undefined || bounds.has(name)) key += '|';
    else key += term.kind === 'record' ? `|#${term.record.id}` : `|${keyOf(term)}`;
  }
  return key;
}

const fineKey = (
  coarse: string,
  { text, reads, readsTraining }: Outline,
  values: ReadonlyMap<string, Term>,
  training: boolean,
): string => {
  let key = `${coarse} ${text}`;
  for (const read of reads) {
    const term = readIn(read, values);
    key += term === undefined ? '|' : `|${keyOf(term)}`;
  }
  return readsTraining ? `${key} ${training}` : key;
};

/** An instance for these values (records unwatched), if there is one or one can be made of another. */
export function findInstance(
  coarse: string,
  values: ReadonlyMap<string, Term>,
  { instances, training }: Session,
): Instance | undefined {
  for (const outline of outlinesOf(instances).get(coarse) ?? []) {
    const known = instances.get(fineKey(coarse, outline, values, training));
    if (known === undefined) continue;
    known.again = true;
    const instance = derived(known, values);
    if (instance !== undefined) return instance;
  }
  return undefined;
}

export function keepInstance(
  coarse: string,
  values: ReadonlyMap<string, Term>,
  instance: Instance,
  { instances, training }: Session,
): void {
  const { reads, counts, readsTraining } = instance;
  const text = `${showReads(reads)};${showReads(counts)};${readsTraining}`;
  const known = outlinesOf(instances);
  let list = known.get(coarse);
  if (list === undefined) known.set(coarse, (list = []));
  let outline = list.find((each) => each.text === text);
  if (outline === undefined) {
    if (list.length >= MOST_OUTLINES) list.shift();
    list.push((outline = { text, reads, readsTraining }));
  }
  const key = fineKey(coarse, outline, values, training);
  if (!instances.has(key)) instances.set(key, instance);
}
