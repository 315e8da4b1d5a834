/** The report of one model: what it is, what it costs and where, the graph that it became, the text it came from. */

import { showQuantity } from '../../compiler/check/quantity.ts';
import type { FactName } from '../../compiler/cost/facts.ts';
import { activationBytes } from '../../compiler/cost/memory.ts';
import { costByRole, groupRows } from '../../compiler/cost/module.ts';
import type { Scaling } from '../../compiler/cost/scaling.ts';
import type { TargetCost } from '../../compiler/cost/target-cost.ts';
import type { TrainCost } from '../../compiler/cost/train-cost.ts';
import type { ModelInstance } from '../../compiler/elaborate/model.ts';
import { showTerm } from '../../compiler/elaborate/term.ts';
import { digestOf } from '../../compiler/ir/digest.ts';
import { showShape } from '../../compiler/ir/type.ts';
import { unrolled } from '../../compiler/ir/unroll.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { scalingSheets, trainSheets } from '../cost-run-sheets.ts';
import { scopeText, shareName, shareOf } from '../cost-sheets.ts';
import { graphTree, sourceLines } from './graph-tree.ts';
import { dataScript, html, type Markup } from './html.ts';
import { BY_MACS, BY_PARAMS, icicle, roleKeys } from './icicle.ts';
import { moduleTable } from './module-table.ts';
import { type Column, figures, type Page, shareBar, sheetTable, table } from './page.ts';

const amount = (value: number): string => showQuantity(value, 4);
const beside = (printed: number | undefined): string =>
  printed === undefined ? '' : `; ${showQuantity(printed)} expected`;
const bytes = (value: number): string => `${showQuantity(value, 4)}B`;

export interface ModelReport {
  readonly target: TargetCost;
  readonly model: ModelInstance;
  readonly doc?: string;
  /** what its preset expects: printed figures */
  readonly expected: Readonly<Partial<Record<FactName, number>>>;
  /** the same model at other sides; a step of training, where there is one */
  readonly scaling: readonly Scaling[];
  readonly train?: TrainCost;
  /** the JSON of `ditc cost` */
  readonly cost: unknown;
  /** the command that makes this page again */
  readonly command: string;
}

export function modelPage({ target, model, doc, expected, scaling, train, cost, command }: ModelReport): Page {
  const { lineId, sources } = sourceLines();
  if (model.symbol !== undefined) lineId({ source: model.symbol.scope.file.source, span: model.symbol.decl.name.span });
  const graph = graphTree(unrolled(target.graph), lineId);
  const scope = scopeText(target);
  return {
    title: target.name,
    lead: html`${doc === undefined ? '' : html`<p>${doc}</p>`}
<p class="faint mono">${[...model.settings].map(([name, value]) => `${name}: ${showTerm(value)}`).join(', ')}</p>
${figures([
  { value: amount(target.work.macs), name: `MACs, one forward pass of one sample${beside(expected.macs)}` },
  { value: amount(target.work.flops), name: 'FLOPs, everything counted' },
  { value: amount(target.params.trainable), name: `trained parameters${beside(expected.params)}` },
  { value: amount(target.params.frozen), name: 'frozen numbers' },
  ...(target.tokens > 0 ? [{ value: String(target.tokens), name: 'tokens' }] : []),
  { value: bytes(target.weightBytes), name: 'weights as f32' },
  { value: bytes(target.activationBytes), name: 'activations at their peak, batch 1' },
  { value: bytes(activationBytes(target.graph, 32)), name: 'activations at their peak, batch 32' },
])}`,
    sections: [
      {
        id: 'share',
        title: 'Where the work is',
        body: html`<p class="faint">Width is the share of the work, then of the parameters; each row is a level of modules, each colour a role.</p>${roleKeys(target.root)}${icicle(target.root, BY_MACS)}${icicle(target.root, BY_PARAMS)}
${scope === undefined ? '' : html`<p>Of the MACs ${scope}.</p>`}${scalingSheets(scaling).map(sheetTable)}`,
      },
      { id: 'roles', title: 'By role', body: byRole(target) },
      { id: 'modules', title: 'By module', body: moduleTable(target.root) },
      { id: 'ops', title: 'By op', body: byOp(target) },
      {
        id: 'graph',
        title: 'Graph',
        body: html`<p class="tools"><label>Search <input type="search" id="search" placeholder="an op, a block, a path, a shape"></label> <span id="found" class="faint" aria-live="polite"></span></p>${graph}`,
      },
      ...(train
        ? [
            {
              id: 'training',
              title: 'Training',
              body: html`${trainSheets(target.name, train, target.work.macs).map(sheetTable)}`,
            },
          ]
        : []),
      { id: 'ports', title: 'Inputs, outputs, weights', body: ports(target, model) },
      { id: 'source', title: 'Source', body: sources() },
      {
        id: 'about',
        title: 'About this page',
        body: html`<p>MACs are multiplications of matrix products and convolutions; papers on diffusion transformers print them as Gflops. FLOPs count two for each MAC, and everything else by the rule of each op.</p><p>Digest of the graph: <code>${digestOf(model.inference)}</code></p><p>Made by <code>${command}</code>.</p>`,
      },
    ],
    data: [dataScript('cost', cost)],
  };
}

function byRole({ rows, work }: TargetCost): Markup {
  const list = costByRole(rows).filter(({ macs, flops, trained }) => macs + flops + trained > 0);
  return table(
    [
      { name: 'role', text: ({ role }) => role },
      { name: 'MACs', text: ({ macs }) => amount(macs), value: ({ macs }) => macs },
      {
        name: shareName(work),
        text: (row) => shareBar(shareOf(row, work)),
        value: (row) => shareOf(row, work),
      },
      { name: 'FLOPs', text: ({ flops }) => amount(flops), value: ({ flops }) => flops },
      { name: 'parameters', text: ({ trained }) => amount(trained), value: ({ trained }) => trained },
      {
        name: 'bytes moved',
        text: ({ read, written }) => bytes(read + written),
        value: ({ read, written }) => read + written,
      },
    ],
    list,
  );
}

function byOp({ rows, work }: TargetCost): Markup {
  const list = [...groupRows(rows, ({ op }) => op)]
    .map(([op, sums]) => ({ op, ...sums }))
    .filter(({ op }) => op !== 'param' && op !== 'frozen')
    .sort((a, b) => b.flops - a.flops || b.read - a.read);
  const columns: Column<(typeof list)[number]>[] = [
    { name: 'op', text: ({ op }) => op },
    { name: 'runs', text: ({ count }) => String(count), value: ({ count }) => count },
    { name: 'MACs', text: ({ macs }) => amount(macs), value: ({ macs }) => macs },
    { name: 'FLOPs', text: ({ flops }) => amount(flops), value: ({ flops }) => flops },
    {
      name: '% of FLOPs',
      text: ({ flops }) => shareBar(flops / Math.max(1, work.flops)),
      value: ({ flops }) => flops,
    },
    {
      name: 'bytes moved',
      text: ({ read, written }) => bytes(read + written),
      value: ({ read, written }) => read + written,
    },
  ];
  return table(columns, list);
}

/** Long lists of weights are for `ditc graph`. */
const MOST_WEIGHTS = 2000;

function ports(target: TargetCost, model: ModelInstance): Markup {
  const list = weightsOf(model.training);
  return html`<div class="scroll"><table><thead><tr><th scope="col">name</th><th scope="col" class="left">type</th></tr></thead><tbody>
${target.inputs.map(({ name, type }) => html`<tr><td>input ${name}</td><td class="mono left">${type}</td></tr>`)}
${target.outputs.map(({ name, type }) => html`<tr><td>output ${name}</td><td class="mono left">${type}</td></tr>`)}</tbody></table></div>
<details><summary>${list.length} weights</summary>${table(
    [
      { name: 'path', text: ({ path }) => html`<span class="mono">${path}</span>`, value: ({ path }) => path },
      { name: 'shape', text: ({ weight }) => showShape(weight.type.shape) },
      { name: 'kind', text: ({ weight }) => (weight.trained ? 'trained' : 'frozen') },
    ],
    list.slice(0, MOST_WEIGHTS),
  )}${list.length > MOST_WEIGHTS ? html`<p class="faint">the first ${MOST_WEIGHTS} of ${list.length}</p>` : ''}</details>`;
}
