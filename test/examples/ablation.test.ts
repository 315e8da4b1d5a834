// limit: 300 s
/** An ablation study: planned, run, reported. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runExample } from './example.ts';

const run = runExample('05-ablation', { STEPS: '6', COUNT: '20' });

test('the plan says what is left out and why', () => {
  assert.is(run.code, 0, run.said);
  assert.match(run.said, /^rejected: size\.depth=96, seed=0: no size\.width makes macs 10\.21M ± 510K/m);
  assert.match(run.said, /^6 points; training them all takes about/m);
});

test('all points are trained and evaluated, and the page ranks the depths over their seeds', () => {
  const { points } = JSON.parse(run.read('results.json').toString());
  assert.equal(
    points.map(({ name, ending, steps }: Record<string, unknown>) => [name, ending, steps]),
    [1, 3, 12].flatMap((depth) => [0, 1].map((seed) => [`size.depth=${depth},seed=${seed}`, 'finished', 6] as const)),
  );
  const macs = points.map((point: { macs: number }) => point.macs);
  assert.ok(Math.max(...macs) / Math.min(...macs) < 1.05 ** 2);
  for (const { frechet } of points) assert.ok(frechet > 0);
  const page = run.read('report.html').toString();
  for (const depth of [1, 3, 12])
    assert.match(page, new RegExp(`<li><b>size\\.depth ${depth}\\b[^<]*</b>: Fréchet distance [\\d.]+ ± `));
});

test.run();
