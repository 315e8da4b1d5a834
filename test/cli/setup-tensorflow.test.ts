/** The script that makes the binding of TensorFlow: what it refuses, and that it does nothing twice. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tensorflow } from '../../runtime/engines/tensorflow.ts';
import { testIf } from '../skip.ts';

const script = fileURLToPath(new URL('../../cli/setup-tensorflow.mjs', import.meta.url));
const { available, reason = '' } = await tensorflow.status();
const installed = available || !reason.includes('is not installed');

const run = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' });
  return [status, stdout, stderr];
};

testIf(installed, reason)('a folder that is no TensorFlow is refused, and nothing is changed', async () => {
  assert.equal(run('--from'), [
    3,
    '',
    'ditc: `--from` wants a folder\n  = help: name the folder `tensorflow` inside of `site-packages`\n',
  ]);
  assert.equal(run('--from', '/nowhere/tensorflow'), [
    3,
    '',
    'ditc: /nowhere/tensorflow/libtensorflow_cc.so.2 is not there\n' +
      '  = help: name the folder `tensorflow` inside of `site-packages`\n',
  ]);
  assert.is((await tensorflow.status()).available, available);
});

testIf(available, reason)('where the binding loads, it says so and does nothing', () => {
  assert.equal(run(), [0, '', 'tensorflow: the binding is there and loads\n']);
});

test.run();
