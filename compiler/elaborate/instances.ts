/**
 * Instances by what they depend on: the block, what is given to it as far as it is no record, and of records the fields
 * that were read when it was evaluated. Two that differ only in how often a run turns are made from one another.
 */
import { calledBy } from '../ir/callees.ts';
import type { FoldedGraph } from '../ir/graph.ts';
import { likeOf } from '../ir/like.ts';
import type { Instance } from './context.ts';
import { derived } from './derived.ts';
import { keyOf, type Term } from './term.ts';
import { type Read, readIn, showRead } from './watch.ts';

/** What some instances of one coarse key read, and those instances by the values of that. */
interface Outline {
  readonly text: string;
  readonly reads: readonly Read[];
  readonly readsTraining: boolean;
  readonly instances: Map<string, Instance>;
}

/** A block that reads other fields every time is not worth remembering. */
const MOST_OUTLINES = 16;

/** Shared by all that is elaborated of one spec, so that presets and points of a grid share graphs. Sound ones only. */
export class Instances {
  readonly #outlines = new Map<string, Outline[]>();
  #size = 0;
  #era = {};

  get size(): number {
    return this.#size;
  }

  /** An instance for these values (records unwatched), if there is one or one can be made of another. */
  find(coarse: string, values: ReadonlyMap<string, Term>, training: boolean): Instance | undefined {
    const outlines = this.#outlines.get(coarse);
    if (outlines === undefined) return undefined;
    for (const outline of outlines) {
      const known = outline.instances.get(fineKey(outline, values, training));
      if (known === undefined) continue;
      known.again = true;
      const instance = derived(known, values);
      if (instance !== undefined) return instance;
    }
    return undefined;
  }

  keep(coarse: string, values: ReadonlyMap<string, Term>, instance: Instance, training: boolean): void {
    const { reads, counts, readsTraining } = instance;
    const text = `${showReads(reads)};${showReads(counts)};${readsTraining}`;
    let outlines = this.#outlines.get(coarse);
    if (outlines === undefined) this.#outlines.set(coarse, (outlines = []));
    let outline = outlines.find((each) => each.text === text);
    if (outline === undefined) {
      if (outlines.length >= MOST_OUTLINES) this.#size -= outlines.shift()!.instances.size;
      outlines.push((outline = { text, reads, readsTraining, instances: new Map() }));
    }
    const key = fineKey(outline, values, training);
    if (outline.instances.has(key)) return;
    outline.instances.set(key, instance);
    this.#size++;
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
    for (const [coarse, outlines] of this.#outlines) {
      for (const { instances } of outlines)
        for (const [key, instance] of instances) {
          if (instance.again !== true && !called.has(instance.graph)) {
            instances.delete(key);
            this.#size--;
          }
          instance.again = false;
        }
      if (outlines.every(({ instances }) => instances.size === 0)) this.#outlines.delete(coarse);
    }
    if (this.#size < before) return;
    this.#outlines.clear();
    this.#size = 0;
  }

  #calledAgain(): ReadonlySet<FoldedGraph> {
    const called = new Set<FoldedGraph>();
    const open: FoldedGraph[] = [];
    for (const outlines of this.#outlines.values())
      for (const { instances } of outlines)
        for (const { again, graph } of instances.values()) if (again === true) open.push(graph);
    for (let graph = open.pop(); graph !== undefined; graph = open.pop())
      for (const callee of calledBy(graph)) {
        const made = likeOf(callee)?.graph ?? callee;
        if (called.has(made)) continue;
        called.add(made);
        open.push(made);
      }
    return called;
  }
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
