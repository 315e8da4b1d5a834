/**
 * Checks that a graph is one: what every stage may assume and every pass must keep. Types are asked of the ops' shape
 * rules. Each graph object is checked once, so verifying after every stage costs what the stage changed.
 */
import { weightTable } from './borrowed.ts';
import { findCycle, graphsOf, perGraph } from './callees.ts';
import { closedProblem } from './closed.ts';
import type { Graph, Node, Value, Weight } from './graph.ts';
import { labelsOf } from './labels.ts';
import { pathProblems } from './path-problems.ts';
import { type Operand, operandsOf, showOperand } from './print-rows.ts';
import { isBatch, showType, type TensorType } from './type.ts';
import { nodeProblems, type Surroundings } from './verify-node.ts';

const verified = new WeakMap<Graph, readonly string[]>();

/** What is wrong with a graph or with those it is made of, each with the graph and the value; none when it is right. */
export function verify(graph: Graph): readonly string[] {
  let problems = verified.get(graph);
  if (problems === undefined) {
    verified.set(graph, (problems = check(graph)));
  }
  return problems;
}

function check(root: Graph): readonly string[] {
  const cyclic = findCycle(root);
  if (cyclic !== undefined) return [`${cyclic.name}: reaches itself`];
  const labels = labelsOf(root);
  const problems = graphsOf(root).flatMap((graph) =>
    inside(graph).map((problem) => `${labels.get(graph)}: ${problem}`),
  );
  return problems.length > 0 ? problems : pathProblems(root).map((problem) => `${labels.get(root)}: ${problem}`);
}

/** What is wrong inside one graph. */
const inside = perGraph<readonly string[]>((graph) => {
  const problems: string[] = [];
  const defined = new Uint8Array(graph.values.length);
  const around = surroundingsOf(graph);
  let operands: readonly Operand[] | undefined;
  /** as printed; only asked for once something is wrong */
  const show = (value: Value | undefined): string => {
    const operand = value === undefined ? undefined : (operands ??= operandsOf(graph, 6))[value];
    return operand === undefined ? `%?` : showOperand(operand);
  };

  const define = (value: Value, by: () => string) => {
    const type = graph.values[value]?.type;
    if (type === undefined) problems.push(`${by()} defines value ${value}, which the graph does not have`);
    else if (defined[value] === 1) problems.push(`${by()} defines ${show(value)} again`);
    else {
      defined[value] = 1;
      if (!isType(type)) problems.push(`${by()}: \`${showType(type)}\` has a dim that is not a positive int`);
    }
  };
  const visit = (node: Node) => {
    const by = () => `${show(node.results[0])} = ${describe(node)}`;
    const unknown = (node.kind === 'op' || node.kind === 'call' ? node.operands : []).filter(
      (value) => defined[value] !== 1,
    );
    for (const value of unknown) problems.push(`${by()} uses ${show(value)} before it is defined`);
    const single = node.kind === 'call' || node.results.length === 1;
    if (!single) problems.push(`${by()} has ${node.results.length} results`);
    for (const result of node.results) define(result, by);
    if (unknown.length === 0 && single && node.results.every((result) => defined[result] === 1)) {
      for (const problem of nodeProblems(graph, node, around)) problems.push(`${by()}: ${problem}`);
    }
  };

  for (const { name, value } of graph.inputs) define(value, () => `input \`${name}\``);
  for (const node of graph.nodes) visit(node);
  for (const { value } of graph.results) {
    if (defined[value] !== 1) problems.push(`the result ${show(value)} is not defined`);
  }
  problems.push(...twice('inputs', graph.inputs), ...twice('results', graph.results));
  if (graph.borrows && graph.owns.length > 0) problems.push('it borrows weights and owns some');
  for (const owned of graph.owns) {
    const problem = owned.kind === 'weight' ? weightProblem(owned.weight) : undefined;
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
});

const describe = (node: Node): string =>
  node.kind === 'op' ? node.op : node.kind === 'call' ? `call ${node.callee.name}` : node.kind;

function surroundingsOf(graph: Graph): Surroundings {
  const weights = new Map<string, Weight>();
  const calls = new Map<string, Graph[]>();
  for (const owned of graph.owns) {
    if (owned.kind === 'weight') weights.set(owned.weight.path, owned.weight);
    else {
      const same = calls.get(owned.prefix);
      if (same === undefined) calls.set(owned.prefix, [owned.callee]);
      else same.push(owned.callee);
    }
  }
  let all: ReadonlyMap<string, Weight> | undefined;
  return { weights, calls, table: () => (all ??= weightTable(graph)) };
}

function* twice(what: string, list: readonly { readonly name?: string }[]): Generator<string> {
  const seen = new Set<string>();
  for (const { name } of list) {
    if (name === undefined) continue;
    if (seen.has(name)) yield `two ${what} are called \`${name}\``;
    seen.add(name);
  }
}

const isType = ({ shape }: TensorType): boolean =>
  shape.every((dim) => {
    const size = isBatch(dim) ? dim.batch : dim;
    return Number.isSafeInteger(size) && size > 0;
  });

function weightProblem({ path, type, trained, init }: Weight): string | undefined {
  const by = `weight \`${path}\``;
  if (path === '') return 'a weight has no path';
  if (!isType(type)) return `${by}: \`${showType(type)}\` has a dim that is not a positive int`;
  if (type.shape.some(isBatch)) return `${by}: its shape \`${showType(type)}\` depends on the batch`;
  if (trained && type.dtype !== 'f32') return `${by}: it is trained, but holds ${type.dtype}`;
  if (init.kind !== 'tensor') return undefined;
  const problem = closedProblem(init.graph);
  if (problem !== undefined) return `${by}: ${problem}`;
  const start = showType({ ...type, shape: init.graph.values[init.graph.results[0]!.value]!.type.shape });
  return start === showType(type) ? undefined : `${by}: it is \`${showType(type)}\`, but starts as \`${start}\``;
}
