/**
 * What a body reads of its parameters, noted while it is evaluated. Parameters that are records note the fields that are
 * asked for, also by the blocks that they are handed on to; of the others all count as read. A block that takes
 * `size: Size` and in the end reads only `size.heads` is one instance for all sizes with those heads.
 */
import type { Passed } from './passed.ts';
import type { BlockSymbol, ModelSymbol } from './symbol.ts';
import type { RecordTerm, Term } from './term.ts';
import { visitNames } from './visit-names.ts';

/** A parameter, or a field of one that is a record. */
export interface Read {
  readonly name: string;
  readonly field?: string;
}

/** A read that decides nothing but how often a run turns: with another value the same graph is made but for that. */
export interface Count extends Read {
  readonly value: number;
  /** where the run is: among the nodes, and among what is owned */
  readonly node: number;
  readonly own: number;
}

/** `size.heads`, `depth` */
export const showRead = ({ name, field }: Read): string => (field === undefined ? name : `${name}.${field}`);

/** Without noting it. */
export const fieldOf = (term: Term | undefined, field: string): Term | undefined =>
  term?.kind === 'record' ? originOf(term).fields.get(field) : undefined;

export const readIn = ({ name, field }: Read, values: ReadonlyMap<string, Term>): Term | undefined =>
  field === undefined ? values.get(name) : fieldOf(values.get(name), field);

/** What a body depends on. Lists of reads are sorted, so that equal ones are equal lists. */
export interface Dependence {
  /** all but counts */
  readonly reads: readonly Read[];
  /** those that decide more than which graphs are called */
  readonly own: readonly Read[];
  readonly counts: readonly Count[];
  /** calls that are given what is read for nothing else */
  readonly passed: readonly Passed[];
}

/** A body that passes on more is one that nobody makes twice. */
const MOST_PASSED = 64;

export class Watch {
  readonly #reads = new Map<string, Read>();
  readonly #counts: Count[] = [];
  readonly #passed: Passed[] = [];
  readonly #lookedInto: number[] = [];
  #aside?: Map<string, Read>;
  readonly symbol: BlockSymbol | ModelSymbol;
  /** numbers that stand in one place of the text: if that is the bound of a loop, or an argument, it is all they decide */
  readonly bounds: ReadonlySet<string>;
  /** a default was made of other parameters: what was read of them is not known by its value */
  byDefault = false;

  constructor(symbol: BlockSymbol | ModelSymbol) {
    this.symbol = symbol;
    this.bounds = boundsOf(symbol);
  }

  note(read: Read): void {
    (this.#aside ?? this.#reads).set(showRead(read), read);
  }

  /** Runs something that reads, and leaves it to the caller to note that. */
  aside<T>(run: () => T): { readonly result: T; readonly reads: readonly Read[] } {
    const before = this.#aside;
    const reads = new Map<string, Read>();
    this.#aside = reads;
    const result = run();
    this.#aside = before;
    return { result, reads: reads.size === 0 ? NO_READS : [...reads.values()] };
  }

  count(count: Count): void {
    this.#counts.push(count);
  }

  pass(passed: Passed): void {
    if (this.#passed.length < MOST_PASSED) this.#passed.push(passed);
    else for (const read of passed.reads) this.note(read);
  }

  /** how many calls were noted so far */
  get passes(): number {
    return this.#passed.length;
  }

  /** From that one on there are copies of the calls that were noted, which nobody noted. */
  keepPasses(from: number): void {
    for (const { reads } of this.#passed.splice(from)) for (const read of reads) this.note(read);
  }

  /** What a node computes, and not only its type, decided something. */
  lookInto(node: number): void {
    this.#lookedInto.push(node);
  }

  get size(): number {
    return this.#reads.size;
  }

  settle(): Dependence {
    const own = new Map(this.#reads);
    const passed = this.#passed.filter((each) => {
      const stays = !this.#lookedInto.includes(each.node);
      if (!stays) for (const read of each.reads) own.set(showRead(read), read);
      return stays;
    });
    const all = new Set([...own.values(), ...passed.flatMap(({ reads }) => reads)].map(showRead));
    const counts = this.#counts.filter((count) => {
      const key = showRead(count);
      if (all.has(key)) own.set(key, { name: count.name, field: count.field });
      return !all.has(key);
    });
    const owned = sorted(own);
    return {
      reads: readsOf(owned, passed),
      own: owned,
      counts,
      passed: passed.filter(({ reads }) => reads.some((read) => !own.has(showRead(read)))),
    };
  }
}

/** Of a body that reads some itself, and passes others on. */
export function readsOf(own: readonly Read[], passed: readonly Passed[]): readonly Read[] {
  if (passed.length === 0) return own;
  const all = new Map(own.map((read) => [showRead(read), read] as const));
  for (const { reads } of passed) for (const read of reads) all.set(showRead(read), read);
  return all.size === own.length ? own : sorted(all);
}

function sorted(reads: ReadonlyMap<string, Read>): readonly Read[] {
  if (reads.size === 0) return NO_READS;
  return [...reads].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, read]) => read);
}

/** The fields of a record that is a parameter. */
class WatchedFields implements ReadonlyMap<string, Term> {
  readonly origin: RecordTerm;
  readonly name: string;
  readonly watch: Watch;

  constructor(origin: RecordTerm, name: string, watch: Watch) {
    this.origin = origin;
    this.name = name;
    this.watch = watch;
  }

  get size(): number {
    return this.origin.fields.size;
  }

  get(field: string): Term | undefined {
    this.watch.note({ name: this.name, field });
    return this.origin.fields.get(field);
  }

  has(field: string): boolean {
    return this.origin.fields.has(field);
  }

  keys(): MapIterator<string> {
    return this.origin.fields.keys() as MapIterator<string>;
  }

  values(): MapIterator<Term> {
    return this.#all().values() as MapIterator<Term>;
  }

  entries(): MapIterator<[string, Term]> {
    return this.#all().entries() as MapIterator<[string, Term]>;
  }

  [Symbol.iterator](): MapIterator<[string, Term]> {
    return this.entries();
  }

  forEach(visit: (term: Term, field: string, map: ReadonlyMap<string, Term>) => void): void {
    for (const [field, term] of this.#all()) visit(term, field, this);
  }

  #all(): ReadonlyMap<string, Term> {
    for (const field of this.origin.fields.keys()) this.watch.note({ name: this.name, field });
    return this.origin.fields;
  }
}

const watchedRecord = (origin: RecordTerm, name: string, watch: Watch): RecordTerm => ({
  kind: 'record',
  record: origin.record,
  fields: new WatchedFields(origin, name, watch),
  called: origin.called,
});

/** The value of a parameter as its body sees it. */
export const watched = (term: Term, name: string, watch: Watch | undefined): Term =>
  watch !== undefined && term.kind === 'record' ? watchedRecord(originOf(term), name, watch) : term;

const fieldsOf = (term: Term): WatchedFields | undefined =>
  term.kind === 'record' && term.fields instanceof WatchedFields ? term.fields : undefined;

/** The record itself, whoever looks on. */
export const originOf = <T extends Term>(term: T): T => (fieldsOf(term)?.origin as T | undefined) ?? term;

/** Whose parameter a term is, if it is watched. */
export function watcherOf(term: Term): { readonly name: string; readonly watch: Watch } | undefined {
  return fieldsOf(term);
}

/** Equal records of two parameters are not one: what is read of them is noted by the name of the parameter. */
export function whose(term: Term): string {
  const watcher = watcherOf(term);
  return watcher === undefined ? '' : `${watcher.name}=`;
}

/** Whether a parameter that is watched is in it somewhere. */
export function holdsWatched(term: Term): boolean {
  switch (term.kind) {
    case 'record':
      return fieldsOf(term) !== undefined || [...term.fields.values()].some(holdsWatched);
    case 'list':
      return term.items.some(holdsWatched);
    case 'block':
    case 'op':
      return [...term.filled.values()].some(holdsWatched);
    default:
      return false;
  }
}

const NO_READS: readonly Read[] = [];
const bounds = new WeakMap<object, ReadonlySet<string>>();
const NO_BOUNDS: ReadonlySet<string> = new Set();

/** Parameters of the type int that stand in one place of the declaration. */
export function boundsOf({ decl }: BlockSymbol | ModelSymbol): ReadonlySet<string> {
  let found = bounds.get(decl);
  if (found === undefined) {
    const ints = decl.params.flatMap(({ name, type }) =>
      type.name?.text === 'int' && !type.optional ? [name.text] : [],
    );
    found = ints.length === 0 ? NO_BOUNDS : onceIn(decl, new Set(ints));
    bounds.set(decl, found);
  }
  return found;
}

function onceIn(decl: object, names: ReadonlySet<string>): ReadonlySet<string> {
  const times = new Map<string, number>();
  const see = (name: string, more: number) => times.set(name, (times.get(name) ?? 0) + more);
  visitNames(decl, {
    whole: (name) => see(name, 1),
    field: (name) => see(name, 2),
    given: (name) => see(name, 2),
  });
  return new Set([...names].filter((name) => times.get(name) === 1));
}
