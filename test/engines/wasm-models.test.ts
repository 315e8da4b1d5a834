/** Whole models on tfjs's backend in WebAssembly. */
import { test } from 'uvu';
import { wasm } from '../../runtime/engines/wasm.ts';
import { testBlocks, testFamilies } from './golden-suite.ts';
import { testSpecs, testTrainStep } from './spec-suite.ts';
import { testTrajectories } from './trajectory-suite.ts';

testFamilies(wasm);
testBlocks(wasm);
// Flux takes 1000 t as an angle, which f32 holds to 6e-5
testSpecs(wasm, (name) => (name === 'Flux' ? 2e-4 : 1e-5));
testTrainStep(wasm, 5e-5);
testTrajectories(wasm);

test.run();
