/** One process has a point; what a dead one left is taken over, by one. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Claim, claimFolder, type Holder, holderOf } from '../../runtime/study/claim.ts';
import { scratchFolder } from '../data/scratch.ts';

const isClaim = (taken: Claim | Holder): taken is Claim => 'release' in taken;
const put = (folder: string, holder: Holder): string => {
  const file = path.join(folder, 'claim.json');
  writeFileSync(file, JSON.stringify(holder));
  return file;
};

test('the second is told who has it, until it is given back', () => {
  const folder = path.join(scratchFolder(), 'point');
  const first = claimFolder(folder);
  assert.ok(isClaim(first));
  assert.equal(claimFolder(folder), { host: hostname(), pid: process.pid });
  if (isClaim(first)) first.release();
  assert.is(holderOf(folder), undefined);
  assert.equal(readdirSync(folder), []);
});

test('a claim of a process that is gone, or of a machine that is silent, is stale; that of a busy machine is not', () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  const cases: [Holder, number, boolean][] = [
    [{ host: hostname(), pid: gone }, 0, false],
    [{ host: hostname(), pid: process.pid }, 0, true],
    [{ host: 'elsewhere', pid: 1 }, 0, true],
    [{ host: 'elsewhere', pid: 1 }, 600, false],
  ];
  for (const [holder, age, isHeld] of cases) {
    const folder = scratchFolder();
    const file = put(folder, holder);
    const then = new Date(Date.now() - age * 1000);
    utimesSync(file, then, then);
    assert.is(holderOf(folder) !== undefined, isHeld, `${holder.host} ${holder.pid} ${age}`);
    const taken = claimFolder(folder);
    assert.is(isClaim(taken), !isHeld);
    if (isClaim(taken)) taken.release();
  }
});

test('a claim that another has taken over is not given back by its first owner', () => {
  const folder = scratchFolder();
  const mine = claimFolder(folder);
  assert.ok(isClaim(mine));
  put(folder, { host: 'elsewhere', pid: 1 });
  if (isClaim(mine)) mine.release();
  assert.ok(existsSync(path.join(folder, 'claim.json')));
});

test('a damaged claim is no claim', () => {
  const folder = scratchFolder();
  writeFileSync(path.join(folder, 'claim.json'), '{');
  const taken = claimFolder(folder);
  assert.ok(isClaim(taken));
  if (isClaim(taken)) taken.release();
});

test.run();
