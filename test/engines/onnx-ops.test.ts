/** Every op on ONNX Runtime. */
import { test } from 'uvu';
import { onnx } from '../../runtime/engines/onnx.ts';
import { testEdges } from './edge-suite.ts';
import { testGradients } from './gradient-suite.ts';
import { testOps } from './op-suite.ts';

testOps(onnx);
testGradients(onnx);
// what is no number is passed over by reductions, and by a product spread to all rows
testEdges(onnx, [
  'argsort: no number',
  'reduce: largest of no number',
  'reduce: least of no number',
  'scatter: odd numbers',
]);

test.run();
