/**
 * What a picture of a graph shows, before anybody lays it out: boxes, blocks that are open with boxes inside, and arrows
 * with shapes. A picture is for people, so numbers stand in their ops, axes of 1 come and go in silence, calls that
 * follow each other in a chain become one block `× 28`, and slices that part a tensor become one `split`.
 */
import type { CallNode, Graph, OpNode, Value } from '../ir/graph.ts';
import { labelsOf } from '../ir/labels.ts';
import { showNumber } from '../ir/number-text.ts';
import { showAttribute } from '../ir/print-rows.ts';
import { showShape, showType } from '../ir/type.ts';
import { countParams, ownsWeights } from '../ir/weights.ts';
import { findChains } from './chain.ts';
import { findSplits } from './split.ts';

export type SceneKind = 'input' | 'output' | 'op' | 'layer' | 'block' | 'weight' | 'constant';

export interface SceneNode {
  readonly id: string;
  readonly kind: SceneKind;
  readonly title: string;
  /** smaller, below the title: path, weights, attributes */
  readonly lines: readonly string[];
  readonly inside?: SceneGroup;
}

export interface Port {
  readonly id: string;
  readonly name: string;
}

export interface SceneEdge {
  /** a node that is closed, a port of an open one, or a port of the group that the edge is in */
  readonly from: string;
  readonly to: string;
  /** said once for each value: `shift1, scale1 [N, 1, 384]` */
  readonly label?: string;
}

export interface SceneGroup {
  readonly nodes: readonly SceneNode[];
  readonly edges: readonly SceneEdge[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface Scene {
  readonly title: string;
  readonly subtitle: string;
  readonly root: SceneGroup;
}

export interface SceneOptions {
  /**
   * Levels of blocks that are open inside of the model: 1 unless said. A call `as _` is no level, a block without weights
   * opens one level later than its neighbours, and a layer (it owns its weights itself) never does.
   */
  readonly depth?: number;
}

export function sceneOf(graph: Graph, { depth = 1 }: SceneOptions = {}): Scene {
  const { trained, frozen } = countParams(graph);
  const count = (params: number) => params.toLocaleString('en');
  const params = `${count(trained)} trained parameters${frozen > 0 ? `, ${count(frozen)} frozen` : ''}`;
  const subtitle = graph.settings === '' ? params : `${graph.settings} · ${params}`;
  return { title: graph.name, subtitle, root: groupOf(graph, '', depth, labelsOf(graph)) };
}

/** Boxes in a scene, closed and open, for those who must know whether it can be laid out. */
export const countBoxes = (group: SceneGroup): number =>
  group.nodes.reduce((sum, { inside }) => sum + 1 + (inside === undefined ? 0 : countBoxes(inside)), 0);

const isLayer = (graph: Graph): boolean =>
  graph.owns.length > 0 &&
  graph.nodes.every(({ kind }) => kind !== 'call') &&
  graph.owns.every(({ kind }) => kind === 'weight');

function groupOf(graph: Graph, id: string, depth: number, labels: ReadonlyMap<Graph, string>): SceneGroup {
  const top = id === '';
  const within = (name: string | number) => (top ? `${name}` : `${id}/${name}`);
  const typeOf = (value: Value) => graph.values[value]!.type;
  const nodes: SceneNode[] = [];
  const inputs: Port[] = [];
  const outputs: Port[] = [];
  const open = new Set<string>();
  /** where a value comes from: a closed node, or a port */
  const sources = new Map<Value, string>();
  /** ends that show shapes themselves */
  const quiet = new Set<string>();
  const arrows = arrowsOf(graph, sources, quiet, open);
  const numbers = numbersOf(graph);
  const { splits, parts } = findSplits(graph);
  const chains = findChains(graph);

  /** ports of open blocks; closed ones are hit as a whole */
  const portOf = (call: string, side: 'in' | 'out', index: number): string =>
    open.has(call) ? `${call}/${side}${index}` : call;

  const addOp = (node: OpNode, at: string) => {
    const result = node.results[0]!;
    const through = isUnitReshape(node) ? sources.get(node.operands[0]!) : undefined;
    if (through !== undefined) return sources.set(result, through);
    const split = parts.get(node);
    const here = split === undefined ? at : within(split);
    sources.set(result, here);
    if (split !== undefined && splits.get(split)![0] !== node) return;
    const title = split === undefined ? titleOf(node, numbers) : `split ${splits.get(split)!.length}`;
    nodes.push({ id: here, kind: 'op', title, lines: split === undefined ? detailsOf(node) : [] });
    for (const operand of node.operands) arrows.add(operand, here);
  };

  const addCall = (node: CallNode, at: string, calls: readonly CallNode[]) => {
    const { callee, prefix } = node;
    const times = calls.length > 1 ? ` × ${calls.length}` : '';
    const path = calls.length > 1 ? `${prefix} … ${calls[calls.length - 1]!.prefix}` : prefix;
    const lines = ownsWeights(callee) && prefix !== '' ? [path] : [];
    const inner = prefix === '' && ownsWeights(callee) ? depth : depth - 1;
    if (isLayer(callee)) {
      const weights = callee.owns.flatMap((owned) =>
        owned.kind === 'weight' ? [`${owned.weight.path} ${showType(owned.weight.type)}`] : [],
      );
      nodes.push({ id: at, kind: 'layer', title: `${callee.name}${times}`, lines: [...lines, ...weights] });
    } else {
      const opens = ownsWeights(callee) ? inner >= 0 : inner >= 1;
      const inside = opens ? groupOf(callee, at, inner, labels) : undefined;
      if (inside !== undefined) open.add(at);
      nodes.push({ id: at, kind: 'block', title: `${callee.name}${times}`, lines, inside });
    }
    for (const [index, operand] of node.operands.entries()) arrows.add(operand, portOf(at, 'in', index));
    for (const [index, value] of node.results.entries()) sources.set(value, portOf(at, 'out', index));
  };

  for (const [index, { name, value, role }] of graph.inputs.entries()) {
    const at = within(`in${index}`);
    sources.set(value, at);
    const type = role === undefined ? showType(typeOf(value)) : `${role.kind}${showShape(typeOf(value).shape)}`;
    if (top) nodes.push({ id: at, kind: 'input', title: name, lines: [type] });
    else inputs.push({ id: at, name });
    quiet.add(at);
  }
  for (const [index, node] of graph.nodes.entries()) {
    const at = within(index);
    if (node.kind === 'op') addOp(node, at);
    else if (node.kind === 'call') {
      const chain = chains.get(node);
      if (chain === undefined || chain.first === node) addCall(node, at, chain?.calls ?? [node]);
      else {
        const first = within(chain.index);
        for (const [operand, value] of node.operands.entries()) {
          if (!chain.own.has(value)) arrows.add(value, portOf(first, 'in', operand));
        }
        for (const [result, value] of node.results.entries()) sources.set(value, portOf(first, 'out', result));
      }
    } else if (!numbers.has(node.results[0]!)) {
      sources.set(node.results[0]!, at);
      quiet.add(at);
      if (node.kind === 'weight') {
        const { path, type, trained } = node.weight;
        nodes.push({ id: at, kind: 'weight', title: path, lines: [`${trained ? '' : 'frozen '}${showType(type)}`] });
      } else {
        const title = typeof node.value === 'number' ? showNumber(node.value) : labels.get(node.value)!;
        nodes.push({ id: at, kind: 'constant', title, lines: [showType(typeOf(node.results[0]!))] });
      }
    }
  }
  for (const [index, { name, value }] of graph.results.entries()) {
    const at = within(`out${index}`);
    quiet.add(at);
    if (top) nodes.push({ id: at, kind: 'output', title: name ?? `${index}`, lines: [showType(typeOf(value))] });
    else outputs.push({ id: at, name: name ?? '' });
    arrows.add(value, at);
  }
  return { nodes, edges: arrows.edges(), inputs, outputs };
}

interface Arrows {
  add(value: Value, to: string): void;
  edges(): SceneEdge[];
}

/**
 * One arrow for two ends, with the names of all values that go that way, each said once. A shape is said where it is new:
 * not behind a node that gives what it was given.
 */
function arrowsOf(
  graph: Graph,
  sources: ReadonlyMap<Value, string>,
  quiet: ReadonlySet<string>,
  open: ReadonlySet<string>,
): Arrows {
  const arrows = new Map<string, { from: string; to: string; names: string[]; type?: string }>();
  const said = new Set<string>();
  const kept = new Set<Value>();
  for (const node of graph.nodes) {
    if (node.kind !== 'op' && node.kind !== 'call') continue;
    const given = new Set(node.operands.map((operand) => showType(graph.values[operand]!.type)));
    for (const result of node.results) if (given.has(showType(graph.values[result]!.type))) kept.add(result);
  }
  return {
    add(value, to) {
      const from = sources.get(value);
      if (from === undefined) return;
      const key = `${from} ${to}`;
      const arrow = arrows.get(key) ?? { from, to, names: [] };
      arrows.set(key, arrow);
      const { name, type } = graph.values[value]!;
      const crosses = [from, to].some((end) => open.has(end.slice(0, end.lastIndexOf('/'))));
      if (quiet.has(from) || quiet.has(to) || (name === undefined && kept.has(value) && !crosses)) return;
      const word = `${from} ${name} ${showType(type)}`;
      if (said.has(word)) return;
      said.add(word);
      if (name !== undefined) arrow.names.push(name);
      arrow.type = showType(type);
    },
    edges: () =>
      [...arrows.values()].map(({ from, to, names, type }) =>
        type === undefined ? { from, to } : { from, to, label: [names.join(', '), type].filter(Boolean).join(' ') },
      ),
  };
}

/** Numbers that stand in the ops that use them. */
function numbersOf(graph: Graph): ReadonlyMap<Value, number> {
  const numbers = new Map<Value, number>();
  for (const node of graph.nodes) {
    if (node.kind === 'const' && typeof node.value === 'number') numbers.set(node.results[0]!, node.value);
  }
  return numbers;
}

/** Whether a rearrangement only adds or drops axes of 1. */
function isUnitReshape({ op, attributes }: OpNode): boolean {
  if (op !== 'rearrange' || typeof attributes.pattern !== 'string') return false;
  const [left, right] = attributes.pattern
    .split('->')
    .map((side) => side.split(' ').filter((axis) => axis !== '' && axis !== '1'));
  return left!.join(' ') === right!.join(' ');
}

/** Signs that a picture has for ops. */
const SIGNS: Readonly<Record<string, string>> = { add: '+', sub: '−', mul: '×', div: '÷', pow: '^' };

function titleOf(node: OpNode, numbers: ReadonlyMap<Value, number>): string {
  const sign = SIGNS[node.op];
  const known = node.operands.map((operand) => numbers.get(operand));
  if (known.every((number) => number === undefined)) return sign ?? node.op;
  const shown = known.map((number) => (number === undefined ? 'x' : showNumber(number)));
  if (sign === undefined) return `${node.op}(${shown.join(', ')})`;
  return shown.join(` ${sign} `);
}

/** What an op's attributes say to a person. */
function detailsOf({ op, attributes }: OpNode): string[] {
  if (typeof attributes.pattern === 'string') return [attributes.pattern];
  const show = (key: string) => showAttribute(attributes[key]!);
  if (op === 'slice') return [`${show('start')}:${show('end')} of axis ${show('axis')}`];
  const shown = Object.keys(attributes)
    .sort()
    .map((key) => `${key}: ${show(key)}`);
  return shown.length === 0 ? [] : [shown.join(', ')];
}
