/** Every op on tfjs's backend in WebAssembly. */
import { test } from 'uvu';
import { wasm } from '../../runtime/engines/wasm.ts';
import { testOps } from './op-suite.ts';

testOps(wasm);

test.run();
