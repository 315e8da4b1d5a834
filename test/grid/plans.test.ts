/** The plans of all grids in `specs/`, as people see them: a change of a spec, of the costs or of a match shows here. */
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRejections } from '../../cli/plan-rejections.ts';
import { createRows } from '../../cli/plan-row.ts';
import { pointSheet } from '../../cli/plan-sheets.ts';
import { showSheets } from '../../cli/sheet.ts';
import { resolveGrid } from '../../compiler/grid/grid.ts';
import { planGrid } from '../../compiler/grid/plan.ts';
import { checkRecipe } from '../../runtime/recipe/recipe.ts';
import { goldensIn } from '../golden-text.ts';
import { specNamed, specsFolder } from '../specs/open.ts';

const goldens = goldensIn('plans');

function planned(spec: string, name: string) {
  const opened = specNamed(spec);
  const { grid } = resolveGrid(opened, opened.entry.grids.get(name)!);
  const rejections = createRejections(true);
  const rowOf = createRows(grid!);
  const rows = [];
  for (const outcome of planGrid(opened, grid!, { recipe: (recipe) => checkRecipe(recipe).diagnostics })) {
    if (outcome.kind === 'point') rows.push(rowOf(outcome));
    else if (outcome.kind === 'rejected') rejections.reject(outcome);
    else rejections.duplicate(outcome);
  }
  return { grid: grid!, rows, rejections };
}

const found: string[] = [];
for (const file of readdirSync(specsFolder).sort()) {
  if (!file.endsWith('.dit')) continue;
  const spec = file.slice(0, -'.dit'.length);
  const { entry } = specNamed(spec);
  for (const [name, { scope }] of entry.grids) {
    if (scope !== entry) continue;
    found.push(`${spec}#${name}`);
    test(`${spec}#${name}`, () => {
      const { grid, rows, rejections } = planned(spec, name);
      assert.ok(rows.length > 1, 'a study has points to compare');
      const sheet = { ...pointSheet(grid, rows), notes: rejections.notes() };
      goldens.check(`${spec}.${name}.txt`, showSheets([sheet], 'table', false));
    });
  }
}

test('the studies are there', () => {
  for (const name of [
    'dit#table4',
    'dit#figure5',
    'studies#figure5_at_one_cost',
    'studies#scaling',
    'studies#depth_or_width',
    'lightningdit#road',
    'lightningdit#parts',
    'variants#variants',
    'mnist#conditioning',
  ])
    assert.ok(found.includes(name), name);
});

/** Peebles & Xie 2023, table 4: what the paper calls Gflops are multiply-accumulates. */
const TABLE_4: Readonly<Record<string, number>> = {
  'size=S,patch=8': 0.36,
  'size=S,patch=4': 1.41,
  'size=S,patch=2': 6.06,
  'size=B,patch=8': 1.42,
  'size=B,patch=4': 5.56,
  'size=B,patch=2': 23.01,
  'size=L,patch=8': 5.01,
  'size=L,patch=4': 19.7,
  'size=L,patch=2': 80.71,
  'size=XL,patch=8': 7.39,
  'size=XL,patch=4': 29.05,
  'size=XL,patch=2': 118.64,
};

test('table 4 has the numbers of the paper', () => {
  const { rows } = planned('dit', 'table4');
  assert.equal(
    rows.map(({ name }) => name),
    Object.keys(TABLE_4),
  );
  for (const { name, facts } of rows)
    assert.ok(Math.abs(facts.macs / 1e9 - TABLE_4[name]!) <= 0.02, `${name}: ${facts.macs / 1e9}`);
});

test('figure 5 at one cost: all four are within a fifth of a percent of each other', () => {
  const { rows } = planned('studies', 'figure5_at_one_cost');
  assert.is(rows.length, 4);
  const macs = rows.map(({ facts }) => facts.macs);
  assert.ok(Math.max(...macs) / Math.min(...macs) < 1.004);
});

test('no golden is left over', () => goldens.noOrphans());

test.run();
