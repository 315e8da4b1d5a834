/** Nodes of a graph as lines of IR text, with holes where a loop may count. Values are numbered in order of definition. */
import type { Attribute, Attributes, Graph, Init, Node, Role, Value } from './graph.ts';
import { showName } from './labels.ts';
import { type Digits, showNumber } from './number-text.ts';
import { HOLE, type Row } from './runs.ts';
import { type Dim, showDim, showType } from './type.ts';

export interface Style {
  readonly digits: Digits;
  readonly labels: ReadonlyMap<Graph, string>;
}

/** How a value is written where it is used: `%3`, a number, or `@weight`. */
export type Operand = { readonly at: number } | { readonly inline: string };

export const showPath = (path: string): string =>
  /^(?!_$)[\w-]+(\.[\w-]+)*$/.test(path) ? path : JSON.stringify(path);

export function showAttribute(value: Attribute, digits: Digits = 6): string {
  if (typeof value === 'number') return showNumber(value, digits);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => showNumber(item, digits)).join(', ')}]`;
  const record = value as Readonly<Record<string, Dim>>;
  const entries = Object.keys(record).sort();
  return `{${entries.map((key) => `${showName(key)}: ${showDim(record[key]!)}`).join(', ')}}`;
}

/** ` {eps: 1e-6}` with keys in order; nothing when there are none */
function showAttributes(attributes: Attributes, digits: Digits): string {
  const keys = Object.keys(attributes).sort();
  if (keys.length === 0) return '';
  return ` {${keys.map((key) => `${showName(key)}: ${showAttribute(attributes[key]!, digits)}`).join(', ')}}`;
}

export function showInit(init: Init, { digits, labels }: Style): string {
  switch (init.kind) {
    case 'fill':
      return showNumber(init.value, digits);
    case 'normal':
      return `normal(${showNumber(init.std, digits)})`;
    case 'uniform':
      return `uniform(${showNumber(init.bound, digits)})`;
    case 'xavier_uniform':
      return `xavier_uniform(${init.fanIn}, ${init.fanOut})`;
    case 'tensor':
      return `const ${labels.get(init.graph)}`;
  }
}

export function showRole(role: Role): string {
  if (role.kind !== 'label') return role.kind;
  return role.null === undefined ? `label(${role.classes})` : `label(${role.classes}, null: ${role.null})`;
}

/** What stands inside of its uses and gets no line: reads of weights, and numbers without shape or name. */
export function inlineText(graph: Graph, node: Node, digits: Digits): string | undefined {
  const info = graph.values[node.results[0]!];
  if (info === undefined) return undefined;
  const { type, name } = info;
  if (node.kind === 'weight') return `@${showPath(node.weight.path)}`;
  if (node.kind !== 'const' || typeof node.value !== 'number') return undefined;
  if (type.shape.length > 0 || name !== undefined) return undefined;
  const text = showNumber(node.value, digits);
  return type.dtype === 'f32' ? text : `${type.dtype}(${text})`;
}

/** The names of weights that a spec calls otherwise than their paths end: `param b as bias`. */
export function aliasesOf(graph: Graph): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  for (const node of graph.nodes) {
    if (node.kind !== 'weight') continue;
    const { path } = node.weight;
    const name = graph.values[node.results[0]!]?.name;
    if (name !== undefined && name !== path.slice(path.lastIndexOf('.') + 1) && !aliases.has(path))
      aliases.set(path, name);
  }
  return aliases;
}

export function operandsOf(graph: Graph, digits: Digits): readonly Operand[] {
  const operands: Operand[] = new Array(graph.values.length).fill({ inline: '%?' });
  let count = 0;
  for (const input of graph.inputs) operands[input.value] = { at: count++ };
  for (const node of graph.nodes) {
    const inline = inlineText(graph, node, digits);
    for (const result of node.results) operands[result] = inline === undefined ? { at: count++ } : { inline };
  }
  return operands;
}

export const showOperand = (operand: Operand): string => ('at' in operand ? `%${operand.at}` : operand.inline);

/** `as blocks.3`; `reads` instead of `as` where the line does not own what is inside */
export interface Claim {
  readonly word: 'as' | 'as shared' | 'reads' | '';
}

/** A prefix with holes where its numbers stand, so that a loop may count in it. */
export function prefixRow(prefix: string): { readonly text: string; readonly numbers: readonly number[] } {
  if (prefix === '') return { text: '_', numbers: [] };
  const path = showPath(prefix);
  if (path !== prefix) return { text: path, numbers: [] };
  const numbers: number[] = [];
  const text = path.replaceAll(/(?<=^|\.)(0|[1-9]\d{0,8})(?=\.|$)/g, (digits) => {
    numbers.push(Number(digits));
    return HOLE;
  });
  return { text, numbers };
}

export function rowOf(graph: Graph, node: Node, operands: readonly Operand[], style: Style, claim: Claim): Row {
  const ints: number[] = [];
  let guide: number | undefined;
  const use = (value: Value): string => {
    const operand = operands[value];
    if (operand === undefined || 'inline' in operand) return operand?.inline ?? '%?';
    ints.push(operand.at);
    return `%${HOLE}`;
  };
  const define = (value: Value): string => {
    const { name, type } = graph.values[value]!;
    return `${use(value)}${name === undefined ? '' : ` ${showName(name)}`}: ${showType(type)}`;
  };
  const usePrefix = (prefix: string): string => {
    const { text, numbers } = prefixRow(prefix);
    if (numbers.length > 0) guide = ints.length;
    ints.push(...numbers);
    return text;
  };
  const expression = (): string => {
    switch (node.kind) {
      case 'op': {
        const uses = node.operands.map(use).join(', ');
        return `${node.op}${uses === '' ? '' : ` ${uses}`}${showAttributes(node.attributes, style.digits)}`;
      }
      case 'call': {
        const uses = node.operands.map(use).join(', ');
        const path = claim.word === '' ? '' : ` ${claim.word} ${usePrefix(node.prefix)}`;
        return `call ${style.labels.get(node.callee)}(${uses})${path}`;
      }
      case 'weight':
        return `@${showPath(node.weight.path)}`;
      case 'const':
        return typeof node.value === 'number'
          ? `fill ${showNumber(node.value, style.digits)}`
          : `const ${style.labels.get(node.value)}`;
    }
  };
  const defined = node.results.map(define).join(', ');
  const text = `${defined === '' ? '' : `${defined} = `}${expression()}`;
  return { text, ints, counts: node.kind === 'call', guide };
}
