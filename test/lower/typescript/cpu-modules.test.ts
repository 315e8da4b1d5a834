// limit: 400 s
/** Emitted modules on the backend in JavaScript. */
import '@tensorflow/tfjs-backend-cpu';
import { test } from 'uvu';
import { testEmitted } from './emitted-suite.ts';

testEmitted('cpu', [
  'DiT',
  'DiT, in context',
  'DiT, cross attention',
  'DiT, one head, odd',
  'UViT',
  'Latte',
  'LightningDiT',
  'MDT',
  'MMDiT',
  'PixArt',
  'VaeDecoder',
  'a deep DiT',
  'a deep UViT',
  'a deep MMDiT',
  'a deep PixArt',
]);

test.run();
