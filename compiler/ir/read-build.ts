/** Makes one graph of its statements. Numbers and weights that stand in expressions become nodes before their first use. */
import type { Graph, GraphInput, GraphResult, Node, Owned, Value, ValueInfo, Weight } from './graph.ts';
import type { Definition, Expression, GraphText, OperandText, ReadProblem, Statement } from './read-statement.ts';
import type { TensorType } from './type.ts';
import { ownsWeights } from './weights.ts';

export function buildGraph(text: GraphText, built: ReadonlyMap<string, Graph>): Graph | ReadProblem {
  const inputs: GraphInput[] = [];
  const results: GraphResult[] = [];
  const nodes: Node[] = [];
  const values: ValueInfo[] = [];
  const owns: Owned[] = [];
  const ids = new Map<number, Value>();
  const inline = new Map<string, Value>();
  const weights = declaredWeights(text, built);
  let line = text.line;
  let problem: ReadProblem | undefined;

  const fail = (message: string): Value => {
    problem ??= { problem: message, line };
    return 0;
  };
  const define = (type: TensorType, name?: string): Value =>
    values.push(name === undefined ? { type } : { type, name }) - 1;
  const defineId = ({ id, name, type }: Definition): Value => {
    if (ids.has(id)) fail(`%${id} is defined twice`);
    const value = define(type, name);
    ids.set(id, value);
    return value;
  };
  const weightAt = (path: string): Weight | undefined => {
    const weight = weights.get(path)?.weight;
    if (weight === undefined) fail(`there is no weight \`${path}\` in \`${text.label}\``);
    return weight;
  };
  const use = (operand: OperandText): Value => {
    if (operand.kind === 'value') return ids.get(operand.id) ?? fail(`%${operand.id} is not defined before this line`);
    const key =
      operand.kind === 'weight'
        ? `@${operand.path}`
        : `${operand.dtype} ${Object.is(operand.value, -0) ? '-0' : operand.value}`;
    const known = inline.get(key);
    if (known !== undefined) return known;
    let value: Value;
    if (operand.kind === 'weight') {
      const weight = weightAt(operand.path);
      if (weight === undefined) return 0;
      nodes.push({ kind: 'weight', weight, results: [(value = define(weight.type, weights.get(operand.path)?.name))] });
    } else {
      value = define({ dtype: operand.dtype, shape: [] });
      nodes.push({ kind: 'const', value: operand.value, results: [value] });
    }
    inline.set(key, value);
    return value;
  };
  const push = (expression: Expression, defined: readonly Definition[]) => {
    if (expression.kind === 'call') {
      const callee = built.get(expression.label)!;
      const operands = expression.operands.map(use);
      const { prefix, shared, word } = expression;
      nodes.push({ kind: 'call', callee, operands, prefix, results: defined.map(defineId) });
      if (word === 'as' && ownsWeights(callee) && !text.borrows) owns.push({ kind: 'call', callee, prefix, shared });
      return;
    }
    if (defined.length !== 1) fail('an op has one result');
    if (expression.kind === 'op') {
      const operands = expression.operands.map(use);
      const { op, attributes } = expression;
      nodes.push({ kind: 'op', op, operands, attributes, results: defined.map(defineId) });
    } else {
      const value = expression.kind === 'fill' ? expression.value : built.get(expression.label)!;
      nodes.push({ kind: 'const', value, results: defined.map(defineId) });
    }
  };
  const add = (statement: Statement) => {
    switch (statement.kind) {
      case 'input': {
        const { id, name, valueName, type, role } = statement;
        const value = defineId({ id, type, name: valueName });
        inputs.push(role === undefined ? { name, value } : { name, value, role });
        break;
      }
      case 'weight':
        if (text.borrows) break;
        owns.push({ kind: 'weight', weight: weightOf(statement, built), shared: statement.shared });
        break;
      case 'owns':
        owns.push({
          kind: 'call',
          callee: built.get(statement.label)!,
          prefix: statement.prefix,
          shared: statement.shared,
        });
        break;
      case 'node':
        push(statement.expression, statement.results);
        break;
      case 'return':
        for (const { name, operand } of statement.results) {
          results.push(name === undefined ? { value: use(operand) } : { name, value: use(operand) });
        }
    }
  };

  for (const placed of text.statements) {
    line = placed.line;
    add(placed.statement);
    if (problem !== undefined) return problem;
  }
  const graph = { name: text.name, settings: text.settings, inputs, results, nodes, values, owns };
  return text.borrows ? { ...graph, borrows: true } : graph;
}

type WeightStatement = Extract<Statement, { kind: 'weight' }>;

interface Declared {
  readonly weight: Weight;
  readonly name?: string;
}

/** Weights by path; a path that is there twice is the first, as far as it is read. */
function declaredWeights(text: GraphText, built: ReadonlyMap<string, Graph>): ReadonlyMap<string, Declared> {
  const weights = new Map<string, Declared>();
  for (const { statement } of text.statements) {
    if (statement.kind !== 'weight' || weights.has(statement.path)) continue;
    weights.set(statement.path, { weight: weightOf(statement, built), name: statement.name });
  }
  return weights;
}

function weightOf({ path, type, trained, init }: WeightStatement, built: ReadonlyMap<string, Graph>): Weight {
  return {
    path,
    type,
    trained,
    init: init.kind === 'const' ? { kind: 'tensor', graph: built.get(init.label)! } : init,
  };
}
