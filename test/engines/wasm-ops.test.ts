/** Every op on tfjs's backend in WebAssembly. */
import { test } from 'uvu';
import { wasm } from '../../runtime/engines/wasm.ts';
import { testEdges } from './edge-suite.ts';
import { testGradients } from './gradient-suite.ts';
import { testOps } from './op-suite.ts';

testOps(wasm);
testGradients(wasm);
// a product spreads what is no number to all rows
testEdges(wasm, ['argsort: no number', 'scatter: odd numbers']);

test.run();
