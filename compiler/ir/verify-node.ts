/** What can be wrong with one node whose operands are defined. */
import { isMisfit } from '../ops/op.ts';
import { isOpName, opNamed } from '../ops/registry.ts';
import { borrowedWeights } from './borrowed.ts';
import { closedProblem } from './closed.ts';
import { weightsDigest } from './digest.ts';
import type { CallNode, ConstNode, Graph, Node, OpNode, Value, Weight, WeightNode } from './graph.ts';
import { showStart } from './path-problems.ts';
import { sameType, showType, type TensorType } from './type.ts';
import { joinPath, ownsWeights } from './weights.ts';

/** What a graph owns, by path. */
export interface Surroundings {
  readonly weights: ReadonlyMap<string, Weight>;
  readonly calls: ReadonlyMap<string, readonly Graph[]>;
  /** all weights by full path, for what a callee borrows; only asked for where a callee does */
  readonly table: () => ReadonlyMap<string, Weight>;
}

export function nodeProblems(graph: Graph, node: Node, around: Surroundings): readonly string[] {
  const typeOf = (value: Value): TensorType => graph.values[value]!.type;
  switch (node.kind) {
    case 'op':
      return opProblems(node, typeOf);
    case 'call':
      return [...callProblems(node, typeOf), ...prefixProblems(graph, node, around)];
    case 'const':
      return constProblems(node, typeOf);
    case 'weight':
      return graph.borrows ? misfit(typeOf(node.results[0]!), node.weight.type) : readProblems(node, typeOf, around);
  }
}

const misfit = (is: TensorType, should: TensorType, what = 'it'): string[] =>
  sameType(is, should) ? [] : [`${what} is \`${showType(is)}\`, but should be \`${showType(should)}\``];

function opProblems(
  { op: name, operands, attributes, results }: OpNode,
  typeOf: (value: Value) => TensorType,
): string[] {
  if (!isOpName(name)) return [`no op is called \`${name}\``];
  const op = opNamed(name);
  const exact = 'rest' in op.operands ? undefined : op.operands.length;
  const least = 'rest' in op.operands ? op.operands.min : op.operands.length;
  if (operands.length < least || (exact !== undefined && operands.length > exact)) {
    return [`it has ${operands.length} operands, but takes ${least}${exact === undefined ? ' or more' : ''}`];
  }
  const parsed = op.attributes.safeParse(attributes);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const key = issue.path[0] ?? (issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined);
    return [key === undefined ? 'its attributes do not fit' : `its attribute \`${String(key)}\` does not fit`];
  }
  // rules and targets read attributes as they stand, so defaults must have been filled in
  const missing = Object.keys(parsed.data).find((key) => attributes[key] === undefined);
  if (missing !== undefined) return [`its attribute \`${missing}\` is missing`];
  const type = op.shape(operands.map(typeOf), attributes);
  return isMisfit(type) ? [type.misfit] : misfit(typeOf(results[0]!), type);
}

function callProblems({ callee, operands, results }: CallNode, typeOf: (value: Value) => TensorType): string[] {
  const problems: string[] = [];
  if (operands.length !== callee.inputs.length) {
    problems.push(`the callee has ${callee.inputs.length} inputs, but gets ${operands.length}`);
  }
  if (results.length !== callee.results.length) {
    problems.push(`the callee has ${callee.results.length} results, but ${results.length} are taken`);
  }
  const inner = (value: Value): TensorType | undefined => callee.values[value]?.type;
  callee.inputs.slice(0, operands.length).forEach(({ name, value }, index) => {
    problems.push(...misfit(typeOf(operands[index]!), inner(value) ?? typeOf(operands[index]!), `\`${name}\``));
  });
  callee.results.slice(0, results.length).forEach(({ value }, index) => {
    problems.push(...misfit(typeOf(results[index]!), inner(value) ?? typeOf(results[index]!), `result ${index}`));
  });
  return problems;
}

/** Whether the weights inside of a call are owned here. */
function prefixProblems(graph: Graph, { callee, prefix }: CallNode, { calls, table }: Surroundings): string[] {
  if (graph.borrows) return [];
  if (callee.borrows) {
    return [...borrowedWeights(callee)].flatMap(([path, weight]) => {
      const owned = table().get(joinPath(prefix, path));
      const fits = owned !== undefined && sameType(owned.type, weight.type);
      return fits ? [] : [`the weight \`${joinPath(prefix, path)}\`, which it borrows, is not owned`];
    });
  }
  if (!ownsWeights(callee)) return [];
  const owned = calls.get(prefix) ?? [];
  // a pass may have changed what is done with the weights
  if (owned.some((other) => other === callee || weightsDigest(other) === weightsDigest(callee))) return [];
  return [`the weights inside, as \`${prefix === '' ? '_' : prefix}\`, are not owned`];
}

function constProblems({ value, results }: ConstNode, typeOf: (value: Value) => TensorType): string[] {
  if (typeof value === 'number') return [];
  const problem = closedProblem(value);
  if (problem !== undefined) return [problem];
  return misfit(typeOf(results[0]!), value.values[value.results[0]!.value]!.type);
}

function readProblems(
  { weight, results }: WeightNode,
  typeOf: (value: Value) => TensorType,
  around: Surroundings,
): string[] {
  // its own, or one that it owns through a call: a step of training reads the weights of its model
  const owned = around.weights.get(weight.path) ?? around.table().get(weight.path);
  if (owned === undefined) return [`the weight \`${weight.path}\` is not owned`];
  if (!sameWeight(owned, weight)) return [`the weight \`${weight.path}\` is owned with another type or start`];
  return misfit(typeOf(results[0]!), owned.type);
}

/** By value, since passes and readers make new objects. */
const sameWeight = (a: Weight, b: Weight): boolean =>
  a === b || (a.trained === b.trained && sameType(a.type, b.type) && showStart(a) === showStart(b));
