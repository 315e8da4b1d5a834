/**
 * What a call is given of the parameters of the body that it stands in. What a body reads for nothing else decides which
 * graphs it calls, and no more of it: with other values it is the same but for the callees (`taken-over.ts`).
 */
import type { Expr } from '../../dsl/tree.ts';
import type { Given } from './arguments.ts';
import { BUILTINS } from './builtin.ts';
import type { CallSite, Frame, Instance } from './context.ts';
import type { BlockTerm, Term } from './term.ts';
import { visitNames } from './visit-names.ts';
import { holdsWatched, type Read, type Watch, watched, watcherOf } from './watch.ts';

/** A call of a block, its arguments evaluated. */
export interface BlockCall {
  readonly callee: BlockTerm;
  readonly site: CallSite;
  /** by parameter, as written */
  readonly given: ReadonlyMap<string, Given>;
  /** by parameter, filled-in ones included; tensors are known by their types */
  readonly values: ReadonlyMap<string, Term>;
  /** arguments that can be evaluated again for other values of the caller's parameters */
  readonly written: ReadonlyMap<string, Names>;
  /** that the arguments in `written` read */
  readonly reads: readonly Read[];
  /** before the weights inside, for traces */
  readonly path: string;
}

/** What the names in an argument stand for: what will be the same, and parameters of the caller by their names. */
export interface Names {
  readonly fixed: ReadonlyMap<string, Term>;
  readonly own: ReadonlyMap<string, string>;
}

/** A call, and what it made in the graph of the caller. */
export interface Passed extends BlockCall {
  /** among the nodes */
  readonly node: number;
  /** among what is owned, if it has weights */
  readonly owns?: number;
  readonly instance: Instance;
  /** of the caller's parameters: by the arguments, and by the callee of records that are handed on */
  readonly reads: readonly Read[];
}

interface Outline {
  readonly names: readonly string[];
  readonly callees: readonly string[];
}
const outlines = new WeakMap<Expr, Outline>();

function outlineOf(expr: Expr): Outline {
  let outline = outlines.get(expr);
  if (outline === undefined) {
    const names = new Set<string>();
    const callees = new Set<string>();
    visitNames(expr, {
      whole: (name) => names.add(name),
      field: (name) => names.add(name),
      given: () => {},
      call: (name) => callees.add(name),
    });
    outlines.set(expr, (outline = { names: [...names], callees: [...callees] }));
  }
  return outline;
}

/** None where an expression reads none of the caller's parameters, or does more than to calculate with them. */
export function namesIn(expr: Expr, { names, watch, scope }: Frame): Names | undefined {
  if (watch === undefined) return undefined;
  const outline = outlineOf(expr);
  const own = new Map<string, string>();
  const fixed = new Map<string, Term>();
  for (const name of outline.names) {
    const term = names.get(name);
    if (term === undefined) continue;
    const watcher = watcherOf(term);
    if (watcher !== undefined ? watcher.watch === watch : watch.bounds.has(name)) own.set(name, watcher?.name ?? name);
    else if (isFixed(term)) fixed.set(name, term);
    else return undefined;
  }
  if (own.size === 0) return undefined;
  for (const callee of outline.callees) {
    const symbol = scope.names.get(callee);
    const calculates = symbol === undefined ? Object.hasOwn(BUILTINS, callee) : symbol.kind === 'record';
    if (names.has(callee) || !calculates) return undefined;
  }
  return { own, fixed };
}

/** Whether it is what it is for all values of parameters that are not read yet. */
function isFixed(term: Term): boolean {
  if (term.kind === 'list') return term.items.every(isFixed);
  return term.kind !== 'tensor' && term.kind !== 'error' && !holdsWatched(term);
}

/** What all those names stand for with other values of the parameters. */
export function namesFor(all: Iterable<Names>, terms: ReadonlyMap<string, Term>, watch: Watch): Map<string, Term> {
  const found = new Map<string, Term>();
  for (const { fixed, own } of all) {
    for (const [name, term] of fixed) found.set(name, term);
    for (const [name, parameter] of own) found.set(name, watched(terms.get(parameter)!, parameter, watch));
  }
  return found;
}

/** What a call reads of the caller's own parameters, where that can be told from what else is read of them. */
export function passedReads(
  { values, written, reads: ofArguments }: BlockCall,
  instance: Instance,
  frame: Frame,
): readonly Read[] {
  const reads = [...ofArguments];
  for (const { name, field } of [...instance.reads, ...instance.counts]) {
    const term = values.get(name);
    if (field === undefined || term?.kind !== 'record') continue;
    const watcher = watcherOf(term);
    if (watcher !== undefined && watcher.watch === frame.watch && written.has(name))
      reads.push({ name: watcher.name, field });
    // whoever watches it notes it
    else term.fields.get(field);
  }
  return reads;
}
