/**
 * What a graph computes, as a name: SHA-256 over the values in the order in which the results need them. Places, names
 * of values and blocks, the text of settings, the order of statements, unused nodes and equal nodes make no difference;
 * ops, attributes, types, calls, paths, kinds and initial values of weights do. How the work is cut into blocks does
 * too: a call is its callee's digest. Whether equal calls in a row are folded does not. The graph that is asked adds the names and roles of its inputs and the names of
 * its results, since programs bind by them; those of callees are only text.
 */
import { calledGraphs, perGraph } from './callees.ts';
import { type Called, createCallLines } from './digest-calls.ts';
import { attributesText, showFloat, showTensor } from './digest-text.ts';
import type { FoldedCall, FoldedGraph, FoldedNode, FoldedOwned, Init, OpNode, Value } from './graph.ts';
import { likeOf } from './like.ts';
import { createMemo } from './memo.ts';
import { indexIn, timesOf } from './run.ts';
import { sha256 } from './sha256.ts';
import { ownsWeights, usesWeights } from './weights.ts';

/** All of a structure but what is called with weights, and how often. */
interface Form {
  readonly digest: string;
  readonly called: readonly Called[];
  /** whatever else is called with weights, and however often, each line stays one */
  readonly apart: boolean;
}

const forms = createMemo<Form>();

function structure(graph: FoldedGraph, of: (other: FoldedGraph) => string): string {
  const { digest, called } = formOf(graph, of);
  let text = digest;
  for (const { nodes } of called) {
    let turns = 0;
    for (const index of nodes) turns += timesOf(callAt(graph, index));
    text += `\n${of(callAt(graph, nodes[0]!).callee)} x${turns}`;
  }
  return sha256(text);
}

const callAt = ({ nodes }: FoldedGraph, index: number): FoldedCall => nodes[index] as FoldedCall;

function formOf(graph: FoldedGraph, of: (other: FoldedGraph) => string): Form {
  const known = forms.get(graph);
  if (known !== undefined) return known;
  const like = likeOf(graph);
  const same = like && formOf(like.graph, structureDigest);
  const alike = same?.apart && like!.at.every((at) => isLine(graph, at, same.called, of));
  return forms.set(graph, alike ? same : form(graph, of));
}

/** Whether what a call that is not the same was a line of is a line here, too. */
function isLine(
  graph: FoldedGraph,
  at: number,
  called: readonly Called[],
  of: (other: FoldedGraph) => string,
): boolean {
  const { callee } = callAt(graph, at);
  if (!usesWeights(callee)) return false;
  const line = called.find(({ nodes }) => nodes.includes(at));
  const isEqual = (other: FoldedGraph): boolean => other === callee || of(other) === of(callee);
  return line?.nodes.every((index) => isEqual(callAt(graph, index).callee)) === true;
}

function form(graph: FoldedGraph, of: (other: FoldedGraph) => string): Form {
  const { values, nodes } = graph;
  const by: number[] = [];
  const numbers: number[] = [];
  for (let value = 0; value < values.length; value++) {
    by.push(-1);
    numbers.push(-1);
  }
  for (let index = 0; index < nodes.length; index++) for (const result of nodes[index]!.results) by[result] = index;
  const lines: string[] = [];
  const equals = new Map<string, FoldedNode>();
  let count = 0;
  for (const input of graph.inputs) {
    numbers[input.value] = count++;
    lines.push(showTensor(values[input.value]!.type));
  }

  const operandsOf = ({ operands }: OpNode | FoldedCall): string => {
    let list = '';
    for (let index = 0; index < operands.length; index++)
      list += index > 0 ? `,${numbers[operands[index]!]}` : numbers[operands[index]!];
    return list;
  };
  const describe = (node: FoldedNode): string => {
    const type = () => showTensor(values[node.results[0]!]!.type);
    switch (node.kind) {
      case 'op':
        return `${node.op} ${operandsOf(node)} ${attributesText(node.attributes)} ${type()}`;
      case 'call':
        return usesWeights(node.callee)
          ? `call ${operandsOf(node)} ${JSON.stringify(node.prefix)}`
          : `call ${of(node.callee)} ${operandsOf(node)}`;
      case 'weight':
        return `weight ${JSON.stringify(node.weight.path)} ${type()}`;
      case 'const':
        return `const ${typeof node.value === 'number' ? showFloat(node.value) : of(node.value)} ${type()}`;
    }
  };
  const calls = createCallLines(lines, numbers);
  const number = (node: FoldedNode, index: number) => {
    const text = describe(node);
    const weighted = node.kind === 'call' && usesWeights(node.callee);
    const key = weighted ? `${of(node.callee)} ${text}` : text;
    const equal = equals.get(key);
    if (equal !== undefined) {
      calls.close();
      for (let at = 0; at < node.results.length; at++) numbers[node.results[at]!] = numbers[equal.results[at]!]!;
      return;
    }
    equals.set(key, node);
    if (!weighted) {
      lines.push(text);
      for (const result of node.results) numbers[result] = count++;
    } else if (calls.add({ node, index, digest: of(node.callee), text, first: count })) count += node.results.length;
  };

  const stack: Value[] = [];
  for (const result of graph.results) {
    stack.push(result.value);
    while (stack.length > 0) {
      const value = stack[stack.length - 1]!;
      const index = by[value]!;
      if (numbers[value]! >= 0 || index < 0) {
        stack.pop();
        continue;
      }
      const node = nodes[index]!;
      const operands = node.kind === 'op' || node.kind === 'call' ? node.operands : [];
      let waiting = false;
      for (let at = operands.length - 1; at >= 0; at--) {
        const operand = operands[at]!;
        if (numbers[operand]! < 0 && by[operand]! >= 0) {
          stack.push(operand);
          waiting = true;
        }
      }
      if (!waiting) {
        stack.pop();
        number(node, index);
      }
    }
  }
  lines.push(`results ${graph.results.map((result) => numbers[result.value]).join()}`);
  const { called } = calls;
  lines.push(`weights ${otherWeights(graph, called)}`);
  const isShared = graph.owns.some(({ kind, shared }) => kind === 'call' && shared);
  const apart = !isShared && new Set(called.map(({ root }) => root)).size === called.length;
  return { digest: sha256(lines.join('\n')), called, apart };
}

function showInit(init: Init): string {
  switch (init.kind) {
    case 'fill':
      return `fill ${showFloat(init.value)}`;
    case 'normal':
      return `normal ${showFloat(init.std)}`;
    case 'uniform':
      return `uniform ${showFloat(init.bound)}`;
    case 'xavier_uniform':
      return `xavier_uniform ${init.fanIn} ${init.fanOut}`;
    case 'tensor':
      return `tensor ${structureDigest(init.graph)}`;
  }
}

/** Of the ints at the ends of paths; the end is not in it. */
interface Range {
  readonly from: number;
  readonly to: number;
}

function joined(ranges: Range[]): string {
  ranges.sort((a, b) => a.from - b.from);
  let text = '';
  for (let at = 0; at < ranges.length; at++) {
    const { from } = ranges[at]!;
    let { to } = ranges[at]!;
    while (ranges[at + 1]?.from === to) to = ranges[++at]!.to;
    text += ` ${from}..${to}`;
  }
  return text;
}

/** The weights of a graph as a name: paths, types, kinds and starts. Their order decides nothing. */
export const weightsDigest = perGraph<string, FoldedGraph>(({ owns }, of) => {
  const text = weightsText(owns, of);
  return text === '' ? '' : sha256(text);
}, calledGraphs);

/** Without those of calls that are known by what they call: all but shared ones and ones that nothing needs. */
function otherWeights({ owns, nodes }: FoldedGraph, called: readonly Called[]): string {
  const callees = new Map<string, FoldedGraph>();
  for (const each of called)
    for (const index of each.nodes) {
      const { prefix, callee } = nodes[index] as FoldedCall;
      callees.set(prefix, callee);
    }
  const isKnown = (owned: FoldedOwned): boolean => {
    const callee = owned.kind === 'call' && !owned.shared ? callees.get(owned.prefix) : undefined;
    return callee !== undefined && owned.kind === 'call' && owned.callee === callee;
  };
  return weightsText(
    owns.filter((owned) => !isKnown(owned)),
    weightsDigest,
  );
}

function weightsText(owns: readonly FoldedOwned[], of: (callee: FoldedGraph) => string): string {
  const lines: string[] = [];
  const calls = new Map<string, Range[]>();
  for (const owned of owns) {
    const kind = owned.shared ? 'shared' : 'own';
    if (owned.kind === 'weight') {
      const { path, type, trained, init } = owned.weight;
      lines.push(
        `${kind} ${JSON.stringify(path)} ${showTensor(type)} ${trained ? 'trained' : 'frozen'} ${showInit(init)}`,
      );
    } else if (ownsWeights(owned.callee)) {
      const indexed = indexIn(owned.prefix);
      const key = `${kind} ${JSON.stringify(indexed?.stem ?? owned.prefix)} ${of(owned.callee)}`;
      if (indexed === undefined) lines.push(key);
      else {
        const range = { from: indexed.index, to: indexed.index + (owned.times ?? 1) };
        const same = calls.get(key);
        if (same === undefined) calls.set(key, [range]);
        else same.push(range);
      }
    }
  }
  for (const [key, ranges] of calls) lines.push(`${key} ${joined(ranges)}`);
  return lines.sort().join('\n');
}

/** What a graph computes when it is called: without the names of inputs and results. Equal callees have equal ones. */
export const structureDigest = perGraph<string, FoldedGraph>(structure);

const interfaces = createMemo<string>();

/** Names and roles of inputs, names of results. */
function interfaceText(graph: FoldedGraph): string {
  const like = likeOf(graph);
  if (like !== undefined) return interfaceText(like.graph);
  const known = interfaces.get(graph);
  if (known !== undefined) return known;
  const inputs = graph.inputs.map(({ name, role }) => [
    name,
    role ? JSON.stringify(role, Object.keys(role).sort()) : '',
  ]);
  const results = graph.results.map(({ name }) => name ?? '');
  return interfaces.set(graph, JSON.stringify([inputs, results]));
}

const digests = createMemo<string>();

/** What a graph computes when it is run: 64 hex digits. */
export const digestOf = (graph: FoldedGraph): string =>
  digests.get(graph) ?? digests.set(graph, sha256(`${structureDigest(graph)}\n${interfaceText(graph)}`));
