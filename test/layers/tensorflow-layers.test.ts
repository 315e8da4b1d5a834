/** Models as layers on TensorFlow's C library, where its binding was made. */
import * as tf from '@tensorflow/tfjs-core';
import { test } from 'uvu';
import { tensorflow } from '../../runtime/engines/tensorflow.ts';
import { skip } from '../skip.ts';
import { testLayers } from './layers-suite.ts';

const status = await tensorflow.status();
// no advice on the console
tf.enableProdMode();
if (status.available) testLayers('tensorflow');
else skip(`${status.reason}: ${status.remedy}`)('layers on tensorflow');

test.run();
