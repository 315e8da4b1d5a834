/**
 * Reads the text that `printGraph` writes; the first graph is the result. Types are taken as they stand: `verify` checks
 * them. The text may be anybody's: its size is bounded, nesting costs no stack, and what is wrong is said with its line.
 */

import type { Graph } from './graph.ts';
import { buildGraph } from './read-build.ts';
import { unquote } from './read-scanner.ts';
import { type GraphText, type ReadProblem, readStatement, type Statement } from './read-statement.ts';
import { fillAffine } from './runs.ts';

export const isReadProblem = (result: Graph | ReadProblem): result is ReadProblem => 'problem' in result;

const MOST_STATEMENTS = 250_000;

export function readGraph(text: string): Graph | ReadProblem {
  const graphs = readTexts(text);
  if (!Array.isArray(graphs)) return graphs;
  const byLabel = new Map<string, GraphText>();
  for (const graph of graphs) {
    if (byLabel.has(graph.label)) return { problem: `\`${graph.label}\` is here twice`, line: graph.line };
    byLabel.set(graph.label, graph);
  }
  const order = calleesFirst(graphs, byLabel);
  if (!Array.isArray(order)) return order;
  const built = new Map<string, Graph>();
  for (const graph of order) {
    const made = buildGraph(graph, built);
    if (isReadProblem(made)) return made;
    built.set(graph.label, made);
  }
  return built.get(graphs[0]!.label)!;
}

function readTexts(text: string): GraphText[] | ReadProblem {
  const graphs: GraphText[] = [];
  let count = 0;
  let loop: { from: number; to: number; line: number; body: { text: string; line: number }[] } | undefined;
  const put = (statement: string, line: number): ReadProblem | undefined => {
    if (++count > MOST_STATEMENTS) return { problem: `there are more than ${MOST_STATEMENTS} statements`, line };
    const read = readStatement(statement);
    if ('problem' in read) return { problem: read.problem, line };
    graphs[graphs.length - 1]!.statements.push({ statement: read, line });
    return undefined;
  };

  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    const trimmed = lines[index]!.trim();
    if (trimmed === '' || trimmed.startsWith('//')) continue;
    if (trimmed.startsWith('graph ') && loop === undefined) {
      const graph = readHeader(trimmed, line);
      if ('problem' in graph) return graph;
      graphs.push(graph);
      continue;
    }
    if (graphs.length === 0) return { problem: 'expected `graph` and a name', line };
    for (const statement of splitStatements(trimmed)) {
      const head = /^for i in (\d{1,9})\.\.(\d{1,9}) \{$/.exec(statement);
      if (head !== null && loop === undefined) {
        loop = { from: Number(head[1]), to: Number(head[2]), line, body: [] };
      } else if (statement === '}' && loop !== undefined) {
        for (let i = loop.from; i < loop.to; i++) {
          for (const inner of loop.body) {
            const problem = put(fillAffine(inner.text, i), inner.line);
            if (problem !== undefined) return problem;
          }
          if (loop.body.length === 0) break;
        }
        loop = undefined;
      } else if (loop !== undefined) loop.body.push({ text: statement, line });
      else {
        const problem = put(statement, line);
        if (problem !== undefined) return problem;
      }
    }
  }
  if (loop !== undefined) return { problem: 'this loop has no end', line: loop.line };
  if (graphs.length === 0) return { problem: 'there is no graph', line: 1 };
  return graphs;
}

function readHeader(line: string, at: number): GraphText | ReadProblem {
  const found = /^graph ((?:([\w-][\w.-]*)|("(?:[^"\\]|\\.)*"))(?:#\d+)?)( borrows)?(?: \{(.*)\})?$/.exec(line);
  const name = found?.[2] ?? unquote(found?.[3] ?? '');
  if (found === null || name === undefined)
    return { problem: 'expected `graph`, a name, and settings in braces', line: at };
  const settings = (found[5] ?? '').replaceAll(/\\([\\nr])/g, (_, escaped) =>
    escaped === 'n' ? '\n' : escaped === 'r' ? '\r' : '\\',
  );
  return { label: found[1]!, name, settings, borrows: found[4] !== undefined, line: at, statements: [] };
}

/** Splits at `; ` outside of strings. */
function splitStatements(line: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at];
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === ';' && line[at + 1] === ' ') {
      parts.push(line.slice(start, at).trim());
      start = at + 2;
    }
  }
  parts.push(line.slice(start).trim());
  return parts.filter((part) => part !== '');
}

/** Graphs so that each stands after all that it mentions. */
function calleesFirst(
  graphs: readonly GraphText[],
  byLabel: ReadonlyMap<string, GraphText>,
): GraphText[] | ReadProblem {
  const mentions = new Map<GraphText, { label: string; line: number }[]>();
  for (const graph of graphs) {
    const seen = new Map<string, number>();
    for (const { statement, line } of graph.statements) {
      const label = labelIn(statement);
      if (label !== undefined && !seen.has(label)) seen.set(label, line);
    }
    mentions.set(
      graph,
      [...seen].map(([label, line]) => ({ label, line })),
    );
  }
  const order: GraphText[] = [];
  const state = new Map<GraphText, 'open' | 'done'>([[graphs[0]!, 'open']]);
  const stack = [{ graph: graphs[0]!, at: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const mention = mentions.get(top.graph)![top.at++];
    if (mention === undefined) {
      stack.pop();
      state.set(top.graph, 'done');
      order.push(top.graph);
      continue;
    }
    const next = byLabel.get(mention.label);
    if (next === undefined) return { problem: `there is no graph \`${mention.label}\``, line: mention.line };
    if (state.get(next) === 'open') return { problem: `\`${mention.label}\` reaches itself`, line: mention.line };
    if (state.has(next)) continue;
    state.set(next, 'open');
    stack.push({ graph: next, at: 0 });
  }
  return order;
}

function labelIn(statement: Statement): string | undefined {
  if (statement.kind === 'owns') return statement.label;
  if (statement.kind === 'weight' && statement.init.kind === 'const') return statement.init.label;
  if (statement.kind !== 'node') return undefined;
  const { expression } = statement;
  return expression.kind === 'call' || expression.kind === 'const' ? expression.label : undefined;
}
