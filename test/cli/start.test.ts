/** `npm start`: until there is a study to run, the table of all models. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc, plainEnvironment } from './ditc.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('every spec checks, and every model is listed with its parameters and shapes', () => {
  // builds the bundle where it is old
  assert.is(ditc(['--help']).code, 0);
  const child = spawnSync(process.execPath, ['dist/start.js'], {
    cwd: root,
    env: plainEnvironment(),
    encoding: 'utf8',
  });
  assert.is(child.status, 0, child.stderr);
  // Peebles & Xie 2023, table 4: 675M; with the second half of the output for sigma
  assert.match(
    child.stdout,
    /^ {2}DiT-XL\/2 +67[45]\.\d\dM +0\.29M {2}x \[N, 32, 32, 4\], t \[N\], y int\[N\] +→ eps \[N, 32, 32, 4\], sigma \[N, 32, 32, 4\]$/m,
  );
  const models = child.stdout.match(/^ {2}\S.*→/gm)?.length;
  assert.match(child.stdout, new RegExp(`^${models} models, no errors$`, 'm'));
});

test.run();
