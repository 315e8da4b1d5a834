// limit: 400 s
/** Emitted modules on TensorFlow's C library, where its binding was made. */
import { test } from 'uvu';
import { tensorflow } from '../../../runtime/engines/tensorflow.ts';
import { skip } from '../../skip.ts';
import { testEmitted, testEmittedLayers } from './emitted-suite.ts';

const status = await tensorflow.status();
if (status.available) {
  testEmitted('tensorflow', ['DiT', 'DiT, in context', 'DiT, cross attention', 'DiT, one head, odd', 'UViT', 'MDT']);
  testEmittedLayers('tensorflow', ['DiT']);
} else skip(`${status.reason}: ${status.remedy}`)('modules on tensorflow');

test.run();
