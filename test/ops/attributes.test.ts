/** What the schemas of attributes fill in and refuse. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OPS, type OpName } from '../../compiler/ops/registry.ts';

const FILLED: readonly (readonly [OpName, unknown, unknown])[] = [
  ['layernorm', {}, { eps: 1e-6 }],
  ['rmsnorm', {}, { eps: 1e-6 }],
  ['conv2d', {}, { stride: 1, padding: 0 }],
  ['conv2d_input', { height: 3, width: 4 }, { stride: 1, padding: 0, height: 3, width: 4 }],
  ['conv2d_weight', { height: 3, width: 4, stride: 2 }, { stride: 2, padding: 0, height: 3, width: 4 }],
  ['gather', {}, { axis: 0, batch: 0 }],
  ['scatter', { rows: 3 }, { axis: 0, batch: 0, rows: 3 }],
  ['rearrange', { pattern: 'a -> a' }, { pattern: 'a -> a' }],
  ['repeat', { pattern: 'a -> a n', sizes: { n: { batch: 2 } } }, { pattern: 'a -> a n', sizes: { n: { batch: 2 } } }],
  ['add', {}, {}],
];

for (const [op, given, filled] of FILLED) {
  test(`${op} takes ${JSON.stringify(given)}`, () => assert.equal(OPS[op].attributes.parse(given), filled));
}

const REFUSED: readonly (readonly [OpName, unknown])[] = [
  ['add', { axis: 1 }],
  ['softmax', { axis: 1 }],
  ['layernorm', { eps: -1 }],
  ['layernorm', { eps: Number.NaN }],
  ['layernorm', { epsilon: 1 }],
  ['conv2d', { stride: 0 }],
  ['conv2d', { padding: -1 }],
  ['conv2d', { stride: 1.5 }],
  ['conv2d_input', { height: 3 }],
  ['einsum', {}],
  ['reduce', { pattern: 'a ->' }],
  ['reduce', { pattern: 'a ->', op: 'prod' }],
  ['repeat', { pattern: 'a -> a n', sizes: { n: 0 } }],
  ['repeat', { pattern: 'a -> a n', sizes: { n: { batch: 0 } } }],
  ['repeat', { pattern: 'a -> a n', sizes: { n: 'x' } }],
  ['rearrange', { pattern: 'a -> a', sizes: undefined }],
  ['concat', {}],
  ['concat', { axis: -1 }],
  ['slice', { axis: 0, start: -1, end: 2 }],
  ['slice', { axis: 0, start: 0 }],
  ['pad', { axis: 0, before: 1 }],
  ['scatter', {}],
  ['arange', { size: 0 }],
];

for (const [op, given] of REFUSED) {
  test(`${op} refuses ${JSON.stringify(given)}`, () => assert.not(OPS[op].attributes.safeParse(given).success));
}

test.run();
