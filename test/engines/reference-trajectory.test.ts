/** The official training trajectories on the oracle. */
import { test } from 'uvu';
import { reference } from '../../runtime/engines/reference.ts';
import { testTrajectories } from './trajectory-suite.ts';

testTrajectories(reference);

test.run();
