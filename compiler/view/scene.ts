/**
 * What a picture of a graph shows, before anybody lays it out: boxes, blocks that are open with boxes inside, and arrows
 * with shapes. A picture is for people, so numbers stand in their ops, calls that follow each other in a chain become one
 * block `× 28`, and slices that part a tensor become one `split`.
 */

import type { CallNode, Graph, OpNode, Value } from '../ir/graph.ts';
import { labelsOf } from '../ir/labels.ts';
import { showNumber } from '../ir/number-text.ts';
import { showAttribute } from '../ir/print-rows.ts';
import { showShape, showType } from '../ir/type.ts';
import { countParams, joinPath, ownsWeights } from '../ir/weights.ts';
import { findChains } from './chain.ts';
import { findSplits } from './split.ts';

export type SceneKind = 'input' | 'output' | 'op' | 'layer' | 'block' | 'weight' | 'constant';

export interface SceneNode {
  readonly id: string;
  readonly kind: SceneKind;
  readonly title: string;
  /** smaller, below the title: paths, weights, attributes */
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
  /** said once for each value: `shift1 [N, 1, 384]` */
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
  /** levels of blocks that are open inside of the model; layers never are. 2 unless said */
  readonly depth?: number;
}

/** Signs that a picture has for ops. */
const SIGNS: Readonly<Record<string, string>> = { add: '+', sub: '−', mul: '×', div: '÷', pow: '^', neg: '−' };

export function sceneOf(graph: Graph, { depth = 2 }: SceneOptions = {}): Scene {
  const labels = labelsOf(graph);
  const { trained, frozen } = countParams(graph);
  const counted = `${trained.toLocaleString('en')} trained${frozen > 0 ? ` and ${frozen.toLocaleString('en')} frozen` : ''} parameters`;
  const root = groupOf(graph, '', '', depth, labels);
  return { title: graph.name, subtitle: graph.settings === '' ? counted : `${graph.settings} · ${counted}`, root };
}

const isLayer = (graph: Graph): boolean => graph.owns.length > 0 && graph.owns.every(({ kind }) => kind === 'weight');

function groupOf(
  graph: Graph,
  id: string,
  path: string,
  depth: number,
  labels: ReadonlyMap<Graph, string>,
): SceneGroup {
  const top = id === '';
  const nodes: SceneNode[] = [];
  const edges: SceneEdge[] = [];
  const inputs: Port[] = [];
  const outputs: Port[] = [];
  /** where a value comes from: a node, or a port */
  const sources = new Map<Value, string>();
  const said = new Set<string>();
  const joined = new Set<string>();
  const open = new Set<string>();
  const within = (name: string | number) => (top ? `${name}` : `${id}/${name}`);

  const connect = (value: Value, to: string) => {
    const from = sources.get(value);
    if (from === undefined || joined.has(`${from} ${to}`)) return;
    joined.add(`${from} ${to}`);
    const { name, type } = graph.values[value]!;
    const key = `${from} ${showType(type)} ${name}`;
    const label = said.has(key) ? undefined : `${name === undefined ? '' : `${name} `}${showType(type)}`;
    said.add(key);
    edges.push(label === undefined ? { from, to } : { from, to, label });
  };

  graph.inputs.forEach(({ name, value, role }, index) => {
    const at = within(`in${index}`);
    sources.set(value, at);
    if (top)
      nodes.push({
        id: at,
        kind: 'input',
        title: name,
        lines: [
          role === undefined
            ? showType(graph.values[value]!.type)
            : `${role.kind}${showShape(graph.values[value]!.type.shape)}`,
        ],
      });
    else inputs.push({ id: at, name });
  });

  const { splits, parts } = findSplits(graph);
  const chains = findChains(graph);
  const numbers = numbersOf(graph);

  graph.nodes.forEach((node, index) => {
    const at = within(index);
    if (node.kind === 'const') {
      if (numbers.has(node.results[0]!)) return;
      const title = typeof node.value === 'number' ? showNumber(node.value) : labels.get(node.value)!;
      nodes.push({ id: at, kind: 'constant', title, lines: [] });
      sources.set(node.results[0]!, at);
    } else if (node.kind === 'weight') {
      const kind = node.weight.trained ? [] : ['frozen'];
      nodes.push({ id: at, kind: 'weight', title: joinPath(path, node.weight.path), lines: kind });
      sources.set(node.results[0]!, at);
    } else if (node.kind === 'op') {
      const split = parts.get(node);
      if (split !== undefined && splits.get(split)![0] !== node) {
        sources.set(node.results[0]!, within(split));
        return;
      }
      const here = split === undefined ? at : within(split);
      const title = split === undefined ? titleOf(node, numbers) : `split ${splits.get(split)!.length}`;
      nodes.push({ id: here, kind: 'op', title, lines: split === undefined ? detailsOf(node) : [] });
      for (const operand of node.operands) connect(operand, here);
      sources.set(node.results[0]!, here);
    } else {
      const chain = chains.get(node);
      if (chain === undefined || chain.first === node) {
        addCall(node, at, chain?.calls ?? [node]);
        return;
      }
      const first = within(chain.index);
      chain.first.operands.forEach((_, operand) => {
        if (!chain.own.has(node.operands[operand]!)) connect(node.operands[operand]!, portOf(first, 'in', operand));
      });
      node.results.forEach((value, result) => {
        sources.set(value, portOf(first, 'out', result));
      });
    }
  });

  graph.results.forEach(({ name, value }, index) => {
    const at = within(`out${index}`);
    if (top)
      nodes.push({ id: at, kind: 'output', title: name ?? `${index}`, lines: [showType(graph.values[value]!.type)] });
    else outputs.push({ id: at, name: name ?? '' });
    connect(value, at);
  });
  return { nodes, edges, inputs, outputs };

  /** ports of open blocks; closed ones are hit as a whole */
  function portOf(call: string, side: 'in' | 'out', index: number): string {
    return open.has(call) ? `${call}/${side}${index}` : call;
  }

  function addCall(node: CallNode, at: string, calls: readonly CallNode[]): void {
    const { callee } = node;
    const inner = joinPath(path, node.prefix);
    const times = calls.length > 1 ? ` × ${calls.length}` : '';
    const last = joinPath(path, calls[calls.length - 1]!.prefix);
    const lines = !ownsWeights(callee) || inner === '' ? [] : [calls.length > 1 ? `${inner} … ${last}` : inner];
    if (isLayer(callee)) {
      const weights = callee.owns.flatMap((owned) =>
        owned.kind === 'weight' ? [`${owned.weight.path} ${showType(owned.weight.type)}`] : [],
      );
      nodes.push({ id: at, kind: 'layer', title: `${callee.name}${times}`, lines: [...lines, ...weights] });
    } else {
      const inside = depth > 0 ? groupOf(callee, at, inner, depth - 1, labels) : undefined;
      if (inside !== undefined) open.add(at);
      nodes.push({ id: at, kind: 'block', title: `${callee.name}${times}`, lines, inside });
    }
    for (const [index, operand] of node.operands.entries()) connect(operand, portOf(at, 'in', index));
    node.results.forEach((value, index) => {
      sources.set(value, portOf(at, 'out', index));
    });
  }
}

/** Numbers that stand in the ops that use them. */
function numbersOf(graph: Graph): ReadonlyMap<Value, number> {
  const numbers = new Map<Value, number>();
  for (const node of graph.nodes) {
    if (node.kind === 'const' && typeof node.value === 'number') numbers.set(node.results[0]!, node.value);
  }
  return numbers;
}

function titleOf(node: OpNode, numbers: ReadonlyMap<Value, number>): string {
  const sign = SIGNS[node.op] ?? node.op;
  const known = node.operands.map((operand) => numbers.get(operand));
  if (known.every((number) => number === undefined)) return sign;
  const show = (number: number | undefined) => (number === undefined ? 'x' : showNumber(number));
  return SIGNS[node.op] === undefined ? `${sign}(${known.map(show).join(', ')})` : known.map(show).join(` ${sign} `);
}

/** What an op's attributes say to a person. */
function detailsOf({ op, attributes }: OpNode): string[] {
  if (typeof attributes.pattern === 'string') return [attributes.pattern];
  if (op === 'slice')
    return [
      `${showAttribute(attributes.start!)}:${showAttribute(attributes.end!)} of axis ${showAttribute(attributes.axis!)}`,
    ];
  const shown = Object.keys(attributes)
    .sort()
    .map((key) => `${key}: ${showAttribute(attributes[key]!)}`);
  return shown.length === 0 ? [] : [shown.join(', ')];
}
