/**
 * Instances by what they depend on: the block, what is given to it as far as it is no record, and of records the fields
 * that were read when it was evaluated. Two that differ only in how often a run turns are made from one another.
 */
import { calledBy } from '../ir/callees.ts';
import type { FoldedGraph } from '../ir/graph.ts';
import { likeOf } from '../ir/like.ts';
import type { Instance } from './context.ts';
import { type Derived, derived } from './derived.ts';
import { keyOf, type Term } from './term.ts';
import { type Read, readIn, showRead } from './watch.ts';

/** What some instances of one coarse key read, and those instances by the values of that. */
interface Outline {
  readonly text: string;
  readonly reads: readonly Read[];
  readonly readsTraining: boolean;
  readonly instances: Map<string, Instance>;
}
type Outlines = Map<string, Outline[]>;

/** A block that reads other fields every time is not worth remembering. */
const MOST_OUTLINES = 16;

/** Shared by all that is elaborated of one spec, so that presets and points of a grid share graphs. Sound ones only. */
export class Instances {
  readonly #known: Outlines = new Map();
  /** by what their bodies read for themselves, and do not pass on: others are made of these (`taken-over.ts`) */
  readonly #like: Outlines = new Map();
  /** of the model that is being made: those of others are not asked for again */
  #derived: Derived = new Map();
  #size = 0;
  #era = {};

  /** Another model is made from now on. */
  begin(): void {
    this.#derived = new Map();
  }

  get size(): number {
    return this.#size;
  }

  /** An instance for these values, if there is one or one can be made by turning its runs. */
  find(coarse: string, values: ReadonlyMap<string, Term>, training: boolean): Instance | undefined {
    for (const outline of this.#known.get(coarse) ?? []) {
      const known = takenFrom(outline, values, training);
      const instance = known && this.derived(known, values);
      if (instance !== undefined) return instance;
    }
    return undefined;
  }

  /** One that is the same for these values but for what is called. */
  like(coarse: string, values: ReadonlyMap<string, Term>, training: boolean): Instance | undefined {
    for (const outline of this.#like.get(coarse) ?? []) {
      const instance = takenFrom(outline, values, training);
      if (instance !== undefined) return instance;
    }
    return undefined;
  }

  /** One that turns its runs as these values say; none where that has to be evaluated. */
  derived(instance: Instance, values: ReadonlyMap<string, Term>): Instance | undefined {
    return instance.counts.length === 0 ? instance : derived(instance, values, this.#derived);
  }

  keep(coarse: string, values: ReadonlyMap<string, Term>, instance: Instance, training: boolean): void {
    const { reads, own, passed } = instance;
    this.#size += put(this.#known, coarse, { reads, values, training }, instance);
    if (passed.length > 0) put(this.#like, coarse, { reads: own, values, training }, instance);
  }

  /** Another one after something was forgotten. */
  get era(): object {
    return this.#era;
  }

  /**
   * What was not taken again since the last time goes; all of it, if everything was. What those that stay call stays, so
   * that it does not come to be made twice.
   */
  forget(): void {
    this.#era = {};
    const before = this.#size;
    const called = this.#calledAgain();
    const stays = ({ again, graph }: Instance): boolean => again === true || called.has(graph);
    drop(this.#like, stays);
    this.#size -= drop(this.#known, stays);
    for (const instance of all(this.#known)) instance.again = false;
    for (const instance of all(this.#like)) instance.again = false;
    if (this.#size < before) return;
    this.#known.clear();
    this.#like.clear();
    this.#size = 0;
  }

  #calledAgain(): ReadonlySet<FoldedGraph> {
    const called = new Set<FoldedGraph>();
    const open: FoldedGraph[] = [];
    for (const { again, graph } of all(this.#known)) if (again === true) open.push(graph);
    for (const { again, graph } of all(this.#like)) if (again === true) open.push(graph);
    for (let graph = open.pop(); graph !== undefined; graph = open.pop())
      for (const callee of calledBy(graph)) {
        let made = callee;
        for (let like = likeOf(made); like !== undefined; like = likeOf(made)) made = like.graph;
        for (const each of [callee, made]) {
          if (called.has(each)) continue;
          called.add(each);
          open.push(each);
        }
      }
    return called;
  }
}

function takenFrom(outline: Outline, values: ReadonlyMap<string, Term>, training: boolean): Instance | undefined {
  const instance = outline.instances.get(fineKey(outline, values, training));
  if (instance !== undefined) instance.again = true;
  return instance;
}

/** How many more there are. */
function put(
  all: Outlines,
  coarse: string,
  {
    reads,
    values,
    training,
  }: { readonly reads: readonly Read[]; readonly values: ReadonlyMap<string, Term>; readonly training: boolean },
  instance: Instance,
): number {
  const { counts, readsTraining } = instance;
  const text = `${showReads(reads)};${showReads(counts)};${readsTraining}`;
  let outlines = all.get(coarse);
  if (outlines === undefined) all.set(coarse, (outlines = []));
  let outline = outlines.find((each) => each.text === text);
  let more = 0;
  if (outline === undefined) {
    if (outlines.length >= MOST_OUTLINES) more -= outlines.shift()!.instances.size;
    outlines.push((outline = { text, reads, readsTraining, instances: new Map() }));
  }
  const key = fineKey(outline, values, training);
  if (outline.instances.has(key)) return more;
  outline.instances.set(key, instance);
  return more + 1;
}

/** How many went. */
function drop(all: Outlines, stays: (instance: Instance) => boolean): number {
  let gone = 0;
  for (const [coarse, outlines] of all) {
    for (const { instances } of outlines)
      for (const [key, instance] of instances) if (!stays(instance) && instances.delete(key)) gone++;
    if (outlines.every(({ instances }) => instances.size === 0)) all.delete(coarse);
  }
  return gone;
}

function* all(outlines: Outlines): Iterable<Instance> {
  for (const each of outlines.values()) for (const { instances } of each) yield* instances.values();
}

const showReads = (reads: readonly Read[]): string => (reads.length === 0 ? '' : reads.map(showRead).join());

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

function fineKey({ reads, readsTraining }: Outline, values: ReadonlyMap<string, Term>, training: boolean): string {
  let key = readsTraining && training ? 'training' : '';
  for (const read of reads) {
    const term = readIn(read, values);
    key += term === undefined ? '|' : `|${keyOf(term)}`;
  }
  return key;
}
