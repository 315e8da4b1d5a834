// limit: 300 s
/** A conditioning block of one's own: checked, its cost beside adaLN-Zero's, trained and compared. */
import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readEvents } from '../../runtime/train/event-log.ts';
import { runExample } from './example.ts';

const run = runExample('01-conditioning', { STEPS: '12', COUNT: '40' });

test('it says what the block saves', () => {
  assert.is(run.code, 0, run.said);
  assert.match(run.said, /low-rank\.dit: 1 preset: no errors/);
  // 28 blocks, width 1152: 1152·6912 + 6912 weights become 1152·144 + 144·6912 + 6912
  assert.is(28 * (1152 * 6912 - 1152 * 144 - 144 * 6912), 190_439_424);
  assert.match(run.said, /^trained +674\.83M +484\.4M +190\.44M less, 28 %$/m);
});

test('and three models of digits are trained, evaluated and ranked', () => {
  const { points } = JSON.parse(run.read('results.json').toString());
  assert.is(points.length, 3);
  const [full, low, least] = points.map(({ params }: { params: number }) => params);
  // 3 blocks, width 128: a bottleneck of 16, and of 4
  assert.is(full - low, 3 * (128 * 768 - 128 * 16 - 16 * 768));
  assert.is(full - least, 3 * (128 * 768 - 128 * 4 - 4 * 768));
  for (const { folder, ending, frechet, steps } of points) {
    assert.equal([ending, steps], ['finished', 12]);
    assert.ok(frechet > 0);
    const losses = readEvents(run.at(folder)).flatMap(({ loss }) => (typeof loss === 'number' ? [loss] : []));
    assert.ok(losses.at(-1)! < losses[0]!, `${losses}`);
  }
  assert.match(run.said, /^conditioning=very_low_rank +703K +9\.93M +[\d.]+ +[\d.]+ /m);
  assert.ok(existsSync(run.at('report.html')));
});

test.run();
