/** The cost of a model by its modules, each below the one that it is part of. */
import { showQuantity } from '../../compiler/check/quantity.ts';
import type { ModuleCost } from '../../compiler/cost/module.ts';
import { shareName, shareOf } from '../cost-sheets.ts';
import { html, type Markup } from './html.ts';
import { type Column, shareBar, table } from './page.ts';

interface Row {
  readonly module: ModuleCost;
  readonly depth: number;
}

export function moduleTable(root: ModuleCost): Markup {
  const rows: Row[] = [];
  const visit = (module: ModuleCost, depth: number): void => {
    rows.push({ module, depth });
    for (const child of module.children) visit(child, depth + 1);
  };
  visit(root, 0);
  const number = (name: string, of: (module: ModuleCost) => number, unit = ''): Column<Row> => ({
    name,
    text: ({ module }) => `${showQuantity(of(module), 4)}${unit}`,
    value: ({ module }) => of(module),
  });
  const columns: Column<Row>[] = [
    {
      name: 'module',
      text: ({ module, depth }) =>
        html`<span class="mono" style="padding-left:${depth}em">${depth === 0 ? 'model' : module.name}</span>${module.times > 1 ? html` <span class="faint">× ${module.times}</span>` : ''}`,
      value: ({ module }) => module.path,
    },
    { name: 'block', text: ({ module }) => module.block ?? '' },
    number('MACs', ({ macs }) => macs),
    {
      name: shareName(root),
      text: ({ module }) => shareBar(shareOf(module, root)),
      value: ({ module }) => shareOf(module, root),
    },
    number('FLOPs', ({ flops }) => flops),
    number('parameters', ({ trained }) => trained),
    number('bytes moved', ({ read, written }) => read + written, 'B'),
  ];
  return table(columns, rows);
}
