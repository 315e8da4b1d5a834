/** The page of a grid: bars, dots with names, causes of rejection; all is counted, whatever is shown. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRows } from '../../cli/plan-row.ts';
import { movedBy } from '../../cli/plan-sheets.ts';
import { findingsOf } from '../../cli/report/grid-findings.ts';
import { gridPage } from '../../cli/report/grid-page.ts';
import { pageOf } from '../../cli/report/page.ts';
import { planToy } from '../grid/planned.ts';

/** macs = params = 2 · depth · width² · ratio */
function pageFor(
  body: string,
  of?: string,
): { readonly text: string; readonly findings: ReturnType<typeof findingsOf> } {
  const { outcomes, grid } = planToy(body, of);
  const findings = findingsOf(outcomes, createRows(grid));
  const base = {
    of: '"toy"',
    recipe: 'quick',
    moved: movedBy(grid),
    declarations: [{ at: 'a.dit:1', text: 'grid g of "toy"' }],
  };
  return { findings, text: pageOf(gridPage('g', base, findings, 'ditc report x')) };
}

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

test('few rejections are listed with their reasons, and what is the same work beside them', () => {
  const { text } = pageFor('depth: [1, 2, 2, 4]\nsize.ratio: [1, 4]\nwhere params < 1500');
  for (const line of [
    '<li>depth 4, size.ratio 4: params 2.048K is not below 1500</li>',
    '<li>depth 2, size.ratio 1: the same as depth=2,size.ratio=1</li>',
  ])
    assert.ok(text.includes(line), line);
  assert.is(text.includes('<details>'), false);
});

test('of many, each condition stands once with its number of combinations', () => {
  const { text, findings } = pageFor('depth: 1..31\nsize.width: [8, 10]\nwhere macs < 1000 and depth != 1');
  // 512 a layer at width 8, 800 at width 10
  assert.equal(
    findings.rejections.map(({ rule, times }) => [rule, times]),
    [
      ['depth != 1', 2],
      ['macs < 1000', 58],
    ],
  );
  assert.ok(text.includes('<summary><code>macs &lt; 1000</code> does not hold: 58 combinations</summary>'));
  assert.ok(text.includes('<li>and 8 more</li>'), 'fifty of them are listed');
});

test('points of equal cost are one dot with all names, colours stand for the values of an axis', () => {
  const { text } = pageFor('act: [gelu, silu]\ndepth: [1, 2]\nseed: 0..5');
  assert.ok(text.includes('<p>Colour: act</p>'));
  assert.is(count(text, /<circle /g), 4);
  assert.ok(text.includes('act=gelu,depth=1,seed=0, act=gelu,depth=1,seed=1 and 3 more: parameters 512, MACs 512'));
});

test('dots at one place that differ in colour are rings around one another, each with its name', () => {
  const { text } = pageFor('act: [gelu, silu]\ndepth: [1, 2]');
  const dots = [
    ...text.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="(\d+)"[^>]* fill="([^"]+)"[^>]*><title>([^:]+)/g),
  ];
  const at = (depth: number) => dots.filter(([, , , , , name]) => name!.endsWith(`depth=${depth}`));
  for (const depth of [1, 2]) {
    const [under, over] = at(depth);
    assert.equal([under![1], under![2]], [over![1], over![2]]);
    assert.ok(Number(under![3]) > Number(over![3]), 'what is drawn first is wider');
    assert.is.not(under![4], over![4]);
    assert.equal([under![5], over![5]], [`act=gelu,depth=${depth}`, `act=silu,depth=${depth}`]);
  }
});

test('what a match moved stands beside the name, since that does not have it', () => {
  const { text } = pageFor('depth: [1, 2]\nmatch macs +- 1% by size.ratio step 1');
  const heads = [...text.matchAll(/<th scope="col"[^>]*>([^<]+)</g)].map(([, head]) => head);
  assert.equal(heads.slice(0, 3), ['point', 'size.ratio', 'MACs']);
  assert.equal(heads.slice(-2), ['macs off by', 'depth']);
  // 2 · 1 · 64 · 8 is 2 · 2 · 64 · 4
  assert.match(text, /data-value="depth=1">.*?<\/td><td[^>]*>8<\/td>/);
  assert.match(text, /data-value="depth=2">.*?<\/td><td[^>]*>as is<\/td>/);
  assert.is(count(text, />equal<\/td>/g), 2);
});

test('what it takes to train is beside the costs, with its sum; of what, and by which recipe', () => {
  const { text, findings } = pageFor('depth: [1, 2]');
  // 2 · depth · 8 · 32 MACs; a MAC is two FLOPs, the recipe 100 steps of 10, three forward passes each
  assert.equal(
    findings.points.map(({ macs }) => macs),
    [512, 1024],
  );
  const flops = findings.points.map((point) => point.flops);
  assert.equal(
    findings.points.map(({ trainFlops }) => trainFlops),
    flops.map((each) => 3 * each * 10 * 100),
  );
  // 50 evaluations, twice the batch for guidance
  assert.equal(
    findings.points.map(({ sampleFlops }) => sampleFlops),
    flops.map((each) => each * 50 * 2),
  );
  assert.is(findings.trainFlops, 3000 * (flops[0]! + flops[1]!));
  for (const part of [
    'FLOPs to train them all, an estimate',
    'FLOPs an image',
    'Of <code>&quot;toy&quot;</code>',
    'recipe <code>quick</code>',
    'grid g of &quot;toy&quot;',
  ])
    assert.ok(text.includes(part), part);
  // without a recipe there are no such columns
  const bare = pageFor('depth: [1, 2]', '"toy"').text;
  assert.not.match(bare, /<th[^>]*>(training FLOPs|FLOPs an image)</);
});

test('costs that span powers are drawn in powers', () => {
  const ys = (body: string): number[] => [...pageFor(body).text.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y));
  const [a, b, c] = ys('depth: [1, 10, 100]') as [number, number, number];
  assert.ok(Math.abs(a - b - (b - c)) < 0.2, 'equal steps for equal factors');
  const [d, e, f] = ys('depth: [1, 2, 3]') as [number, number, number];
  assert.ok(Math.abs(d - e - (e - f)) < 0.2, 'equal steps for equal differences');
});

test('more points than a table can hold are counted', () => {
  const { text, findings } = pageFor('recipe.lr: [1e-3, 2e-3]\nseed: 0..1500');
  assert.is(findings.total.points, 3000);
  assert.is(findings.points.length, 2000);
  assert.ok(text.includes('<h2>Points, the first 2000</h2>'));
});

test.run();
