/** What a model costs is counted on what is distinct in it: each layer more adds the same, and no work. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { targetCost } from '../../compiler/cost/target-cost.ts';
import { modelOf } from '../specs/open.ts';

const costOf = (depth: number) => targetCost('', modelOf('dit', 'DiT-XL/2', { 'size.depth': String(depth) }));

test('ten thousand layers are ten, and what a layer adds, 9,990 times', () => {
  const [ten, eleven, all] = [costOf(10), costOf(11), costOf(10_000)];
  const straight = (figure: (cost: typeof ten) => number, what: string): void =>
    assert.is(figure(all), figure(ten) + 9_990 * (figure(eleven) - figure(ten)), what);
  straight(({ work }) => work.macs, 'macs');
  straight(({ work }) => work.flops, 'flops');
  straight(({ work }) => work.read, 'read');
  straight(({ params }) => params.trainable, 'params');
  straight(({ weightBytes }) => weightBytes, 'weight bytes');
  assert.is(all.activationBytes, ten.activationBytes);
  assert.is(all.tokens, ten.tokens);
});

test('their graph is as large as that of ten, and so is the table', () => {
  const [ten, all] = [costOf(10), costOf(10_000)];
  assert.is(all.graph.nodes.length, ten.graph.nodes.length);
  assert.is(all.graph.owns.length, ten.graph.owns.length);
  assert.is(all.rows.length, ten.rows.length);
});

test.run();
