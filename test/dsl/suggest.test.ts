import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nearest } from '../../dsl/suggest.ts';

const LAYERS = ['Linear', 'LayerNorm', 'Conv2d', 'Embedding', 'RMSNorm', 'GroupNorm'];

const CASES: readonly (readonly [string, readonly string[], string | undefined])[] = [
  // a letter swapped, dropped, added, changed
  ['Linaer', LAYERS, 'Linear'],
  ['Linar', LAYERS, 'Linear'],
  ['Linearr', LAYERS, 'Linear'],
  ['Lineer', LAYERS, 'Linear'],
  // case counts half
  ['linear', LAYERS, 'Linear'],
  ['layernorm', LAYERS, 'LayerNorm'],
  ['conv2D', LAYERS, 'Conv2d'],
  // the nearest wins, the first of equals
  ['width', ['with', 'widht', 'depth'], 'with'],
  ['head', ['heads', 'heat'], 'heads'],
  // a third of the letters, not more
  ['Transformer', ['Transfer'], 'Transfer'],
  ['abcdef', ['abxyzf'], undefined],
  ['Attention', LAYERS, undefined],
  // nothing of a short word would be left
  ['x', ['y', 'xs'], 'xs'],
  ['q', ['k', 'v'], undefined],
  // itself is no suggestion
  ['Linear', ['Linear'], undefined],
  ['', ['a'], undefined],
  ['a'.repeat(100_000), LAYERS, undefined],
];

for (const [word, candidates, expected] of CASES) {
  test(word.slice(0, 20) || 'nothing', () => {
    assert.is(nearest(word, candidates), expected);
  });
}

test.run();
