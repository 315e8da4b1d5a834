/**
 * `npm start`: the main job on real data. The four conditionings of the DiT paper, as small DiTs of the pixels of MNIST
 * matched in cost, are trained, sampled and evaluated, and one page reports on them. Run again, it does what is missing.
 * Words after `npm start --` go to `ditc run`.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { packageRoot } from './package-root.ts';
import { run } from './run.ts';
import { openTerminal } from './terminal.ts';

const terminal = openTerminal();
const grid = `${path.relative('.', path.join(packageRoot, 'specs', 'digits.dit'))}#conditioning`;
const out = path.join('runs', 'conditioning');
// models this small gain little from a second thread, and there are four of them
const jobs = String(Math.min(4, availableParallelism()));
terminal.say(
  'The four conditionings of DiT as small models of digits, equal in cost: some minutes on two cores. ^C stops, and `npm start` goes on.\n\n',
);
process.exitCode = await run(
  ['run', grid, '--out', out, '--jobs', jobs, '--resume', ...process.argv.slice(2)],
  terminal,
);
