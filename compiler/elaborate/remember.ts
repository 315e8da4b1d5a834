/**
 * A plan elaborates one body thousands of times, with most of the values as before. A statement that reads the same
 * values at the same place of a graph makes the same nodes: they are put in again, without evaluating anything, and the
 * graphs of a plan share them. Only where a plan asks for it: for one model it would cost more than it saves.
 */
import type { Made } from '../ir/builder.ts';
import { showShape, showType } from '../ir/type.ts';
import { type Frame, LIMITS, type Memory, type Session } from './context.ts';
import { keyOf, type Term } from './term.ts';
import { visitNames } from './visit-names.ts';
import { fieldOf, holdsWatched, type Noted, originOf, whose } from './watch.ts';

/** What a statement did, or a returned expression, whose value is `term`. */
interface Deed {
  readonly made: Made;
  readonly names: readonly (readonly [string, Term])[];
  readonly term: Term | undefined;
  readonly nodes: number;
  readonly weights: number;
  readonly readsTraining: boolean;
  /** of parameters */
  readonly noted: Noted;
}

/** What is known of a statement by its text alone. */
interface Outline {
  /** names and fields that it reads */
  readonly reads: readonly { readonly name: string; readonly field?: string }[];
  readonly gives: readonly string[];
  /** there is a call in it: nothing else takes longer than looking it up */
  readonly calls: boolean;
}

/** Deeds by what they depend on. */
interface Shelf {
  readonly deeds: Map<string, Deed>;
  found: number;
  missed: number;
}

/** Of one statement; more would be of no use to what comes next. */
const MOST_DEEDS = 512;

const memories = new WeakMap<Session['instances'], Memory>();

/** From now on statements are remembered beside these instances; what was remembered is forgotten. */
export function rememberStatements(instances: Session['instances']): void {
  memories.set(instances, new Map());
}

export const memoryOf = (instances: Session['instances']): Memory | undefined => memories.get(instances);

/** Does what `run` would do to the frame, in the cheapest way that is known. */
export function remembered(unit: object, frame: Frame, run: () => Term | undefined): Term | undefined {
  const { memory } = frame.session;
  // turns of a loop differ by their paths
  if (memory === undefined || frame.turns > 0 || frame.failed) return run();
  const outline = outlineOf(unit);
  if (!outline.calls) return run();
  const shelf = shelfOf(unit, memory);
  if (shelf === undefined) return run();
  const key = keyOfDeed(outline, frame);
  const deed = shelf.deeds.get(key);
  if (deed !== undefined && fits(deed, frame)) {
    shelf.found++;
    return again(deed, frame);
  }
  shelf.missed++;
  return observe(outline, frame, run, (done) => shelf.deeds.set(key, done));
}

function shelfOf(unit: object, memory: Memory): Shelf | undefined {
  let shelf = memory.get(unit) as Shelf | undefined;
  if (shelf === undefined) memory.set(unit, (shelf = { deeds: new Map(), found: 0, missed: 0 }));
  if (shelf.deeds.size >= MOST_DEEDS) {
    shelf.deeds.clear();
    // what is always new is not worth a look
    if (shelf.found < shelf.missed) shelf.missed = Infinity;
  }
  return shelf.missed === Infinity ? undefined : shelf;
}

const outlines = new WeakMap<object, Outline>();

function outlineOf(unit: object): Outline {
  let outline = outlines.get(unit);
  if (outline === undefined) {
    const reads = new Map<string, { readonly name: string; readonly field?: string }>();
    const gives = new Set<string>();
    let calls = false;
    visitNames(unit, {
      whole: (name) => reads.set(name, { name }),
      field: (name, field) => reads.set(`${name}.${field}`, { name, field }),
      given: (name) => gives.add(name),
      call: () => (calls = true),
    });
    outlines.set(unit, (outline = { reads: [...reads.values()], gives: [...gives], calls }));
  }
  return outline;
}

/** All that a statement depends on: where it stands in the graph, and what the names in it stand for. */
function keyOfDeed({ reads, gives }: Outline, { session, build, names, rest }: Frame): string {
  const mark = build.mark();
  let key = `${mark.values} ${mark.nodes} ${mark.owns} ${session.training}`;
  if (rest !== undefined) key += showShape(rest);
  for (const { name, field } of reads) {
    const term = names.get(name);
    const part = field !== undefined && term?.kind === 'record' ? fieldOf(term, field) : term;
    key += part === undefined ? '|' : `|${part === term ? '' : whose(term!)}${exactKey(part)}`;
  }
  // a name that is new may give its path to a call
  for (const name of gives) key += names.has(name) ? '+' : '-';
  return key;
}

/** Tensors are told apart by their place in the graph as well. */
function exactKey(term: Term): string {
  if (term.kind === 'tensor') return `%${term.value}:${showType(term.type)}<${term.bound}`;
  return term.kind === 'list' ? `[${term.items.map(exactKey).join()}]` : whose(term) + keyOf(originOf(term));
}

/** Whether the budget allows it; otherwise it is evaluated, up to where that is said. */
const fits = (deed: Deed, { session, nodes, weights }: Frame): boolean =>
  session.steps + deed.nodes <= LIMITS.steps &&
  nodes + deed.nodes <= LIMITS.nodes &&
  weights + deed.weights <= LIMITS.weights;

function again({ made, names, term, nodes, weights, readsTraining, noted }: Deed, frame: Frame): Term | undefined {
  const { build, session, watch } = frame;
  for (const read of noted.reads) watch!.note(read);
  for (const count of noted.counts) watch!.count(count);
  const { values } = build.mark();
  build.again(made);
  for (const [name, part] of names) {
    frame.names.set(name, part);
    // what was there before may have no name yet
    if (part.kind === 'tensor' && part.value < values) build.nameValue(part.value, name);
  }
  session.steps += nodes;
  frame.nodes += nodes;
  frame.weights += weights;
  if (readsTraining)
    for (let at: Frame | undefined = frame; at !== undefined && !at.readsTraining; at = at.parent)
      at.readsTraining = true;
  return term;
}

function observe(
  { gives }: Outline,
  frame: Frame,
  run: () => Term | undefined,
  keep: (deed: Deed) => void,
): Term | undefined {
  const { build, session } = frame;
  const mark = build.mark();
  const { nodes: nodesBefore, weights: weightsBefore, readsTraining: readBefore, looksBackTo: lookedBackTo } = frame;
  const said = session.diagnostics.length;
  frame.readsTraining = false;
  frame.looksBackTo = Infinity;
  const noted: Noted = { reads: [], counts: [] };
  if (frame.watch !== undefined) frame.watch.log = noted;
  const term = run();
  if (frame.watch !== undefined) frame.watch.log = undefined;
  const { readsTraining, looksBackTo } = frame;
  frame.readsTraining ||= readBefore;
  frame.looksBackTo = Math.min(lookedBackTo, looksBackTo);
  const sound = !frame.failed && !frame.stopped && !frame.halted && session.diagnostics.length === said;
  if (!sound || looksBackTo < mark.values) return term;
  const names = gives.flatMap((name) => {
    const part = frame.names.get(name);
    return part === undefined ? [] : [[name, part] as const];
  });
  // what is watched in this body is not in another
  if (names.some(([, part]) => holdsWatched(part)) || (term !== undefined && holdsWatched(term))) return term;
  const [nodes, weights] = [frame.nodes - nodesBefore, frame.weights - weightsBefore];
  keep({ made: build.since(mark), names, term, nodes, weights, readsTraining, noted });
  return term;
}
