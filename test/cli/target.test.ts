import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSetting, parseTarget } from '../../cli/target.ts';

const files = ['a.dit', 'odd#name.dit', 'dir#1/b.dit'];
const isFile = (path: string): boolean => files.includes(path);

const targets: [text: string, file: string, name?: string][] = [
  ['a.dit', 'a.dit'],
  ['a.dit#DiT-XL/2', 'a.dit', 'DiT-XL/2'],
  ['a.dit#odd # name', 'a.dit', 'odd # name'],
  ['odd#name.dit', 'odd#name.dit'],
  ['odd#name.dit#p', 'odd#name.dit', 'p'],
  ['dir#1/b.dit#p#q', 'dir#1/b.dit', 'p#q'],
  ['-', '-'],
  ['-#p', '-', 'p'],
  ['none.dit#p', 'none.dit', 'p'],
  ['#p', '#p'],
  ['a.dit#', 'a.dit', ''],
];
for (const [text, file, name] of targets) {
  test(`target ${text}`, () => {
    const target = parseTarget(text, isFile);
    assert.is(target.file, file);
    assert.is(target.name, name);
  });
}

test('settings', () => {
  assert.equal(parseSetting('patch=4'), { path: 'patch', value: '4' });
  assert.equal(parseSetting('size.width = 192 '), { path: 'size.width', value: '192' });
  assert.equal(parseSetting('attn=Mine(k: "a=b")'), { path: 'attn', value: 'Mine(k: "a=b")' });
  for (const bad of ['patch', 'patch=', 'patch= ', '=4', '4=4', 'a..b=1', 'a b=1', '']) {
    assert.is(parseSetting(bad), undefined, bad);
  }
});

test.run();
