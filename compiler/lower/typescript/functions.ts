/**
 * The functions that graphs become: one for each graph, and one for all instances of a block whose text is the same.
 * Shapes in comments that differ between them are left open.
 */
import { pullbackPart } from '../../grad/pullback.ts';
import type { Graph } from '../../ir/graph.ts';
import { showType } from '../../ir/type.ts';
import { bodyOf } from './body.ts';
import type { Constants } from './constant-text.ts';
import { type Expression, WIDTH } from './expression.ts';
import { type FunctionText, functionText, type Line } from './function-text.ts';
import { keptFields, ownResults } from './kept.ts';
import { camelCase, kebabCase, pascalCase, uniqueNames } from './names.ts';
import type { Body } from './statement.ts';

export type Folder = 'blocks' | 'gradients';

export interface EmittedFunction {
  readonly name: string;
  readonly folder: Folder;
  /** without the extension */
  readonly file: string;
  /** the first graph that it was made of */
  readonly graph: Graph;
  /** whether its last parameter is `w` */
  readonly needsWeights: boolean;
  /** functions, constants and types that it names, not all of them written here */
  readonly names: ReadonlySet<string>;
  text: FunctionText;
  signature: string;
}

export interface EmittedType {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly names: ReadonlySet<string>;
}

export interface Functions {
  readonly all: readonly EmittedFunction[];
  readonly types: readonly EmittedType[];
  of(graph: Graph): EmittedFunction;
  keptType(forward: Graph): string;
  /** a name that none of them has */
  freeName(wanted: string): string;
}

const blockName = (graph: Graph): string =>
  pullbackPart(graph) ? graph.name.replace(/_(forward|backward)$/, '') : graph.name;

function callsIn(expression: Expression, into: Set<string>): void {
  const walk = (one: Expression): void => callsIn(one, into);
  if (expression.kind === 'call') {
    into.add(expression.name);
    expression.args.forEach(walk);
  } else if (expression.kind === 'list') expression.items.forEach(walk);
  else if (expression.kind === 'record') for (const [, value] of expression.fields) walk(value);
  else if (expression.kind === 'spread') walk(expression.of);
}

/** `[N, 256, 384]` and `[N, 16, 384]` → `[N, …, 384]`; nothing where they have no more in common. */
function together(a: string, b: string): string {
  if (a === b) return a;
  const cut = (text: string): string[] => text.split(/(?<=[[,])|(?=[\],])/);
  const [one, two] = [cut(a), cut(b)];
  if (one.length !== two.length) return '';
  return one.map((part, at) => (part === two[at] ? part : `${/^ /.test(part) ? ' ' : ''}…`)).join('');
}

const merged = (a: readonly Line[], b: readonly Line[]): Line[] =>
  a.map(({ code, comment }, at) => ({ code, comment: together(comment, b[at]!.comment) }));

/** `x: [N, 256, 384], c: [N, 384] → [N, 256, 384]` */
function signatureOf(graph: Graph, { parameters }: Body): string {
  const given = parameters.map(({ name, comment }) => (comment === '' ? name : `${name}: ${comment}`)).join(', ');
  const made = graph.results.map(({ value }) => showType(graph.values[value]!.type));
  const part = pullbackPart(graph);
  const own = part?.part === 'forward' ? ownResults(graph) : part ? part.of.inputs.length : made.length;
  return `${given === '' ? '' : `${given} `}→ ${[...made.slice(0, own), ...(part?.part === 'forward' ? ['kept'] : made.length > own ? ['weights'] : [])].join(', ')}`;
}

/** `graphs`: callees before callers. `taken`: names that functions must not have. */
export function emitFunctions(graphs: readonly Graph[], constants: Constants, taken: Iterable<string>): Functions {
  const unique = uniqueNames(taken, 'Block');
  const byGraph = new Map<Graph, EmittedFunction>();
  const byText = new Map<string, EmittedFunction>();
  const types = new Map<string, EmittedType>();
  const typeNames = new Map<Graph, string>();
  const byShape = new Map<string, string>();

  const keptType = (forward: Graph): string => {
    const known = typeNames.get(forward);
    if (known !== undefined) return known;
    const base = blockName(forward);
    const names = new Set<string>();
    const fields = keptFields(forward).map(({ name, pieces, isList }) => {
      const { of, results } = pieces[0]!;
      const type = of === undefined ? 'Tensor' : keptType(of);
      names.add(type);
      const shown =
        of === undefined ? ` // ${showType(forward.values[forward.results[results[0]!]!.value]!.type)}` : '';
      return `  ${name}: ${type}${isList ? '[]' : ''};${shown}`;
    });
    const body = fields.map((field) => field.replace(/ \/\/.*/, '')).join();
    let name = byShape.get(`${base} ${body}`);
    if (name === undefined) {
      name = unique(`${pascalCase(base)}Kept`);
      byShape.set(`${base} ${body}`, name);
      const text = `export type ${name} = {\n${fields.join('\n')}\n};`;
      types.set(name, { name, file: kebabCase(base), text, names });
    } else {
      const before = types.get(name)!;
      const lines = before.text
        .split('\n')
        .map((line, at) => (at === 0 ? line : openShape(line, fields[at - 1] ?? '')));
      types.set(name, { ...before, text: lines.join('\n') });
    }
    typeNames.set(forward, name);
    return name;
  };

  for (const graph of graphs) {
    const base = blockName(graph);
    const part = pullbackPart(graph)?.part;
    const body = bodyOf(graph, {
      functionOf: (callee) => byGraph.get(callee)!.name,
      keptType,
      constant: constants.nameOf,
    });
    const names = new Set<string>();
    for (const { expression } of body.statements) callsIn(expression, names);
    callsIn(body.result, names);
    const text = functionText(body, names);
    const code = text.lines.map((line) => line.code).join('\n');
    const head = text.parameters.map(({ name, type }) => `${name}: ${type}`).join();
    const key = `${base} ${part} ${head} ${body.needsWeights} ${text.result}\n${code}`;
    const signature = signatureOf(graph, body);
    const before = byText.get(key);
    if (before !== undefined) {
      before.text = { ...text, lines: merged(before.text.lines, text.lines) };
      before.signature = together(before.signature, signature);
      byGraph.set(graph, before);
      continue;
    }
    for (const { type } of text.parameters) names.add(type);
    for (const { definitions } of body.statements) for (const { of } of definitions) names.add(of.replace(/\[\]$/, ''));
    for (const type of text.result.matchAll(/: (\w+)/g)) names.add(type[1]!);
    const name = unique(camelCase(part === undefined ? base : `${base}_${part}`));
    const made: EmittedFunction = {
      name,
      folder: part === undefined ? 'blocks' : 'gradients',
      file: kebabCase(base),
      graph,
      needsWeights: body.needsWeights,
      names,
      text,
      signature,
    };
    byText.set(key, made);
    byGraph.set(graph, made);
  }
  return {
    all: [...byText.values()],
    types: [...types.values()],
    of: (graph) => byGraph.get(graph)!,
    keptType,
    freeName: unique,
  };
}

function openShape(line: string, other: string): string {
  const at = line.indexOf(' // ');
  if (at < 0) return line;
  const shown = together(line.slice(at + 4), other.slice(other.indexOf(' // ') + 4));
  return shown === '' ? line.slice(0, at) : `${line.slice(0, at)} // ${shown}`;
}

/** The text of a function, without its documentation. */
export function showFunction({ name, needsWeights, text }: EmittedFunction): string {
  const { parameters, result, lines } = text;
  const all = [
    ...parameters.map((parameter) => `${parameter.name}: ${parameter.type}`),
    ...(needsWeights ? ['w: Weights'] : []),
  ];
  const one = `export function ${name}(${all.join(', ')}): ${result} {`;
  const head =
    one.length <= WIDTH ? one : `export function ${name}(\n${all.map((each) => `  ${each},\n`).join('')}): ${result} {`;
  const body = lines.map(({ code, comment }) => (comment === '' ? code : `${code} // ${comment}`));
  return `${head}\n${body.join('\n')}\n}`;
}
