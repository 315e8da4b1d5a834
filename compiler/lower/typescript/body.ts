/**
 * A graph as statements: a line for every value that the spec names or that is read more than once, with what is read once
 * written where it is read. Variables count up, so that loops can be found in them as in the text of the IR.
 */
import { pullbackPart } from '../../grad/pullback.ts';
import type { CallNode, Graph, Node, Value } from '../../ir/graph.ts';
import { prefixRow } from '../../ir/print-rows.ts';
import { isBatch, showType, type TensorType } from '../../ir/type.ts';
import { usesWeights } from '../../ir/weights.ts';
import { isOpName } from '../../ops/registry.ts';
import { call, type Expression, list, skeletonOf, text, type Variable } from './expression.ts';
import { keptFields, ownResults } from './kept.ts';
import { camelCase, NOUNS } from './names.ts';
import type { Body, Callees, Definition, Parameter, Statement } from './statement.ts';
import { WRITINGS } from './table.ts';

type Place = { readonly id: Variable; readonly at?: number; readonly size?: number };

/** Longer than this, what is read once gets a line of its own. */
const MOST_INLINE = 90;

const variable = (id: Variable, suffix?: string): Expression => ({ kind: 'variable', id, suffix });

const path = (prefix: string): Expression => {
  const { text: row, numbers } = prefixRow(prefix);
  return numbers.length === 0 ? text(`'${prefix}'`) : { kind: 'path', text: row, numbers };
};

export function bodyOf(graph: Graph, callees: Callees): Body {
  const part = pullbackPart(graph);
  let next = 0;
  const places = new Map<Value, Place>();
  const inlined = new Map<Value, Expression>();
  const numbers = new Map<Value, number>();
  const statements: Statement[] = [];
  const typeOf = (value: Value): TensorType => graph.values[value]!.type;

  const uses = new Int32Array(graph.values.length);
  const read = (value: Value): void => void uses[value]!++;
  for (const node of graph.nodes) if (node.kind === 'op' || node.kind === 'call') node.operands.forEach(read);
  for (const { value } of graph.results) read(value);

  const parameters =
    part?.part === 'backward' ? backwardParameters() : graph.inputs.map(({ name, value }) => plain(name, value));

  function plain(name: string, value: Value): Parameter {
    const id = next++;
    places.set(value, { id });
    const variables = [{ id, access: '' }];
    return { name: camelCase(name), type: 'Tensor', comment: showType(typeOf(value)), variables, lists: [] };
  }

  function backwardParameters(): Parameter[] {
    const { kept, forward } = part!.of;
    const own = kept.flatMap(({ kind }, at) =>
      kind === 'input' ? [plain(graph.inputs[at]!.name, graph.inputs[at]!.value)] : [],
    );
    const inside = new Map(kept.flatMap(({ kind, index }, at) => (kind === 'result' ? [[index, at] as const] : [])));
    const cotangents = graph.inputs.slice(kept.length);
    const rest = cotangents.map(({ name, value }, at) =>
      plain(/^d_\d+$/.test(name) ? (cotangents.length === 1 ? 'd_y' : `d_y${at + 1}`) : name, value),
    );
    if (inside.size === 0) return [...own, ...rest];
    const variables: { id: Variable; access: string }[] = [];
    const lists: { first: Variable; count: number; access: string }[] = [];
    for (const { name, pieces, isList } of keptFields(forward)) {
      if (isList) lists.push({ first: next, count: pieces.length, access: `.${name}` });
      for (const { results, of } of pieces) {
        const id = next++;
        if (!isList) variables.push({ id, access: `.${name}` });
        for (const [at, result] of results.entries()) {
          const { value } = graph.inputs[inside.get(result)!]!;
          places.set(value, of === undefined ? { id } : { id, at, size: results.length });
        }
      }
    }
    return [...own, { name: 'kept', type: callees.keptType(forward), comment: '', variables, lists }, ...rest];
  }

  const expressionOf = (value: Value): Expression => {
    const made = inlined.get(value);
    if (made !== undefined) return made;
    const place = places.get(value);
    if (place === undefined) throw new Error(`${graph.name}: value ${value} is read before it is made`);
    return variable(place.id, place.at === undefined ? undefined : `[${place.at}]!`);
  };

  const define = (name: string, used: boolean, of = 'Tensor', rest = false): Definition => ({
    id: next++,
    name,
    used,
    of,
    rest,
  });
  const nameOf = (value: Value, fallback: string): string => camelCase(graph.values[value]!.name ?? fallback);

  const passWeights = ({ callee, prefix }: CallNode): Expression[] => {
    if (!usesWeights(callee)) return [];
    return [prefix === '' ? text('w') : call('within', text('w'), path(prefix))];
  };

  const ownName = (node: CallNode): string => {
    const last = node.prefix
      .replace(/\.?\d+$/, '')
      .split('.')
      .at(-1)!;
    return last === '' ? node.callee.name.replace(/_(forward|backward)$/, '') : last;
  };

  /** Keeps or gradients of a call come in one variable. */
  const bundle = (values: readonly Value[], definition: Definition): void =>
    values.forEach((value, at) => void places.set(value, { id: definition.id, at, size: values.length }));

  const isRead = (values: readonly Value[]): boolean => values.some((value) => uses[value]! > 0);

  function putCall(node: CallNode): void {
    const { callee, results } = node;
    const called = pullbackPart(callee);
    const name = callees.functionOf(callee);
    const operands = called?.part === 'backward' ? backwardOperands(node) : node.operands.map(expressionOf);
    const expression = call(name, ...operands, ...passWeights(node));
    const own =
      called?.part === 'forward'
        ? ownResults(callee)
        : called?.part === 'backward'
          ? called.of.inputs.length
          : results.length;
    const [first, rest] = [results.slice(0, own), results.slice(own)];
    const counts = usesWeights(callee);
    if (results.length === 1 && own === 1 && !counts && tryInline(results[0]!, expression)) return;
    const word = called?.part === 'backward' ? `d_${ownName(node)}` : ownName(node);
    const definitions = first.map((value) => {
      const definition = define(nameOf(value, word), uses[value]! > 0);
      places.set(value, { id: definition.id });
      return definition;
    });
    if (rest.length > 0) {
      const isKept = called?.part === 'forward';
      const definition = isKept
        ? define(camelCase(`${ownName(node)}_kept`), isRead(rest), callees.keptType(callee))
        : define(camelCase(`d_${ownName(node)}_weights`), isRead(rest), 'Tensor[]', own > 0);
      bundle(rest, definition);
      definitions.push(definition);
    }
    const comment = first.map((value) => showType(typeOf(value))).join(', ');
    const apart = results.length > 1 && !(own === 0 && called?.part === 'backward');
    statements.push({ definitions, apart, expression, comment, counts });
  }

  function backwardOperands(node: CallNode): Expression[] {
    const { kept } = pullbackPart(node.callee)!.of;
    const given = kept.flatMap(({ kind }, at) => (kind === 'input' ? [expressionOf(node.operands[at]!)] : []));
    const inside = kept.flatMap(({ kind }, at) => (kind === 'result' ? [places.get(node.operands[at]!)!] : []));
    if (inside.some(({ id }) => id !== inside[0]!.id)) throw new Error(`${graph.name}: what a call keeps came apart`);
    const record = inside.slice(0, 1).map(({ id }) => variable(id));
    return [...given, ...record, ...node.operands.slice(kept.length).map(expressionOf)];
  }

  function tryInline(value: Value, expression: Expression): boolean {
    if (uses[value] !== 1 || graph.values[value]!.name !== undefined) return false;
    if (skeletonOf(expression).length > MOST_INLINE) return false;
    inlined.set(value, expression);
    return true;
  }

  function putNode(node: Node): void {
    const value = node.results[0]!;
    if (node.results.every((result) => uses[result] === 0)) return;
    if (node.kind === 'weight') inlined.set(value, call('w', path(node.weight.path)));
    else if (node.kind === 'call') putCall(node);
    else if (node.kind === 'const' && typeof node.value === 'number') {
      numbers.set(value, node.value);
      inlined.set(value, filled(value, node.value));
    } else if (node.kind === 'const') inlined.set(value, call(callees.constant(node.value as Graph)));
    else {
      if (!isOpName(node.op)) throw new Error(`no op is called ${node.op}`);
      const operands = node.operands.map((operand) => ({
        type: typeOf(operand),
        expression: expressionOf(operand),
        number: numbers.get(operand),
      }));
      const expression = WRITINGS[node.op]({ operands, result: typeOf(value), attributes: node.attributes });
      if (tryInline(value, expression)) return;
      const definition = define(nameOf(value, NOUNS[node.op] ?? node.op), true);
      places.set(value, { id: definition.id });
      statements.push({
        definitions: [definition],
        apart: false,
        expression,
        comment: showType(typeOf(value)),
        counts: false,
      });
    }
  }

  function filled(value: Value, number: number): Expression {
    const type = typeOf(value);
    return WRITINGS.detach({ operands: [{ type, expression: text(number), number }], result: type, attributes: {} });
  }

  for (const node of graph.nodes) putNode(node);

  function weightGradients(values: readonly Value[]): Expression[] {
    const items: Expression[] = [];
    for (let at = 0; at < values.length; at++) {
      const place = places.get(values[at]!);
      const size = place?.size ?? 0;
      const whole =
        size > 0 &&
        values.slice(at, at + size).every((value, index) => {
          const other = places.get(value);
          return other?.id === place!.id && other.at === index && other.size === size;
        });
      if (whole && values.length >= at + size) {
        items.push({ kind: 'spread', of: variable(place!.id) });
        at += size - 1;
      } else items.push(expressionOf(values[at]!));
    }
    return items;
  }

  function resultOf(): [Expression, string] {
    const values = graph.results.map(({ value }) => value);
    if (part?.part === 'forward') {
      const own = ownResults(graph);
      const fields = keptFields(graph).map(({ name, pieces, isList }) => {
        const each = pieces.map(({ results }) => {
          const place = places.get(values[results[0]!]!);
          return place?.at === undefined ? expressionOf(values[results[0]!]!) : variable(place.id);
        });
        return [name, isList ? list(each) : each[0]!] as const;
      });
      const record: Expression = { kind: 'record', fields };
      const names = values.slice(0, own).map((value, at) => labelOf(graph, value, graph.results[at]!.name, at));
      const types = names.map((name) => `${name}: Tensor`);
      return [
        list([...values.slice(0, own).map(expressionOf), record]),
        `[${[...types, `kept: ${callees.keptType(graph)}`].join(', ')}]`,
      ];
    }
    if (part?.part === 'backward') {
      const own = part.of.inputs.length;
      const weights = weightGradients(values.slice(own));
      const inputs = values.slice(0, own).map(expressionOf);
      if (own === 0) return [list(weights), 'Tensor[]'];
      if (weights.length === 0 && own === 1) return [inputs[0]!, 'Tensor'];
      const { inputs: names } = part.of.forward;
      const types = part.of.inputs.map((at) => `${camelCase(`d_${names[at]!.name}`)}: Tensor`);
      return [
        list([...inputs, ...weights]),
        `[${[...types, ...(weights.length > 0 ? ['...weights: Tensor[]'] : [])].join(', ')}]`,
      ];
    }
    if (values.length === 1) return [expressionOf(values[0]!), 'Tensor'];
    const labels = values.map((value, at) => `${labelOf(graph, value, graph.results[at]!.name, at)}: Tensor`);
    return [list(values.map(expressionOf)), `[${labels.join(', ')}]`];
  }

  const [result, resultType] = resultOf();
  const sized = graph.inputs.find(
    ({ value }) => places.get(value)?.at === undefined && typeOf(value).shape.some(isBatch),
  );
  const axis = sized === undefined ? -1 : typeOf(sized.value).shape.findIndex(isBatch);
  const dim = sized === undefined ? undefined : typeOf(sized.value).shape[axis];
  return {
    parameters,
    statements,
    result,
    resultType,
    needsWeights: usesWeights(graph),
    ...(sized !== undefined && dim !== undefined && isBatch(dim)
      ? { batch: { variable: places.get(sized.value)!.id, axis, times: dim.batch } }
      : {}),
  };
}

/** What a place of the returned list is called. */
function labelOf(graph: Graph, value: Value, name: string | undefined, at: number): string {
  const labels = graph.results.map((result) => camelCase(result.name ?? graph.values[result.value]!.name ?? 'y'));
  const wanted = camelCase(name ?? graph.values[value]!.name ?? 'y');
  return labels.indexOf(wanted) === at && labels.lastIndexOf(wanted) === at ? wanted : `${wanted}${at + 1}`;
}
