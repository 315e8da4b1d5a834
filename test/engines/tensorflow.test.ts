/** Every op on TensorFlow, where its binding was made; why it is missing, where it is. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explainTensorflow, tensorflow } from '../../runtime/engines/tensorflow.ts';
import { skip } from '../skip.ts';
import { testEdges } from './edge-suite.ts';
import { testGradients } from './gradient-suite.ts';
import { testOps } from './op-suite.ts';

const status = await tensorflow.status();

test('the engine says its device, or what is missing and what to do', () => {
  if (status.available) assert.match(status.device!, /^(cpu \(\d+ threads?\)|gpu)$/);
  else assert.match(status.remedy!, /npm run setup:tensorflow|--engine onnx/);
});

test('a package or library that is missing is told with the command that helps', () => {
  const cases: readonly (readonly [message: string, reason: string, remedy: string])[] = [
    [
      'cannot find package @tensorflow/tfjs-node-gpu',
      '@tensorflow/tfjs-node-gpu is not installed',
      'npm install @tensorflow/tfjs-node-gpu@4.22.0 --no-save --ignore-scripts && npm run setup:tensorflow',
    ],
    [
      'The Node.js native addon module (tfjs_binding.node) can not be found at path: /app/tfjs_binding.node. \nPlease',
      '@tensorflow/tfjs-node-gpu has no native binding here',
      'npm run setup:tensorflow',
    ],
    [
      'libtensorflow_cc.so.2: cannot open shared object file: No such file or directory',
      'the library libtensorflow_cc.so.2 is missing',
      'npm run setup:tensorflow',
    ],
    [
      "/lib/libc.so.6: version `GLIBC_2.38' not found",
      'TensorFlow needs a newer C library than this system has',
      'use --engine onnx',
    ],
  ];
  for (const [message, reason, remedy] of cases) {
    assert.equal(explainTensorflow(new Error(message)), { reason, remedy });
  }
});

if (status.available) {
  // 1 + erf cancels below zero, and a single number is compared with itself
  testOps(tensorflow, { gelu: 2e-5 });
  testGradients(tensorflow);
  // a product spreads what is no number to all rows, a softmax not to its whole row
  testEdges(tensorflow, ['argsort: no number', 'scatter: odd numbers', 'softmax: no number']);
} else {
  skip(`${status.reason}: ${status.remedy}`)('ops on tensorflow');
}

test.run();
