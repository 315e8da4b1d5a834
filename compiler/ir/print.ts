/**
 * IR as text, and back by `readGraph`. A graph is a header and one line a statement:
 *
 *     graph Attention#2 {heads: 6}                               the block, and its settings
 *       input %0 x: [N, 256, 384]                                the role of a model's input stands behind the type
 *       frozen pos_embed: [1, 256, 384] = const sincos2d         a weight and how it starts; `param` is trained
 *       param b as bias: [384] = 0                               a weight that the spec calls `b`
 *       %1 x1: [N, 256, 384] = layernorm %0 {eps: 1e-6}          an op; numbers and weights stand in it: `mul %0, 0.5`, `add %0, @bias`
 *       %2: [N, 256, 1152] = call Linear#2(%1) as qkv            a call, and the path of the weights inside; `as _` for none
 *       %3: [N, 256] = fill 0                                    a tensor of one number
 *       %4: [256, 64] = const rope                               a closed graph's result
 *       for i in 1..12 {                                         lines that repeat; `%{i+10}` is %11, %12, …
 *         %{i+10} x: [N, 256, 384] = call Block(%{i+9}) as blocks.{i}
 *       }
 *       return %2, skip: %1
 *
 * The graph that was asked for comes first, then the blocks it is made of, then layers and constants, several statements
 * a line. Statements that own weights stand in the order in which the weights are owned; where that is not the order of
 * the calls, or a call is gone, `owns Linear#2 as qkv` says what is owned, and the call says `reads qkv`. Numbers and
 * reads of weights have no identity: two equal ones read back as one, unused ones not at all. Text with six digits is
 * for people and tests; with exact numbers it reads back as the same graph.
 */
import type { Graph, Owned, Weight } from './graph.ts';
import { labelsOf, sectionsOf, showName } from './labels.ts';
import type { Digits } from './number-text.ts';
import {
  aliasesOf,
  type Claim,
  operandsOf,
  prefixRow,
  rowOf,
  type Style,
  showInit,
  showOperand,
  showPath,
  showRole,
} from './print-rows.ts';
import { findRuns, HOLE, type Row, showAffine } from './runs.ts';
import { showType } from './type.ts';
import { ownsWeights } from './weights.ts';

const COLUMNS = 120;

export function printGraph(graph: Graph, options: { readonly digits?: Digits } = {}): string {
  const style: Style = { digits: options.digits ?? 6, labels: labelsOf(graph) };
  const { blocks, layers, constants } = sectionsOf(graph);
  const parts = blocks.map((block) =>
    [header(block, style), ...statements(block, style).map((line) => `  ${line}`)].join('\n'),
  );
  const compact = (graphs: readonly Graph[]) =>
    graphs.map((other) => [header(other, style), ...filled(statements(other, style))].join('\n'));
  if (layers.length > 0) parts.push(['// layers', ...compact(layers)].join('\n'));
  if (constants.length > 0) parts.push(['// constants', ...compact(constants)].join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function header(graph: Graph, { labels }: Style): string {
  const name = `graph ${labels.get(graph)}${graph.borrows ? ' borrows' : ''}`;
  if (graph.settings === '') return name;
  const settings = graph.settings.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${name} {${settings}}`;
}

/** Statements side by side as far as a line goes. Loops keep their lines. */
function filled(all: readonly string[]): string[] {
  const lines: string[] = [];
  let loop = false;
  let open = false;
  for (const statement of all) {
    if (statement.startsWith('for ')) loop = true;
    const last = lines[lines.length - 1];
    const joined = `${last}; ${statement}`;
    if (open && !loop && joined.length <= COLUMNS) lines[lines.length - 1] = joined;
    else lines.push(`  ${statement}`);
    open = !loop;
    if (statement === '}') loop = false;
  }
  return lines;
}

function statements(graph: Graph, style: Style): string[] {
  const operands = operandsOf(graph, style.digits);
  const lines: string[] = [];
  for (const { name, value, role } of graph.inputs) {
    const info = graph.values[value]!;
    const own = info.name === undefined || info.name === name ? '' : ` (${showName(info.name)})`;
    lines.push(
      `input ${showOperand(operands[value]!)} ${showName(name)}${own}: ${showType(info.type)}${role ? ` ${showRole(role)}` : ''}`,
    );
  }

  const aliases = aliasesOf(graph);
  for (const weight of borrowed(graph)) lines.push(showWeight(weight, false, aliases, style));

  const rows: Row[] = [];
  const declare = (owned: Owned) => rows.push(ownedRow(owned, aliases, style));
  const claimed = ownedCalls(graph);
  let next = 0;
  for (const node of graph.nodes) {
    for (let owned = graph.owns[next]; owned?.kind === 'weight'; owned = graph.owns[++next]) declare(owned);
    let word: Claim['word'] = '';
    if (node.kind === 'call' && node.callee.borrows) word = 'reads';
    else if (node.kind === 'call' && ownsWeights(node.callee)) {
      const at = claimed(node.callee, node.prefix, next);
      if (at === undefined) word = 'reads';
      else {
        while (next < at) declare(graph.owns[next++]!);
        word = graph.owns[next++]!.shared ? 'as shared' : 'as';
      }
    } else if (node.kind === 'call' && node.prefix !== '') word = 'as';
    const hidden = node.results.length === 1 && 'inline' in operands[node.results[0]!]!;
    if (!hidden) rows.push(rowOf(graph, node, operands, style, { word }));
  }
  while (next < graph.owns.length) declare(graph.owns[next++]!);
  for (const line of withLoops(rows)) lines.push(line);

  const results = graph.results.map(
    ({ name, value }) =>
      `${name === undefined ? '' : `${showName(name)}: `}${showOperand(operands[value] ?? { inline: '%?' })}`,
  );
  lines.push(results.length === 0 ? 'return' : `return ${results.join(', ')}`);
  return lines;
}

/** Finds what a call owns among `owns`, from an index on. */
function ownedCalls(graph: Graph): (callee: Graph, prefix: string, from: number) => number | undefined {
  const byPrefix = new Map<string, number[]>();
  graph.owns.forEach((owned, index) => {
    if (owned.kind !== 'call') return;
    const same = byPrefix.get(owned.prefix);
    if (same === undefined) byPrefix.set(owned.prefix, [index]);
    else same.push(index);
  });
  return (callee, prefix, from) =>
    byPrefix.get(prefix)?.find((index) => {
      const owned = graph.owns[index]!;
      return index >= from && owned.kind === 'call' && owned.callee === callee;
    });
}

/** Weights that a graph reads and does not own. */
function borrowed(graph: Graph): Iterable<Weight> {
  const weights = new Map<string, Weight>();
  for (const node of graph.borrows ? graph.nodes : []) {
    if (node.kind === 'weight' && !weights.has(node.weight.path)) weights.set(node.weight.path, node.weight);
  }
  return weights.values();
}

function ownedRow(owned: Owned, aliases: ReadonlyMap<string, string>, style: Style): Row {
  if (owned.kind === 'weight')
    return { text: showWeight(owned.weight, owned.shared, aliases, style), ints: [], counts: false };
  const { text, numbers } = prefixRow(owned.prefix);
  const guide = numbers.length > 0 ? 0 : undefined;
  const shared = owned.shared ? 'shared ' : '';
  return { text: `owns ${style.labels.get(owned.callee)} as ${shared}${text}`, ints: numbers, counts: true, guide };
}

function showWeight(
  { path, type, trained, init }: Weight,
  shared: boolean,
  aliases: ReadonlyMap<string, string>,
  style: Style,
): string {
  const alias = aliases.get(path);
  const name = alias === undefined ? showPath(path) : `${showName(alias)} as ${showPath(path)}`;
  return `${shared ? 'shared ' : ''}${trained ? 'param' : 'frozen'} ${name}: ${showType(type)} = ${showInit(init, style)}`;
}

function withLoops(rows: readonly Row[]): string[] {
  const lines: string[] = [];
  const put = (text: string, ints: readonly string[]) => {
    let index = 0;
    return text.replaceAll(HOLE, () => ints[index++]!);
  };
  const plain = (row: Row) => lines.push(put(row.text, row.ints.map(String)));
  let at = 0;
  for (const run of findRuns(rows)) {
    while (at < run.start) plain(rows[at++]!);
    lines.push(`for i in ${run.from}..${run.from + run.turns} {`);
    for (const { text, ints } of run.body) lines.push(`  ${put(text, ints.map(showAffine))}`);
    lines.push('}');
    at += run.period * run.turns;
  }
  while (at < rows.length) plain(rows[at++]!);
  return lines;
}
