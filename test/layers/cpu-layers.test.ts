/** Models as layers on tfjs's backend in JavaScript. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { test } from 'uvu';
import { testLayers } from './layers-suite.ts';

// no advice on the console
tf.enableProdMode();
testLayers('cpu');

test.run();
