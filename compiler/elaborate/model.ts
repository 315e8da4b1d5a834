/**
 * A model with the values of its parameters becomes two graphs, one for inference and one for training; where its body
 * never asks for `training` they are the same. They are elaborated folded, and unrolled when somebody asks for them.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { createFoldingBuilder, type FoldingBuilder } from '../ir/builder.ts';
import type { FoldedGraph, Graph } from '../ir/graph.ts';
import { unrolled } from '../ir/unroll.ts';
import { instanceOf } from './block-instance.ts';
import { coerce } from './coerce.ts';
import { createSession, type Frame, fail, type Instance, placeOf, type Session } from './context.ts';
import { EVALUATOR } from './evaluator.ts';
import { createFrame } from './frame.ts';
import type { Instances } from './instances.ts';
import { coarseKey } from './instances.ts';
import { checkPaths } from './paths.ts';
import { settingsLater } from './settings.ts';
import { signatureOf } from './signatures.ts';
import type { ModelSymbol } from './symbol.ts';
import { BUILDS_NOTHING, takenOver } from './taken-over.ts';
import { NONE, type Term } from './term.ts';
import { originOf, type Read, showRead, Watch, watched } from './watch.ts';

/** Values of a model's parameters, by name; those that are absent have their defaults. */
export type Settings = ReadonlyMap<string, Term>;

export interface ModelInstance {
  readonly symbol: ModelSymbol;
  /** every parameter, in declared order, defaults included */
  readonly settings: Settings;
  /** `preset "DiT-S/2"` or `DiT` with settings: what messages call it */
  readonly target: string;
  readonly inference: Graph;
  readonly training: Graph;
  /** the same, for whoever only counts */
  readonly folded: { readonly inference: FoldedGraph; readonly training: FoldedGraph };
}

export interface Instantiation {
  /** absent when there were errors */
  readonly model?: ModelInstance;
  readonly diagnostics: readonly Diagnostic[];
}

export function instantiateModel(
  symbol: ModelSymbol,
  settings: Settings,
  target: string,
  instances: Instances,
): Instantiation {
  instances.begin();
  const inference = build(symbol, settings, target, instances, false);
  if (inference.graph === undefined) return { diagnostics: inference.diagnostics };
  const training = inference.readsTraining ? build(symbol, settings, target, instances, true) : inference;
  const diagnostics =
    training === inference ? inference.diagnostics : merge(inference.diagnostics, training.diagnostics);
  if (training.graph === undefined) return { diagnostics };
  const folded = { inference: inference.graph, training: training.graph };
  return { model: new Model(symbol, inference.settings, target, folded), diagnostics };
}

/** Unrolled when somebody asks. */
class Model implements ModelInstance {
  readonly symbol: ModelSymbol;
  readonly settings: Settings;
  readonly target: string;
  readonly folded: ModelInstance['folded'];

  constructor(symbol: ModelSymbol, settings: Settings, target: string, folded: ModelInstance['folded']) {
    this.symbol = symbol;
    this.settings = settings;
    this.target = target;
    this.folded = folded;
  }

  get inference(): Graph {
    return unrolled(this.folded.inference);
  }

  get training(): Graph {
    return unrolled(this.folded.training);
  }
}

/** Both graphs make the same mistakes where they are the same; each is said once. */
function merge(first: readonly Diagnostic[], second: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = (diagnostic: Diagnostic): string =>
    `${diagnostic.code} ${diagnostic.place.source.path} ${diagnostic.place.span.start}`;
  const seen = new Set(first.map(key));
  return [...first, ...second.filter((diagnostic) => !seen.has(key(diagnostic)))];
}

/** All parameters with their values, without building anything; none when one is wrong. */
export function settleSettings(
  symbol: ModelSymbol,
  given: Settings,
  target: string,
  instances: Instances,
): { readonly settings?: Settings; readonly diagnostics: readonly Diagnostic[] } {
  const session = createSession(instances, target, false);
  const frame = createFrame({
    session,
    scope: symbol.scope,
    build: createFoldingBuilder(),
    what: symbol.decl.name.text,
    evaluate: EVALUATOR,
    model: { inputs: new Map(), outputs: [] },
  });
  return { settings: settleParameters(symbol, given, frame), diagnostics: session.diagnostics };
}

interface Built {
  readonly graph?: FoldedGraph;
  readonly settings: Settings;
  readonly readsTraining: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

function build(symbol: ModelSymbol, given: Settings, target: string, instances: Instances, training: boolean): Built {
  const session = createSession(instances, target, training);
  const frame = frameOf(symbol, session, createFoldingBuilder());
  const settings = settleParameters(symbol, given, frame);
  if (settings === undefined) return { settings: new Map(), readsTraining: false, diagnostics: session.diagnostics };
  const { graph, readsTraining } = instanceFor(symbol, settings, frame);
  return { graph: session.failed ? undefined : graph, settings, readsTraining, diagnostics: session.diagnostics };
}

function frameOf(symbol: ModelSymbol, session: Session, build: FoldingBuilder): Frame {
  return createFrame({
    session,
    scope: symbol.scope,
    build,
    watch: new Watch(symbol),
    what: symbol.decl.name.text,
    evaluate: EVALUATOR,
    model: { inputs: new Map(), outputs: [] },
  });
}

function instanceFor(symbol: ModelSymbol, settings: Settings, frame: Frame): Instance {
  const { session } = frame;
  const { instances, training } = session;
  const coarse = coarseKey(`model ${symbol.id}`, signatureOf(symbol).names, settings, frame.watch!.bounds);
  const known = instances.find(coarse, settings, training);
  if (known !== undefined) return known;
  const like = instances.like(coarse, settings, training);
  const made = like && takenOver(like, settings, frameOf(symbol, session, BUILDS_NOTHING), instanceOf);
  // it is made again sooner than it is found
  const counted = made && instances.derived(made, settings);
  if (counted !== undefined) return counted;
  const instance = evaluateBody(symbol, settings, frame);
  if (!session.failed && session.diagnostics.length === 0) instances.keep(coarse, settings, instance, training);
  return instance;
}

function evaluateBody({ decl }: ModelSymbol, terms: Settings, frame: Frame): Instance {
  frame.evaluate.statements(decl.body, frame);
  const outputs = frame.model!.outputs;
  if (!frame.session.failed && outputs.length === 0)
    fail(frame, 'D0504', decl.name.span, { name: decl.name.text }, { help: 'write `output eps = …`' });
  const { own, counts, passed } = frame.watch!.settle();
  const { bounds } = frame.watch!;
  const reads = allOf(terms, bounds, counts);
  const graph = frame.build.finish(
    outputs.map(({ name, value }) => ({ name, value })),
    {
      name: decl.name.text,
      settings: settingsLater({ terms, bounds, reads, counts }),
      place: placeOf(frame, decl.name.span),
    },
  );
  if (!frame.session.failed) checkPaths(graph.owns, frame);
  return { graph, results: [], readsTraining: frame.readsTraining, terms, bounds, reads, own, counts, passed };
}

/** A model is shown with all of its settings, so it is another one when one of them is, whether it is read or not. */
function allOf(terms: Settings, bounds: ReadonlySet<string>, counts: readonly Read[]): readonly Read[] {
  const counted = new Set(counts.map(showRead));
  const fields = [...terms].flatMap(([name, term]) =>
    term.kind === 'record' ? [...term.fields.keys()].map((field): Read => ({ name, field })) : [],
  );
  const reads = [...[...bounds].map((name): Read => ({ name })), ...fields];
  return reads.filter((read) => !counted.has(showRead(read)));
}

/** Parameters in declared order; a default may use the ones before it. */
function settleParameters(symbol: ModelSymbol, given: Settings, frame: Frame): Settings | undefined {
  const settings = new Map<string, Term>();
  for (const parameter of signatureOf(symbol).parameters) {
    const { name, param } = parameter;
    if (parameter.kind === 'tensor') {
      fail(
        frame,
        'D0305',
        param.type.span,
        { expected: 'a parameter of compile time', given: 'a tensor' },
        { help: 'tensors come into a model by `input`' },
      );
      continue;
    }
    let value = given.get(name);
    if (value === undefined && parameter.default !== undefined) {
      value = coerce(
        frame.evaluate.expression(parameter.default, frame, { type: parameter.type }),
        parameter.type,
        parameter.optional,
        `\`${name}\``,
        parameter.default.span,
        frame,
      );
    } else if (value === undefined) {
      value = parameter.optional
        ? NONE
        : fail(
            frame,
            'D0321',
            param.name.span,
            { name, callee: symbol.decl.name.text },
            { help: 'give it a default, or a value in the preset' },
          );
    }
    settings.set(name, originOf(value));
    frame.names.set(name, watched(value, name, frame.watch));
  }
  return frame.session.failed ? undefined : settings;
}
