/** Models of the official codes on TensorFlow, within the tolerances their numbers state. */
// limit: 300 s
import { test } from 'uvu';
import { tensorflow } from '../../runtime/engines/tensorflow.ts';
import { skip } from '../skip.ts';
import { testBlocks, testFamilies } from './golden-suite.ts';
import { testTrajectories } from './trajectory-suite.ts';

const { available, reason, remedy } = await tensorflow.status();
if (available) {
  testFamilies(tensorflow);
  testBlocks(tensorflow);
  testTrajectories(tensorflow);
} else {
  skip(`${reason}: ${remedy}`)('models on tensorflow');
}

test.run();
