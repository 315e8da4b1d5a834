/** Models that lack something: products, attention, tokens. Nothing is said that would mean nothing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { estimateSheet } from '../../cli/cost-run-sheets.ts';
import { gigas } from '../../cli/sheet.ts';
import { ditc } from '../cli/ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-odd-'));
test.after(() => rmSync(folder, { recursive: true }));
const run = (...words: string[]) => ditc(words, { cwd: folder });

writeFileSync(
  path.join(folder, 'a.dit'),
  `dit 1
use std.nn { Conv2d }
model Nothing() {
  input x: image[N, 8, 8, 1]
  output eps = x
}
model Sum() {
  input x: image[N, 8, 8, 1]
  output eps = x + x
}
model Conv(side: int = 8) {
  input x: image[N, side, side, 3]
  output eps = Conv2d(x, 3, padding: 1) as conv
}
`,
);

test('a model without products: no shares of nothing', () => {
  for (const name of ['Nothing', 'Sum']) {
    const all = ['--batch', '2', '--train', '--memory', '1GB', '--device', 'a100-80gb'];
    const { code, out } = run('cost', `a.dit#${name}`, ...all);
    assert.is(code, 0);
    assert.not.match(out, /NaN|Infinity|undefined/, name);
    for (const by of ['op', 'role']) assert.not.match(run('cost', `a.dit#${name}`, '--by', by).out, /NaN|Infinity/, by);
    const { targets } = JSON.parse(run('cost', `a.dit#${name}`, ...all, '--json').out);
    assert.not.match(JSON.stringify(targets[0].estimate), /null/);
    assert.is(targets[0].macs, 0);
    assert.is(run('report', `a.dit#${name}`, '--out', 'page.html').code, 0);
    const page = readFileSync(path.join(folder, 'page.html'), 'utf8').replace(/<script[\s\S]*?<\/script>/g, '');
    assert.not.match(page, /NaN|Infinity/);
    assert.match(page, /There are no multiply-accumulates\.[\s\S]*There are no trained parameters\./);
  }
});

test('a convolution has positions, and no table about attention', () => {
  const { out } = run('cost', 'a.dit#Conv');
  assert.match(out, /^of the MACs 100\.0 % are spent at every position, 0\.0 % are once a sample$/m);
  assert.not.match(out, /tokens|attention/);
  assert.is(run('report', 'a.dit#Conv', '--out', 'page.html').code, 0);
  const page = readFileSync(path.join(folder, 'page.html'), 'utf8').replace(/<script[\s\S]*?<\/script>/g, '');
  assert.not.match(page, /tokens/);
});

test('a batch that does not fit is named', () => {
  // x and its target, 8 · 8 · 3 floats of each of 1000 samples, are more than 1 MB
  const { out } = run('cost', 'a.dit#Conv', '--memory', '1MB', '--batch', '1000');
  assert.match(out, /^a batch of 1000 does not fit$/m);
  const none = run('cost', 'a.dit#Conv', '--memory', '100B').out;
  assert.match(none, /^Conv, a step of training in 100B\nnot even one sample fits$/m);
});

test('times and amounts are read, whatever their size', () => {
  const shown = (seconds: number) =>
    estimateSheet('m', {
      device: 'h100-sxm',
      precision: 'f32',
      batch: 1,
      seconds,
      atLeast: 0,
      mfu: 0,
      bound: 'memory',
      ops: [],
    }).title!.match(/pass, (.*), mostly/)![1];
  const times: [number, string][] = [
    [8.83e-8, '88.3 ns'],
    [4.5e-6, '4.50 µs'],
    [0.0464, '46.4 ms'],
    [0.9996, '1000 ms'],
    [3.21, '3.21 s'],
    [1234, '1230 s'],
  ];
  for (const [seconds, text] of times) assert.is(shown(seconds), text);
  const amounts: [number, string][] = [
    [118.6214e9, '118.62G'],
    [37192.33e9, '37192.33G'],
    [4_608_336.38e9, '4.60834P'],
    [1.5e6, '1.5M'],
  ];
  for (const [value, text] of amounts) assert.is(gigas(value).text, text);
});

test('one model says what its preset expects', () => {
  writeFileSync(
    path.join(folder, 'e.dit'),
    'dit 1\nuse "./a.dit" { Sum }\npreset "s" = Sum() expect { flops: 60 +- 10, params: 0 }\n',
  );
  // 64 sums
  assert.match(run('cost', 'e.dit#s').out, /^expected: flops 60, here 4 more, 6\.7 %; params 0, here equal$/m);
});

test.run();
