/** The models of a study, as their points recorded them: of each the cost by module and the graph, closed until one looks. */
import { showQuantity } from '../../compiler/check/quantity.ts';
import { type TargetCost, targetCost } from '../../compiler/cost/target-cost.ts';
import { showTerm } from '../../compiler/elaborate/term.ts';
import { unrolled } from '../../compiler/ir/unroll.ts';
import { jobOfRun } from '../../runtime/sample/draw.ts';
import { graphTree, type LineId } from './graph-tree.ts';
import { html, type Markup } from './html.ts';
import { BY_MACS, icicle, roleKeys } from './icicle.ts';
import { moduleTable } from './module-table.ts';
import { figures } from './page.ts';

export interface StudyModel {
  /** of the points that have it: those of other seeds or recipes have the same */
  readonly names: readonly string[];
  readonly settings: string;
  readonly target: TargetCost;
}

/** A page must not weigh too much: models beyond these have pages of their own. */
const MOST_MODELS = 12;

/** One for all points with the same settings; points whose folder says no model yet are left out. */
export function modelsOf(points: readonly { readonly name: string; readonly run: string }[]): readonly StudyModel[] {
  const models = new Map<string, StudyModel & { readonly names: string[] }>();
  for (const { name, run } of points) {
    const job = jobOfRun(run, []);
    if (!job.ok) continue;
    const { model } = job.value;
    const settings = [...model.settings].map(([key, value]) => `${key}: ${showTerm(value)}`).join(', ');
    const known = models.get(settings);
    if (known !== undefined) known.names.push(name);
    else models.set(settings, { names: [name], settings, target: targetCost(name, model) });
  }
  return [...models.values()];
}

export function modelSection(models: readonly StudyModel[], lineId: LineId): Markup {
  const shown = models.slice(0, MOST_MODELS);
  return html`${shown.map(({ names, settings, target }) => {
    const { work, params, tokens, root, graph } = target;
    return html`<details class="model"><summary>${names.join('; ')}: ${showQuantity(work.macs, 4)} MACs, ${showQuantity(params.trainable, 4)} parameters</summary>
<p class="faint mono">${settings}</p>
${figures([
  { value: showQuantity(work.macs, 4), name: 'MACs, one forward pass of one sample' },
  { value: showQuantity(work.flops, 4), name: 'FLOPs, everything counted' },
  { value: showQuantity(params.trainable, 4), name: 'trained parameters' },
  ...(tokens > 0 ? [{ value: String(tokens), name: 'tokens' }] : []),
])}
${roleKeys(root)}${icicle(root, BY_MACS)}
${moduleTable(root)}
${graphTree(unrolled(graph), lineId)}</details>`;
  })}${models.length > shown.length ? html`<p class="faint">The first ${shown.length} of ${models.length} models; <code>ditc report FILE#NAME</code> makes a page of any other.</p>` : ''}`;
}
