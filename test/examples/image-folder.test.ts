// limit: 300 s
/** Training on a folder of pictures. */
import { readdirSync } from 'node:fs';
import { decode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readEvents } from '../../runtime/train/event-log.ts';
import { runExample } from './example.ts';

const run = runExample('03-image-folder', { STEPS: '30', COUNT: '30' });

test('pictures by class are read, trained on and sampled in colour', () => {
  assert.is(run.code, 0, run.said);
  assert.equal(readdirSync(run.at('shapes')).sort(), ['circle', 'square', 'triangle']);
  const { data, model } = JSON.parse(run.read('run', 'manifest.json').toString());
  assert.equal([data.size, data.classes, model.settings.classes], [90, 3, '3']);
  const losses = readEvents(run.at('run')).flatMap(({ loss }) => (typeof loss === 'number' ? [loss] : []));
  assert.ok(Math.min(...losses) < losses[0]! / 2, `${losses}`);
  const { channels, width, height } = decode(run.read('samples.png'));
  assert.is(channels, 3);
  assert.ok(width > 3 * 32 && height > 32);
  assert.ok(decode(run.read('trajectory.png')).width > 32);
});

test('what the pictures show is of few colours: a white ground and one paint each', () => {
  const { data, width, height } = decode(run.read('shapes', 'circle', '0000.png'));
  assert.equal([width, height], [32, 32]);
  const colours = new Set(Array.from({ length: 32 * 32 }, (_, i) => String(data.slice(3 * i, 3 * i + 3))));
  assert.is(colours.size, 2);
});

test.run();
