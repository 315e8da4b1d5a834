/** Every op on WebGPU, where Dawn has an adapter: a GPU, or SwiftShader's imitation of one; why there is none, where not. */
// limit: 300 s
import * as tf from '@tensorflow/tfjs-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explainWebgpu, webgpu } from '../../runtime/engines/webgpu.ts';
import { skip } from '../skip.ts';
import { testGradients } from './gradient-suite.ts';
import { testOps } from './op-suite.ts';

const { available, reason, remedy } = await webgpu.status();

test('what is missing is told with what to install', () => {
  assert.match(explainWebgpu(new Error('Cannot find package webgpu')).remedy, /^npm install webgpu @tensorflow/);
  assert.match(explainWebgpu(new Error('no GPU that Dawn can use')).remedy, /libvulkan1 .* VK_ICD_FILENAMES/);
});

if (available) {
  // small tensors would be left to JavaScript
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  // WGSL promises sin and cos to 2^-11 only; a gelu of a single number is compared with itself
  testOps(webgpu, { sin: 2 ** -11, cos: 2 ** -11, gelu: 2e-5 });
  testGradients(webgpu, { sin: 2 ** -11, cos: 2 ** -11 });
} else {
  skip(`${reason}: ${remedy}`)('ops on webgpu');
}

test.run();
