/**
 * A model as layers: every call with a path becomes a layer, `as _` is looked through, and an op between calls is a layer
 * of its own. What depends on no input (weights of the model itself, constants) goes into the layer that reads it; a
 * weight that several layers read is a layer too, and its value a tensor between them. A weight belongs to one layer:
 * where calls that differ own the same one, the whole model is one layer.
 */
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph, Node, Role, Value } from '../../compiler/ir/graph.ts';
import { isBatch, type TensorType } from '../../compiler/ir/type.ts';
import { joinPath, ownsWeights, weightsOf } from '../../compiler/ir/weights.ts';

/** A tensor between layers. */
export interface Wire {
  readonly type: TensorType;
  /** of the model's input that it is */
  readonly input?: { readonly name: string; readonly role?: Role };
}

export interface PlannedLayer {
  /** unique in the model */
  readonly name: string;
  readonly graph: Graph;
  /** before the paths of its weights */
  readonly prefix: string;
}

export interface PlannedCall {
  readonly layer: PlannedLayer;
  readonly operands: readonly Wire[];
  readonly results: readonly Wire[];
}

export interface LayerPlan {
  readonly inputs: readonly Wire[];
  readonly calls: readonly PlannedCall[];
  readonly outputs: readonly Wire[];
}

/** A node that depends on no input, where it stands. */
interface Closed {
  readonly graph: Graph;
  readonly node: Node;
  readonly prefix: string;
  readonly operands: readonly Term[];
}
type Term = { readonly wire: Wire } | { readonly closed: Closed; readonly at: number };

const isWire = (term: Term): term is { readonly wire: Wire } => 'wire' in term;
const hasBatch = ({ shape }: TensorType): boolean => shape.some(isBatch);

function uniqueNames(): (wanted: string) => string {
  const taken = new Set<string>();
  return (wanted) => {
    let name = wanted;
    for (let again = 1; taken.has(name); again++) name = `${wanted}_${again}`;
    taken.add(name);
    return name;
  };
}

/** A node with its operands as a graph: wires come in, all else is made inside. */
function graphOf(graph: Graph, node: Node, prefix: string, operands: readonly Term[]): [Graph, Wire[]] {
  const build = createBuilder();
  const made = new Map<Wire | Closed, readonly Value[]>();
  const wires: Wire[] = [];
  const read = (term: Term): Value => {
    const key = isWire(term) ? term.wire : term.closed;
    let values = made.get(key);
    if (values === undefined) {
      if (isWire(term)) {
        values = [build.input(term.wire.input?.name ?? `x${wires.length}`, term.wire.type)];
        wires.push(term.wire);
      } else values = make(term.closed);
      made.set(key, values);
    }
    return values[isWire(term) ? 0 : term.at]!;
  };
  const make = ({ graph: from, node: one, prefix: path, operands: terms }: Closed): readonly Value[] => {
    switch (one.kind) {
      case 'const':
        if (typeof one.value !== 'number') return [build.constant(one.value)];
        return [build.number(one.value, from.values[one.results[0]!]!.type)];
      case 'weight': {
        const weight = { ...one.weight, path: joinPath(path, one.weight.path) };
        build.own({ kind: 'weight', weight, shared: false });
        return [build.weight(weight)];
      }
      case 'op':
        return [build.op(one.op, terms.map(read), one.attributes, one.place)];
      case 'call': {
        const full = joinPath(path, one.prefix);
        if (ownsWeights(one.callee)) build.own({ kind: 'call', callee: one.callee, prefix: full, shared: false });
        return build.call(one.callee, terms.map(read), full, one.place);
      }
    }
  };
  const values = make({ graph, node, prefix, operands });
  const name = node.kind === 'call' ? node.callee.name : node.kind === 'op' ? node.op : node.kind;
  const results = values.map((value) => ({ value }));
  return [build.finish(results, { name, place: node.place ?? graph.place }), wires];
}

/** The graph as one that stands at `path` itself, where all its weights are those of the call there. */
function rooted(graph: Graph, path: string): Graph | undefined {
  const [owned, ...others] = graph.owns;
  if (owned?.kind !== 'call' || owned.prefix !== path || others.length > 0) return undefined;
  const nodes = graph.nodes.map((node) =>
    node.kind === 'call' && node.prefix === path ? { ...node, prefix: '' } : node,
  );
  return { ...graph, nodes, owns: [{ ...owned, prefix: '' }] };
}

interface Attempt {
  /** nothing where the model does not come apart */
  readonly plan?: LayerPlan;
  /** paths of weights that more than one layer would own */
  readonly contended: ReadonlySet<string>;
}

/** The weights that a node makes, by full path. */
function madeBy(node: Node, prefix: string): readonly string[] {
  if (node.kind === 'weight') return [joinPath(prefix, node.weight.path)];
  if (node.kind !== 'call') return [];
  return weightsOf(node.callee).map(({ path }) => joinPath(joinPath(prefix, node.prefix), path));
}

/** Layers for the parts of a model; the weights `apart` do not go into the layers that read them. */
function takeApart(model: Graph, apart: ReadonlySet<string>): Attempt {
  const unique = uniqueNames();
  const calls: PlannedCall[] = [];
  const owned = new Map<string, PlannedLayer>();
  const reused = new Map<string, PlannedLayer>();
  const outputNames = new Map(model.results.map(({ name, value }) => [value, name]));
  const contended = new Set<string>();
  const alone = new Map<string, readonly Term[]>();
  const inputs = inputsOf(model);
  let sound = true;

  const layerFor = (graph: Graph, prefix: string, name: string): PlannedLayer => {
    const before = reused.get(prefix);
    if (before?.graph === graph && ownsWeights(graph)) return before;
    const layer = { name: unique(name), graph, prefix };
    reused.set(prefix, layer);
    for (const { path } of weightsOf(graph)) {
      const full = joinPath(prefix, path);
      if (owned.has(full)) contended.add(full);
      owned.set(full, layer);
    }
    return layer;
  };

  const step = (graph: Graph, node: Node, prefix: string, terms: readonly Term[]): readonly Term[] => {
    const whole =
      node.kind === 'call' && terms.every(isWire) && new Set(terms.map(({ wire }) => wire)).size === terms.length;
    const [made, operands] = whole ? [node.callee, terms.map(({ wire }) => wire)] : graphOf(graph, node, prefix, terms);
    const path = node.kind === 'call' ? joinPath(prefix, node.prefix) : '';
    const output = graph === model && node.results.length === 1 ? outputNames.get(node.results[0]!) : undefined;
    const name = node.kind === 'weight' ? joinPath(prefix, node.weight.path) : (output ?? made.name);
    const at = whole ? made : rooted(made, path);
    const layer = layerFor(at ?? made, at ? path : '', path !== '' && ownsWeights(made) ? path : name);
    const results = node.results.map((value): Wire => ({ type: graph.values[value]!.type }));
    if (!operands.some(({ type }) => hasBatch(type)) && results.some(({ type }) => hasBatch(type))) sound = false;
    // layers of tfjs are called with something; what needs nothing does not look at it
    calls.push({ layer, operands: operands.length > 0 ? operands : inputs.slice(0, 1), results });
    return results.map((wire) => ({ wire }));
  };

  const walk = (graph: Graph, prefix: string, given: readonly Term[]): readonly Term[] => {
    const terms = new Map(graph.inputs.map(({ value }, at) => [value, given[at]!]));
    for (const node of graph.nodes) {
      const operands = 'operands' in node ? node.operands.map((value) => terms.get(value)!) : [];
      let results: readonly Term[];
      const paths = operands.some(isWire) ? [] : madeBy(node, prefix);
      if (paths.some((path) => apart.has(path))) {
        const key = paths.join();
        results = alone.get(key) ?? step(graph, node, prefix, operands);
        alone.set(key, results);
      } else if (!operands.some(isWire)) {
        const closed: Closed = { graph, node, prefix, operands };
        results = node.results.map((_, at) => ({ closed, at }));
      } else if (node.kind === 'call' && node.prefix === '' && ownsWeights(node.callee)) {
        results = walk(node.callee, prefix, operands);
      } else results = step(graph, node, prefix, operands);
      for (const [at, value] of node.results.entries()) terms.set(value, results[at]!);
    }
    return graph.results.map(({ value }) => terms.get(value)!);
  };

  for (const { input } of inputs) unique(input!.name);
  const results = walk(
    model,
    '',
    inputs.map((wire) => ({ wire })),
  );
  const outputs = results.flatMap((term) => (isWire(term) && !inputs.includes(term.wire) ? term.wire : []));
  const complete = outputs.length === results.length && new Set(outputs).size === outputs.length;
  // a weight that no result reads is in the file all the same
  const all = weightsOf(model).every(({ path }) => owned.has(path));
  const good = sound && contended.size === 0 && complete && all;
  return { plan: good ? { inputs, calls, outputs } : undefined, contended };
}

const inputsOf = ({ inputs, values }: Graph): Wire[] =>
  inputs.map(({ name, value, role }) => ({ type: values[value]!.type, input: { name, role } }));

export function planLayers(model: Graph): LayerPlan {
  const apart = new Set<string>();
  for (let before = -1; before < apart.size; ) {
    before = apart.size;
    const { plan, contended } = takeApart(model, apart);
    if (plan !== undefined) return plan;
    for (const path of contended) apart.add(path);
  }
  const inputs = inputsOf(model);
  const outputs = model.results.map(({ value }): Wire => ({ type: model.values[value]!.type }));
  const layer = { name: uniqueIn(model), graph: model, prefix: '' };
  return { inputs, calls: [{ layer, operands: inputs, results: outputs }], outputs };
}

/** The model's name, apart from those of its inputs. */
function uniqueIn({ name, inputs }: Graph): string {
  const unique = uniqueNames();
  for (const input of inputs) unique(input.name);
  return unique(name);
}
