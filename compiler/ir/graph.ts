/**
 * The IR. A model is a graph that calls other graphs: one graph for each distinct instantiation of a block (the block,
 * the types of its tensors, the values of its parameters), shared by every call, so that a `for` of 28 turns is 28
 * calls of one graph. A graph is a list of nodes in an order in which they can be run; each node defines one or more
 * values; a value is defined once. A node is
 *   - `op`: one of the ops of `compiler/ops`, with attributes; one result;
 *   - `call`: another graph, with the prefix of the paths of the weights inside; as many results as the graph has;
 *   - `weight`: reads a weight of this graph; one result;
 *   - `const`: a number, or a closed graph (no inputs, no weights) that is evaluated in 64 bit when its value is wanted
 *     and then rounded; one result.
 * Graphs are values: passes make new ones. A graph knows its weights (`owns`) apart from the nodes that read them, since
 * dropping an unused node must not lose a weight that the file of weights has.
 * What is elaborated is folded first: equal calls in a row, as most loops make them, are one node with a `Run`. Counting
 * works on folded graphs, so depth costs nothing; what runs a graph, or shows it, asks for it unrolled (`unroll.ts`). A
 * `Graph` has no runs; every graph is a `FoldedGraph`.
 */
import type { Place } from '../../dsl/span.ts';
import type { Dim, TensorType } from './type.ts';

/** A value of a graph: an index into `Graph.values`. */
export type Value = number;

export interface ValueInfo {
  readonly type: TensorType;
  /** the name the spec gives it, for people; not unique */
  readonly name?: string;
}

/** Attributes of an op, checked by its zod schema. `sizes` of patterns may hold multiples of N. */
export type Attribute = number | string | boolean | readonly number[] | Readonly<Record<string, Dim>>;
export type Attributes = Readonly<Record<string, Attribute>>;

interface NodeBase {
  readonly results: readonly Value[];
  /** the text that made it; absent in graphs made by passes */
  readonly place?: Place;
}

export interface OpNode extends NodeBase {
  readonly kind: 'op';
  /** the name of the op: a key of `compiler/ops/registry` */
  readonly op: string;
  readonly operands: readonly Value[];
  readonly attributes: Attributes;
}

interface Call<G> extends NodeBase {
  readonly kind: 'call';
  readonly callee: G;
  readonly operands: readonly Value[];
  /** before the paths of the weights of the callee: `blocks.3`; empty for `as _` and for callees without weights */
  readonly prefix: string;
}

export interface CallNode extends Call<Graph> {
  readonly run?: undefined;
}

/** The results are those of the last turn; `prefix` is the first turn's and ends in an int that each turn adds one to. */
export interface FoldedCall extends Call<FoldedGraph> {
  readonly run?: Run;
}

/** Equal calls one after the other, each with weights of its own. */
export interface Run {
  /** two or more */
  readonly times: number;
  /** for each operand the result of the turn before that takes its place; none where it stays the same, which not all do */
  readonly carries: readonly (number | undefined)[];
}

export interface WeightNode extends NodeBase {
  readonly kind: 'weight';
  readonly weight: Weight;
}

export interface ConstNode extends NodeBase {
  readonly kind: 'const';
  /** a number stands for a tensor of the shape of the result filled with it; a graph has no inputs and one result */
  readonly value: number | Graph;
}

export type Node = OpNode | CallNode | WeightNode | ConstNode;
export type FoldedNode = OpNode | FoldedCall | WeightNode | ConstNode;

/** A tensor that is stored with the model. */
export interface Weight {
  /** relative to the graph that owns it: `weight`, `adaLN_modulation.1.weight`; the full path has the prefixes before it */
  readonly path: string;
  readonly type: TensorType;
  /** `param` is trained, `frozen` is stored but not trained */
  readonly trained: boolean;
  readonly init: Init;
  readonly place?: Place;
}

/** How a weight starts. Only evaluated when weights are made. */
export type Init =
  | { readonly kind: 'fill'; readonly value: number }
  | { readonly kind: 'normal'; readonly std: number }
  | { readonly kind: 'uniform'; readonly bound: number }
  /** U(±√(6 / (fanIn + fanOut))), Glorot & Bengio 2010 */
  | { readonly kind: 'xavier_uniform'; readonly fanIn: number; readonly fanOut: number }
  /** a closed graph with one result of the weight's shape */
  | { readonly kind: 'tensor'; readonly graph: Graph };

interface OwnedWeight {
  readonly kind: 'weight';
  readonly weight: Weight;
  readonly shared: boolean;
}

interface OwnedCall<G> {
  readonly kind: 'call';
  readonly callee: G;
  readonly prefix: string;
  readonly shared: boolean;
  readonly place?: Place;
}

/** What a graph owns, in the order of the text: a weight of its own, or all weights of a graph that it calls. */
export type Owned = OwnedWeight | (OwnedCall<Graph> & { readonly times?: undefined });

export interface FoldedOwnedCall extends OwnedCall<FoldedGraph> {
  /** as in the run of the call */
  readonly times?: number;
}

export type FoldedOwned = OwnedWeight | FoldedOwnedCall;

export interface GraphInput {
  readonly name: string;
  readonly value: Value;
  /** inputs of a model only */
  readonly role?: Role;
}

/** What the runtime puts into an input of a model. */
export type Role =
  | { readonly kind: 'image' | 'timestep' | 'text' | 'mask' | 'drop' | 'uniform' | 'normal' }
  /** values 0..classes-1; `null`, where there is one, means "no label" */
  | { readonly kind: 'label'; readonly classes: number; readonly null?: number };

export interface GraphResult {
  readonly name?: string;
  readonly value: Value;
}

interface GraphOf<N, O> {
  /** of the block or model, as written */
  readonly name: string;
  readonly inputs: readonly GraphInput[];
  readonly results: readonly GraphResult[];
  readonly nodes: readonly N[];
  readonly values: readonly ValueInfo[];
  readonly owns: readonly O[];
  /**
   * Reads weights that another graph owns: a backward graph, which reads those of the block it differentiates. It owns
   * none; its weight nodes, and the calls in it (of graphs that own weights too), stand for the owner's under the
   * same prefix. Whoever calls it owns nothing by that call.
   */
  readonly borrows?: true;
  /** the block or model that it is an instance of */
  readonly place?: Place;
  /** compile-time parameters of the instance as shown to people: `heads: 6, qkv_bias: true`; empty when there are none */
  readonly settings: string;
}

export interface Graph extends GraphOf<Node, Owned> {}

export interface FoldedGraph extends GraphOf<FoldedNode, FoldedOwned> {}
