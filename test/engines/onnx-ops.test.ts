/** Every op on ONNX Runtime. */
import { test } from 'uvu';
import { onnx } from '../../runtime/engines/onnx.ts';
import { testOps } from './op-suite.ts';

testOps(onnx);

test.run();
