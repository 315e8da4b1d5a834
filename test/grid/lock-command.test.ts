/** `ditc grid plan --lock`: a file that holds a plan, what is said of changes, and what is no such file. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc } from '../cli/ditc.ts';
import { planIn, SPEC, toyFolder } from './toy-file.ts';

const folder = toyFolder();
test.after(() => rmSync(folder, { recursive: true }));
const { run, json } = planIn(folder);

test('a lock: written, held, broken, updated', () => {
  const lock = path.join(folder, 'sizes.lock');
  assert.match(run('toy.dit#sizes', '--lock', 'sizes.lock').out, /^sizes\.lock: written$/m);
  const first = readFileSync(lock, 'utf8');
  assert.equal(
    JSON.parse(first).points.map((point: { name: string }) => point.name),
    ['hidden=4,depth=1', 'hidden=4,depth=2', 'hidden=8,depth=1', 'hidden=8,depth=2'],
  );
  const held = run('toy.dit#sizes', '--lock', 'sizes.lock');
  assert.is(held.code, 0);
  assert.match(held.out, /the plan is as locked/);

  writeFileSync(path.join(folder, 'toy.dit'), SPEC.replace('as up |>', 'as up |> silu |>').replace('[1, 2]', '[1, 3]'));
  const broken = run('toy.dit#sizes', '--lock', 'sizes.lock');
  assert.is(broken.code, 1);
  assert.match(broken.out, /^2 points new: .*; `depth: \[1, 2\]` → `depth: \[1, 3\]` \(toy\.dit:\d+\)$/m);
  assert.match(
    broken.out,
    /^2 points changed: `Layer` \(toy\.dit:7\) changed\n {2}hidden=4,depth=1\n {2}hidden=8,depth=1$/m,
  );
  assert.match(broken.out, /^2 points new: /m);
  assert.match(broken.out, /^2 points gone: /m);
  assert.is(readFileSync(lock, 'utf8'), first, 'nothing is written without being asked to');
  const report = json('toy.dit#sizes', '--lock', 'sizes.lock').lock;
  assert.is(report.state, 'changed');
  assert.equal(report.changes[0], {
    kind: 'changed',
    point: 'hidden=4,depth=1',
    because: ['`Layer` (toy.dit:7) changed'],
  });

  assert.is(run('toy.dit#sizes', '--lock', 'sizes.lock', '--update').code, 0);
  assert.is(run('toy.dit#sizes', '--lock', 'sizes.lock').code, 0);
  // the same from another folder
  const elsewhere = ditc(['grid', 'plan', path.join(folder, 'toy.dit#sizes'), '--lock', lock], { cwd: tmpdir() });
  assert.match(elsewhere.out, /the plan is as locked/);
  writeFileSync(path.join(folder, 'toy.dit'), SPEC);
  assert.is(run('toy.dit#sizes', '--lock', 'sizes.lock', '--update').code, 0);
  writeFileSync(
    path.join(folder, 'toy.dit'),
    SPEC.replace('const wide', 'const broad').replace('[wide, 2]', '[broad, 2]'),
  );
  const renamed = run('toy.dit#named', '--lock', 'named.lock');
  assert.match(renamed.out, /named\.lock: written/);
  writeFileSync(path.join(folder, 'toy.dit'), SPEC);
  const again = run('toy.dit#named', '--lock', 'named.lock');
  assert.is(again.code, 0);
  assert.match(again.out, /^1 point renamed: it is the same work\n {2}hidden=broad → hidden=wide$/m);
  assert.match(again.out, /^named\.lock: the plan is as locked, but for names; `--update` writes them$/m);
  assert.is(json('toy.dit#named', '--lock', 'named.lock').lock.state, 'renamed');
  assert.match(run('toy.dit#named', '--lock', 'named.lock', '--update').out, /named\.lock: updated/);
  assert.match(run('toy.dit#named', '--lock', 'named.lock').out, /the plan is as locked$/m);

  const other = run('toy.dit#matched', '--lock', 'sizes.lock');
  assert.is(other.code, 1);
  assert.match(other.err, /locks the grid `sizes`, and this is `matched`/);
  assert.not.ok(existsSync(path.join(folder, 'none')));
});

test.run();
