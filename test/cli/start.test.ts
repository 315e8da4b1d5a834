/** `npm start` runs the study of the four conditionings; here only its plan. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../cli/package-root.ts';
import { plainEnvironment } from './ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-start-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('the study that npm start runs has the four conditionings at one cost', () => {
  const child = spawnSync(process.execPath, [path.join(packageRoot, 'dist', 'start.js'), '--dry-run', '--json'], {
    cwd: folder,
    env: plainEnvironment(),
    encoding: 'utf8',
  });
  assert.is(child.status, 0, child.stderr);
  const plan = JSON.parse(child.stdout) as { points: { set: Record<string, string>; macs: number }[] };
  assert.equal(plan.points.map(({ set }) => set.conditioning).sort(), [
    'adaln',
    'adaln_zero',
    'cross_attention',
    'in_context',
  ]);
  const macs = plan.points.map((point) => point.macs);
  assert.ok(Math.max(...macs) / Math.min(...macs) < 1.02);
});

test.run();
