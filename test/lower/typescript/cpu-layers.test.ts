// limit: 400 s
/** Layers of emitted modules on the backend in JavaScript. */
import '@tensorflow/tfjs-backend-cpu';
import { test } from 'uvu';
import { testEmittedLayers } from './emitted-suite.ts';

testEmittedLayers('cpu', ['DiT', 'UViT', 'MMDiT', 'LightningDiT']);

test.run();
