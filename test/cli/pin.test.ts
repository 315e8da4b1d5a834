/** Processes side by side, each on its own cores. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coresOf, pinned, shareOf } from '../../cli/pin.ts';
import { testIf } from '../skip.ts';

test('lists of cores as Linux writes them', () => {
  assert.equal(coresOf('0-3,8'), [0, 1, 2, 3, 8]);
  assert.equal(coresOf('5'), [5]);
});

test('shares are equal and apart; what is left over is nobody’s', () => {
  const cores = [2, 3, 4, 5, 8];
  assert.equal(
    [0, 1].map((slot) => shareOf(cores, slot, 2)),
    [
      [2, 3],
      [4, 5],
    ],
  );
  assert.equal(shareOf(cores, 0, 6), []);
});

const canPin = testIf(pinned(0, 2).length > 0, 'needs taskset and two cores');

canPin('a process keeps to its share', () => {
  const list = (slot: number): string => {
    const [command, ...words] = [...pinned(slot, 2), process.execPath];
    const script =
      "process.stdout.write(/Cpus_allowed_list:\\s*(\\S+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1])";
    return spawnSync(command!, [...words, '-e', script], { encoding: 'utf8' }).stdout;
  };
  const [first, second] = [coresOf(list(0)), coresOf(list(1))];
  assert.is(first.length, Math.floor(availableParallelism() / 2));
  assert.is(second.length, first.length);
  assert.ok(first.every((core) => !second.includes(core)));
});

test('one process alone has all', () => assert.equal(pinned(0, 1), []));

test.run();
