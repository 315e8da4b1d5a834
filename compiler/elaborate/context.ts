/**
 * What evaluation carries along. A `Frame` is one body being evaluated: its names, the graph it builds, where it was
 * called from. A `Session` outlives frames: the instances made so far, the diagnostics, the budget.
 */
import type { Diagnostic, Extras, Label } from '../../dsl/diagnostic.ts';
import type { Place, Span } from '../../dsl/span.ts';
import type { Arg, Expr, Name, Path, Stmt } from '../../dsl/tree.ts';
import type { FoldingBuilder } from '../ir/builder.ts';
import type { FoldedGraph } from '../ir/graph.ts';
import type { Shape } from '../ir/type.ts';
import { type ElaborationCode, report as make } from './codes.ts';
import type { Instances } from './instances.ts';
import type { Kind } from './signature.ts';
import type { BlockSymbol, Scope } from './symbol.ts';
import { ERROR, type ErrorTerm, type Term } from './term.ts';
import type { Dependence, Watch } from './watch.ts';

/** The path that a call will put before the weights inside. */
export interface Prefix {
  readonly path: string;
  readonly shared: boolean;
  readonly span: Span;
}

/** An instance of a block: its graph, what each result is known to be bounded by, and whether it depends on `training`. */
export interface Instance {
  readonly graph: FoldedGraph;
  /** one a declared result: its place among the results of the graph, or none where the block returns `none` */
  readonly results: readonly ({ readonly at: number; readonly bound?: number } | undefined)[];
  readonly readsTraining: boolean;
  /** values of parameters that are no tensors, in declared order */
  readonly terms: ReadonlyMap<string, Term>;
  readonly bounds: Watch['bounds'];
  /** what of records it depends on; of all other parameters it depends on those that are no bounds */
  readonly reads: Dependence['reads'];
  readonly own: Dependence['own'];
  readonly counts: Dependence['counts'];
  /** none of an instance that was made of another: others are made of that one */
  readonly passed: Dependence['passed'];
  /** taken again since somebody last looked: whoever must forget some instances keeps these */
  again?: boolean;
}

/** How much of a spec one run of the compiler will evaluate. Far above any real model. */
export const LIMITS = {
  /** statements and calls evaluated for one model */
  steps: 2_000_000,
  /** statements and calls of one body */
  nodes: 100_000,
  /** different instances of blocks that one model needs */
  instances: 10_000,
  /** items of one list, turns of one `for` */
  items: 100_000,
  /** weights of one model, shared ones as often as they are made */
  weights: 200_000,
  /** calls inside calls */
  depth: 100,
  /** expressions inside expressions, through calls */
  nesting: 500,
} as const;

export interface Session {
  /** sound instances only; shared by all sessions of a spec */
  readonly instances: Instances;
  /** keys of instances that had errors, which were said */
  readonly failures: Set<string>;
  readonly diagnostics: Diagnostic[];
  readonly seen: Set<string>;
  training: boolean;
  /** what is being instantiated, for traces: `preset "DiT-S/2"` */
  target: string;
  steps: number;
  /** instances of blocks made */
  made: number;
  /** expressions inside expressions, over all frames */
  depth: number;
  failed: boolean;
}

export interface Frame {
  readonly session: Session;
  readonly scope: Scope;
  readonly names: Map<string, Term>;
  readonly build: FoldingBuilder;
  /** the body is a model's: inputs and outputs may stand in it */
  readonly model?: ModelParts;
  readonly block?: BlockSymbol;
  /** `DiT`, `AdaLNZeroBlock` */
  readonly what: string;
  readonly parent?: Frame;
  /** of what has parameters */
  readonly watch?: Watch;
  /** where the parent calls this one, and the path it gives */
  readonly from?: { readonly place: Place; readonly path: string };
  readonly depth: number;
  readonly evaluate: Evaluator;
  /** the axes that `...` of the signature stands for */
  rest?: Shape;
  /** bodies of `for` that surround the statement */
  turns: number;
  readsTraining: boolean;
  /** a budget was passed: everything is an error from now on */
  stopped: boolean;
  /** a `require` of this body did not hold: what follows makes no sense */
  halted: boolean;
  /** something in this body, or in what it calls, was wrong */
  failed: boolean;
  nodes: number;
  /** weights inside the calls so far */
  weights: number;
  /** the first value whose making was looked into, as initial values that are constants are */
  looksBackTo: number;
  /** paths as they are evaluated, where somebody wants to know */
  paths?: { readonly path: Path; readonly prefix: string }[];
}

export interface ModelParts {
  readonly inputs: Map<string, Place>;
  readonly outputs: { readonly name: string; readonly value: number; readonly place: Place }[];
}

/** The walk, handed along so that its parts need not import one another in a circle. */
export interface Evaluator {
  expression(expr: Expr, frame: Frame, wanted?: Wanted): Term;
  statements(stmts: readonly Stmt[], frame: Frame): void;
  call(call: CallSite, frame: Frame, wanted?: Wanted): Term;
}

/** What the surroundings know about the value of an expression. */
export interface Wanted {
  /** the type of the parameter, field or axis that it is for: enum members are found by it, `F(k: v)` fills in */
  readonly type?: Kind;
  /** the path for the head call */
  readonly prefix?: Prefix;
}

/** `f(args)` or `input |> f(args)`. */
export interface CallSite {
  readonly callee: Name;
  readonly piped?: { readonly term: Term; readonly span: Span };
  readonly args: readonly Arg[];
  readonly span: Span;
}

export const placeOf = (frame: Frame, span: Span): Place => ({ source: frame.scope.file.source, span });

/** "in AdaLNZeroBlock, from DiT.blocks.0, preset "DiT-S/2"" */
export function traceOf(frame: Frame): string | undefined {
  const path: string[] = [];
  let root = frame;
  for (; root.parent !== undefined; root = root.parent) if (root.from?.path) path.unshift(root.from.path);
  const { target } = frame.session;
  const from = frame.parent === undefined ? '' : `in ${frame.what}, from ${[root.what, ...path].join('.')}`;
  return [from, target].filter((part) => part !== '').join(', ') || undefined;
}

/** Says something once: the same code at the same place is said for the first instantiation only. */
export function say(session: Session, diagnostic: Diagnostic): void {
  const { place } = diagnostic;
  const key = `${diagnostic.code} ${place.source.path} ${place.span.start}`;
  if (session.seen.has(key)) return;
  session.seen.add(key);
  session.diagnostics.push(diagnostic);
}

/** What was wrong was said elsewhere; here its consequences are known. */
export function markFailed(frame: Frame): void {
  frame.session.failed = true;
  for (let at: Frame | undefined = frame; at !== undefined && !at.failed; at = at.parent) at.failed = true;
}

type HolesOf<K extends ElaborationCode> = Parameters<typeof make<K>>[2];

/** Reports a mistake at a span of the frame's file, with the trace, and returns the poison that silences what follows from it. */
export function fail<K extends ElaborationCode>(
  frame: Frame,
  code: K,
  span: Span,
  holes: HolesOf<K>,
  extras: Extras = {},
): ErrorTerm {
  markFailed(frame);
  const trace = traceOf(frame);
  const notes = [...(extras.notes ?? []), ...(trace === undefined ? [] : [trace])];
  const labels = [...(extras.labels ?? []), ...callOf(frame)];
  say(frame.session, make(code, placeOf(frame, span), holes, { ...extras, labels, notes }));
  return ERROR;
}

/** Where a file of one's own calls the standard library, when the mistake shows inside of that. */
function callOf(frame: Frame): readonly Label[] {
  const standard = (at: Frame | undefined): boolean => at?.scope.id.startsWith('std.') ?? false;
  let at: Frame | undefined = frame;
  while (standard(at) && standard(at?.parent)) at = at?.parent;
  return standard(at) && at?.from !== undefined ? [{ place: at.from.place, text: 'called here' }] : [];
}

/** Counts one step of the budget; false when it is used up (said once). */
export function spend(frame: Frame, span: Span): boolean {
  if (frame.stopped) return false;
  const { session } = frame;
  if (++session.steps > LIMITS.steps) {
    fail(frame, 'D0901', span, { what: 'this model takes too long to elaborate', limit: `${LIMITS.steps} steps` });
    stop(frame);
    return false;
  }
  if (++frame.nodes > LIMITS.nodes) {
    fail(frame, 'D0901', span, { what: 'the graph of this body is too large', limit: `${LIMITS.nodes} nodes` });
    stop(frame);
    return false;
  }
  return true;
}

export function stop(frame: Frame): void {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) at.stopped = true;
}

export function createSession(instances: Instances, target: string, training: boolean): Session {
  return {
    instances,
    failures: new Set(),
    diagnostics: [],
    seen: new Set(),
    training,
    target,
    steps: 0,
    made: 0,
    depth: 0,
    failed: false,
  };
}
