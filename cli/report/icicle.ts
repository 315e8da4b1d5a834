/** Cost by module as an icicle: width is the share of MACs or of parameters, depth the depth of the module. */
import { hierarchy, partition } from 'd3-hierarchy';
import { showQuantity } from '../../compiler/check/quantity.ts';
import type { ModuleCost } from '../../compiler/cost/module.ts';
import { type CostRole, ROLES } from '../../compiler/cost/role.ts';
import { html, type Markup } from './html.ts';

const WIDTH = 1120;
const ROW = 34;
/** By role, so that attention is one colour wherever it stands. */
const HUES: Readonly<Partial<Record<CostRole, number>>> = {
  'attention projections': 214,
  'attention scores': 265,
  mlp: 150,
  'attention and mlp in one': 300,
  conditioning: 32,
  embedding: 325,
  'long skips': 75,
  head: 5,
  convolution: 190,
};
const GREY = 'hsl(220 8% 55% / 0.35)';

const colorOf = (role: CostRole | undefined, strength: number): string => {
  const hue = role && HUES[role];
  return hue === undefined ? GREY : `hsl(${hue} 60% 52% / ${strength.toFixed(2)})`;
};

/** What width stands for. */
export interface Measure {
  readonly name: string;
  readonly of: (module: ModuleCost) => number;
}

let icicles = 0;

export const BY_MACS: Measure = { name: 'multiply-accumulates', of: ({ macs }) => macs };
export const BY_PARAMS: Measure = { name: 'trained parameters', of: ({ trained }) => trained };

export function icicle(root: ModuleCost, { name: what, of }: Measure): Markup {
  // nothing has a width
  if (of(root) === 0) return html`<p class="faint">There are no ${what}.</p>`;
  const label = `icicle${++icicles}`;
  const tree = hierarchy(root, (module) =>
    module.children.length === 0 ? undefined : [...module.children, ...own(module)],
  )
    .sum((module) => (module.children.length === 0 ? of(module) : 0))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const depth = tree.height + 1;
  const placed = partition<ModuleCost>()
    .size([WIDTH, depth * ROW])
    .padding(0)(tree);
  const fillOf = ({ data, depth: level }: typeof placed): string =>
    colorOf(data.role, Math.max(0.25, 0.7 - 0.1 * level));
  const cells = placed.descendants().filter((node) => node.x1 - node.x0 >= 0.6);
  return html`<div class="scroll"><svg class="icicle" viewBox="0 0 ${WIDTH} ${depth * ROW}" role="group" aria-label="Share of ${what} by module" data-label="${label}">
${cells.map((node) => {
  const width = node.x1 - node.x0;
  const module = node.data;
  const name = node.depth === 0 ? 'model' : module.name;
  const title = `${module.path || 'model'}${module.times > 1 ? ` (${module.times} times)` : ''}: ${showQuantity(module.macs, 4)} MACs, ${((100 * module.macs) / Math.max(1, root.macs)).toFixed(2)} %, ${showQuantity(module.trained, 4)} parameters, ${((100 * module.trained) / Math.max(1, root.trained)).toFixed(2)} %`;
  const room = Math.floor((width - 8) / 7.4);
  const short = room < 3 ? '' : name.length <= room ? name : `${name.slice(0, room - 1)}…`;
  return html`<g><title>${title}</title><rect tabindex="0" role="img" aria-label="${title}" data-hover="${title}" x="${node.x0.toFixed(2)}" y="${node.y0}" width="${width.toFixed(2)}" height="${ROW - 1}" rx="2" fill="${fillOf(node)}"/>${short === '' ? '' : html`<text x="${(node.x0 + 5).toFixed(2)}" y="${node.y0 + ROW / 2 + 4}">${short}</text>`}</g>`;
})}
</svg></div><p id="${label}" class="read" aria-live="polite">${showQuantity(of(root), 4)} ${what}; point at a part, or move to it with Tab.</p>`;
}

/** Work of a module that none of its children does, a leaf of its own: mostly products of activations. */
function own(module: ModuleCost): ModuleCost[] {
  const rest = module.macs - module.children.reduce((sum, child) => sum + child.macs, 0);
  if (rest === 0) return [];
  const name = module.ownRole === 'attention scores' ? 'scores' : 'itself';
  const path = `${module.path} ${name}`.trim();
  return [{ ...module, name, path, macs: rest, trained: 0, times: 1, role: module.ownRole, children: [] }];
}

/** Which colour is which role, of those that the model has; grey is several of them, or none of these. */
export function roleKeys(root: ModuleCost): Markup {
  const found = new Set<CostRole | undefined>();
  const visit = (module: ModuleCost): void => {
    found.add(module.role).add(module.ownRole);
    for (const child of module.children) visit(child);
  };
  visit(root);
  const roles = ROLES.filter((role) => HUES[role] !== undefined && found.has(role));
  const key = (name: string, color: string): Markup =>
    html`<span class="key"><i style="background:${color}"></i>${name}</span> `;
  return html`<p>${roles.map((role) => key(role, colorOf(role, 0.6)))}${key('several, or norms and elementwise', GREY)}</p>`;
}
