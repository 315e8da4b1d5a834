/**
 * Makes pullbacks: one for each graph and set of gradients, so that 28 calls share one backward graph.
 */
import { createBuilder } from '../ir/builder.ts';
import type { Graph, Value } from '../ir/graph.ts';
import { createActivity } from './active.ts';
import { emitForward, emitNode, emitSketch, liveValues, operandsOf } from './emit.ts';
import { chooseKept } from './keep.ts';
import { createInputs, finishBorrowing, namedAfter } from './naming.ts';
import { type Kept, notePullback, type Pullback, type PullbackOf } from './pullback.ts';
import { type Rematerialise, runAgain } from './rematerialise.ts';
import { type Forward, type Sketch, sketchGradient } from './sketch.ts';

export interface PullbackOptions {
  /** whether gradients of trained weights are wanted */
  readonly weights: boolean;
  readonly rematerialise: Rematerialise;
}

export function createPullbacks({ weights, rematerialise }: PullbackOptions): {
  readonly pullbackOf: PullbackOf;
  readonly activityOf: ReturnType<typeof createActivity>;
} {
  const activityOf = createActivity(weights);
  const known = new WeakMap<Graph, Map<string, Pullback | undefined>>();

  const remember = (callee: Graph, key: string, compute: () => Pullback | undefined): Pullback | undefined => {
    let entries = known.get(callee);
    if (entries === undefined) known.set(callee, (entries = new Map()));
    if (!entries.has(key)) entries.set(key, compute());
    return entries.get(key);
  };

  const find = (
    callee: Graph,
    wanted: readonly boolean[],
    arrives: readonly boolean[],
    inner: PullbackOf,
    mode: string,
  ) =>
    remember(callee, `${mode} ${wanted.map(Number).join('')} ${arrives.map(Number).join('')}`, () => {
      const activity = activityOf(callee, wanted);
      const sketch = sketchGradient(callee, activity, arrives, inner);
      return sketch && pullbackFrom(callee, sketch);
    });

  /** inside of what runs again nothing is kept, so nothing more is saved by running parts of it a third time */
  const plain: PullbackOf = (call, _, wanted, arrives) => find(call.callee, wanted, arrives, plain, 'plain');

  const pullbackOf: PullbackOf = (call, caller, wanted, arrives) => {
    if (!rematerialise(call, caller)) return find(call.callee, wanted, arrives, pullbackOf, 'kept');
    const base = plain(call, caller, wanted, arrives);
    if (base?.kept.every(({ kind }) => kind === 'input')) return base;
    const key = `again ${wanted.map(Number).join('')} ${arrives.map(Number).join('')}`;
    return base && remember(call.callee, key, () => runAgain(call.callee, base));
  };
  return { pullbackOf, activityOf };
}

const nameOf = (graph: Graph, value: Value): string =>
  graph.inputs.find((input) => input.value === value)?.name ?? graph.values[value]?.name ?? 'kept';

function pullbackFrom(callee: Graph, sketch: Sketch): Pullback {
  const live = liveValues(
    sketch.graph,
    sketch.graph.results.map(({ value }) => value),
  );
  const mentioned = [...sketch.mentions].filter(([value]) => live.has(value)).map(([, forward]) => forward);
  const chosen = chooseKept(callee, sketch.extras, mentioned);
  const inputs = new Map(callee.inputs.map(({ value }, index) => [value, index]));
  const inside = chosen.filter((forward) => !inputs.has(forward));
  let result = callee.results.length;
  const kept = chosen.map((forward): Kept => {
    const index = inputs.get(forward);
    return index === undefined ? { kind: 'result', index: result++ } : { kind: 'input', index };
  });
  const pullback: Pullback = {
    forward: forwardVariant(callee, sketch, inside),
    backward: backwardGraph(callee, sketch, chosen),
    kept,
    cotangents: [...sketch.cotangents.values()],
    inputs: sketch.inputs,
    weights: sketch.weights,
  };
  return notePullback(pullback, callee);
}

/** The callee itself where nothing inside of it is kept. */
function forwardVariant(callee: Graph, sketch: Sketch, inside: readonly Forward[]): Graph {
  if (inside.length === 0) return callee;
  const build = createBuilder();
  const inputs = new Map(
    callee.inputs.map(({ name, value, role }) => [value, build.input(name, callee.values[value]!.type, role)]),
  );
  const find = emitForward(build, callee, sketch, (value) => inputs.get(value)!);
  for (const owned of callee.owns) build.own(owned);
  const results = callee.results.map(({ name, value }) => ({ name, value: find(value) }));
  return build.finish([...results, ...inside.map((value) => ({ value: find(value) }))], namedAfter(callee, 'forward'));
}

function backwardGraph(callee: Graph, sketch: Sketch, kept: readonly Forward[]): Graph {
  const build = createBuilder();
  const input = createInputs(build);
  const types = [...callee.values, ...sketch.extras];
  const found = new Map(kept.map((forward) => [forward, input(nameOf(callee, forward), types[forward]!.type)]));
  const cotangents = new Map(
    sketch.graph.inputs
      .filter(({ value }) => sketch.cotangents.has(value))
      .map(({ name, value }) => [value, input(name, sketch.graph.values[value]!.type)]),
  );
  const makers = new Map(callee.nodes.flatMap((node) => node.results.map((value) => [value, node] as const)));
  const find = (forward: Forward): Value => {
    const known = found.get(forward);
    if (known !== undefined) return known;
    const node = makers.get(forward)!;
    const results = emitNode(build, callee, node, operandsOf(node).map(find));
    for (const [i, value] of node.results.entries()) found.set(value, results[i]!);
    return found.get(forward)!;
  };
  const results = emitSketch(build, sketch, (value) => cotangents.get(value) ?? find(sketch.mentions.get(value)!));
  return finishBorrowing(build, results, namedAfter(callee, 'backward'));
}
