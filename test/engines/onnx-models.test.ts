/** Whole models on ONNX Runtime: those of the official codes, within the tolerances their numbers state, and every spec in miniature. */
import { test } from 'uvu';
import { onnx } from '../../runtime/engines/onnx.ts';
import { testBlocks, testFamilies } from './golden-suite.ts';
import { testSpecs, testTrainStep } from './spec-suite.ts';

testFamilies(onnx);
testBlocks(onnx);
// Flux takes 1000 t as an angle, which f32 holds to 6e-5, and its gradient in t is a thousand times that of the angle
testSpecs(onnx, (name) => (name === 'Flux' ? 2e-4 : 1e-5));
testTrainStep(onnx, 5e-5);

test.run();
