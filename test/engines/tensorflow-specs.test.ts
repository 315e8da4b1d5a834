/** Every spec in miniature on TensorFlow, forward, backward and as train steps. */
// limit: 300 s
import { test } from 'uvu';
import { tensorflow } from '../../runtime/engines/tensorflow.ts';
import { skip } from '../skip.ts';
import { testSpecs, testTrainStep } from './spec-suite.ts';

const { available, reason, remedy } = await tensorflow.status();
if (available) {
  // Flux takes 1000 t as an angle, which f32 holds to 6e-5; MM-DiT is a deep sum in another order
  testSpecs(tensorflow, (name) => (name === 'Flux' ? 2e-4 : name === 'MMDiT' ? 2e-5 : 1e-5));
  // moments of squares, and sums in the order that TensorFlow's passes like
  testTrainStep(tensorflow, 1e-4);
} else {
  skip(`${reason}: ${remedy}`)('specs on tensorflow');
}

test.run();
