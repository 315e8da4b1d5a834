/** Trains until the end or until it is killed: `train-child.ts FOLDER RUN`. */
import { must, trainTiny } from './small-run.ts';

const [folder, run] = process.argv.slice(2) as [string, string];
must(await trainTiny(folder, run, { resume: true }));
process.stdout.write('finished\n');
