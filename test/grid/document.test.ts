/** What README and docs/grids.md say of grids is so. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveGrid } from '../../compiler/grid/grid.ts';
import { planGrid } from '../../compiler/grid/plan.ts';
import { examplesIn } from '../docs/examples.ts';
import { checkText, specNamed, specOf, specsFolder } from '../specs/open.ts';

const root = path.join(specsFolder, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const page = read('docs/grids.md');
const [example, ...more] = examplesIn(page);

const planned = (text: string, name: string) => {
  const spec = specOf(text);
  const { grid } = resolveGrid(spec, spec.entry.grids.get(name)!);
  return [...planGrid(spec, grid!)];
};

test('the example is sound', () => {
  assert.is(more.length, 0);
  assert.equal(
    checkText(example!).diagnostics.map(({ message }) => message),
    [],
  );
});

test('all that it names is a point, matched', () => {
  const outcomes = planned(example!, 'strategies');
  assert.is(outcomes.length, 3 * 2 * 2 * 3);
  for (const outcome of outcomes) {
    assert.is(outcome.kind, 'point', 'reason' in outcome ? outcome.reason : '');
    if (outcome.kind === 'point') assert.ok(Math.abs(outcome.off.get('macs')!) <= 0.02);
  }
});

test('the reasons that it quotes are given', () => {
  const reasons = planned(example!, 'sizes').flatMap((each) => (each.kind === 'rejected' ? each.reason : []));
  assert.equal(reasons, new Array(2).fill('the patch must divide the sides of the latent'));
  const line = /^rejected: .*no size\.depth makes .*$/m.exec(page)![0];
  assert.ok(read('test/golden/plans/studies.depth_or_width.txt').includes(line));
});

test('the grid of README is the one of the spec', () => {
  const grid = /^grid depth_or_width [\s\S]*?^}$/m.exec(read('README.md'))![0];
  assert.ok(read('specs/studies.dit').includes(grid));
});

test('the studies that it lists are there', () => {
  const names = [...page.matchAll(/^\| `(\w+)\.dit#(\w+)`(?:, `#(\w+)`)?/gm)];
  assert.ok(names.length > 6);
  for (const [, spec, ...grids] of names)
    for (const grid of grids)
      if (grid !== undefined) assert.ok(specNamed(spec!).entry.grids.has(grid), `${spec}#${grid}`);
});

test.run();
