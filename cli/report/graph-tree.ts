/**
 * The graph as a tree that opens: blocks to any depth, equal neighbours as one line, every node with its type, weights,
 * MACs and share of the whole, and the line of the spec that made it.
 */
import { showQuantity } from '../../compiler/check/quantity.ts';
import { type Repeat, repeatsOf } from '../../compiler/cost/repeats.ts';
import { workOf, workOfOp } from '../../compiler/cost/work.ts';
import type { Graph, Node } from '../../compiler/ir/graph.ts';
import { showRole } from '../../compiler/ir/print-rows.ts';
import { showType } from '../../compiler/ir/type.ts';
import { joinPath } from '../../compiler/ir/weights.ts';
import { type Place, positionOf, type Source } from '../../dsl/span.ts';
import { html, type Markup } from './html.ts';

/** Where a line of a source stands in the page, and what it says. */
export type LineId = (
  place: Place,
) => { readonly id: string; readonly text: string; readonly line: string } | undefined;

/** Past this many lines blocks stay closed: a page must not weigh hundreds of megabytes. */
const MOST_LINES = 20_000;

interface Walk {
  readonly total: number;
  readonly lineId: LineId;
  lines: number;
}

export function graphTree(graph: Graph, lineId: LineId): Markup {
  const walk: Walk = { total: Math.max(1, workOf(graph, 1).macs), lineId, lines: 0 };
  const port = (what: string, value: number, role = ''): Markup => {
    const type = showType(graph.values[value]!.type);
    return html`<div class="node" tabindex="-1" data-text="${`${what} ${role} ${type}`.toLowerCase()}"><span class="what">${what}</span><span class="type">${type}</span><span class="macs"></span><span class="weights">${role}</span></div>`;
  };
  const inputs = graph.inputs.map(({ name, value, role }) => port(`input ${name}`, value, role && showRole(role)));
  const outputs = graph.results.map(({ name, value }) => port(`output ${name ?? ''}`, value));
  return html`<div class="tree" role="group" aria-label="Graph">${inputs}${nodesOf(graph, '', 1, walk)}${outputs}</div>`;
}

function nodesOf(graph: Graph, prefix: string, times: number, walk: Walk): Markup {
  const repeats = repeatsOf(graph);
  return html`${graph.nodes.map((node): Markup | string => {
    if (node.kind === 'const' && typeof node.value === 'number') return '';
    const run = node.kind === 'call' ? repeats.first.get(node) : undefined;
    // told with the first of its like
    if (node.kind === 'call' && run === undefined) return '';
    walk.lines++;
    return lineOf(graph, node, prefix, times, run, walk);
  })}`;
}

function lineOf(graph: Graph, node: Node, prefix: string, times: number, run: Repeat | undefined, walk: Walk): Markup {
  const [result] = node.results;
  const info = graph.values[result!]!;
  const type = node.results.map((value) => showType(graph.values[value]!.type)).join(', ');
  const name = info.name === undefined ? '' : ` ${info.name}`;
  const place = link(node.place, walk);
  if (node.kind === 'call') {
    const count = times * (run?.calls ?? 1);
    const path = joinPath(prefix, run?.label ?? node.prefix);
    const macs = workOf(node.callee, 1).macs * count;
    const what = `${node.callee.name}${run !== undefined && run.calls > 1 ? ` × ${run.calls}` : ''}`;
    const open = walk.lines < 3 && prefix === '' ? html` open` : '';
    const text = `${what} ${path} ${name} ${type}`.toLowerCase();
    const inside =
      walk.lines > MOST_LINES
        ? html`<div class="node">… not shown: the page would be too large</div>`
        : nodesOf(node.callee, path, count, walk);
    return html`<details${open} data-text="${text}"><summary><span class="what" title="${node.callee.settings}">${what}</span><span class="type">${type}</span>${macsCell(macs, walk)}<span class="weights">${path}</span>${place}</summary>${inside}</details>`;
  }
  const what =
    node.kind === 'op'
      ? node.op
      : node.kind === 'const'
        ? `const ${typeof node.value === 'number' ? node.value : node.value.name}`
        : node.weight.trained
          ? 'param'
          : 'frozen';
  const macs = node.kind === 'op' ? workOfOp(graph, node, 1).macs * times : 0;
  const detail =
    node.kind === 'op'
      ? Object.entries(node.attributes)
          .map(([key, value]) => `${key}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
          .join(', ')
      : '';
  const extra = node.kind === 'weight' ? `${joinPath(prefix, node.weight.path)}` : detail;
  return html`<div class="node" tabindex="-1" data-text="${`${what} ${name} ${extra} ${type}`.toLowerCase()}"><span class="what">${what}${name}</span><span class="type">${type}</span>${macsCell(macs, walk)}<span class="weights">${extra}</span>${place}</div>`;
}

function macsCell(macs: number, { total }: Walk): Markup {
  const share = macs / total;
  if (macs === 0) return html`<span class="macs"></span>`;
  return html`<span class="macs" style="background:rgba(var(--heat),${(0.55 * Math.sqrt(share)).toFixed(3)})">${showQuantity(macs, 4)} · ${(100 * share).toFixed(share < 0.001 ? 3 : 1)} %</span>`;
}

function link(place: Place | undefined, { lineId }: Walk): Markup {
  const target = place === undefined ? undefined : lineId(place);
  if (target === undefined) return html``;
  return html`<a data-line href="#${target.id}">${target.text}</a><code class="code">${target.line}</code>`;
}

/** Sources by path, each line with an id, and how places find theirs. */
export function sourceLines(): {
  readonly lineId: LineId;
  /** a source that is shown whether a place is in it or not; the first is open */
  readonly add: (source: Source) => void;
  readonly sources: () => Markup;
} {
  const files = new Map<string, { readonly index: number; readonly lines: readonly string[] }>();
  const linesOf = (path: string): readonly string[] => files.get(path)!.lines;
  const add = ({ path, text }: Source): void => {
    if (!files.has(path)) files.set(path, { index: files.size, lines: text.trimEnd().split('\n') });
  };
  return {
    add,
    lineId: ({ source, span }) => {
      add(source);
      const { line } = positionOf(source, span.start);
      const short = source.path.split('/').slice(-2).join('/');
      const text = (linesOf(source.path)[line - 1] ?? '').trim();
      return { id: `f${files.get(source.path)!.index}l${line}`, text: `${short}:${line}`, line: text };
    },
    sources: () =>
      html`${[...files].map(
        ([path, { index, lines }]) =>
          html`<details${index === 0 ? html` open` : ''}><summary class="mono">${path}</summary><pre class="source">${lines.map(
            (line, at) => html`<span id="f${index}l${at + 1}" data-line="${at + 1}">${line || ' '}</span>`,
          )}</pre></details>`,
      )}`,
  };
}
