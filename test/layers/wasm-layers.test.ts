/** Models as layers on tfjs's backend in WebAssembly. */
import '@tensorflow/tfjs-backend-wasm';
import { test } from 'uvu';
import { testLayers } from './layers-suite.ts';

testLayers('wasm');

test.run();
