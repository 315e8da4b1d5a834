/** Models and training steps of the official codes on onnx, within the tolerances that each number states. */
import { test } from 'uvu';
import { onnx } from '../../runtime/engines/onnx.ts';
import { testBlocks, testFamilies } from './golden-suite.ts';
import { testTrajectories } from './trajectory-suite.ts';

testFamilies(onnx);
testBlocks(onnx);
testTrajectories(onnx);

test.run();
