// limit: 400 s
/** Emitted modules on tfjs's backend in WebAssembly. */
import '@tensorflow/tfjs-backend-wasm';
import { test } from 'uvu';
import { testEmitted, testEmittedLayers } from './emitted-suite.ts';

testEmitted('wasm', [
  'DiT',
  'DiT, in context',
  'DiT, cross attention',
  'DiT, one head, odd',
  'UViT',
  'MDT',
  'VaeDecoder',
]);
testEmittedLayers('wasm', ['DiT', 'UViT']);

test.run();
