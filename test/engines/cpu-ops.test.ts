/** Every op on tfjs's backend in JavaScript. */
import { test } from 'uvu';
import { cpu } from '../../runtime/engines/cpu.ts';
import { testEdges } from './edge-suite.ts';
import { testGradients } from './gradient-suite.ts';
import { testOps } from './op-suite.ts';

// its erf is a polynomial that is 1.5e-7 off, which a gelu near zero is small against
testOps(cpu, { gelu: 2e-5 });
testGradients(cpu);
// a product spreads what is no number to all rows
testEdges(cpu, ['argsort: no number', 'scatter: odd numbers']);

test.run();
