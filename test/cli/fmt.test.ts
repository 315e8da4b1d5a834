import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc } from './ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-fmt-'));
test.after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);
const run = (...words: string[]) => ditc(['fmt', ...words], { cwd: folder });

const LOOSE = 'dit 1\n\n// kept\nconst   a=1+2 *3\n';
const TIGHT = 'dit 1\n\n// kept\nconst a = 1 + 2 * 3\n';
const BROKEN = 'dit 1\nconst   a = (1 +\n';

test.before.each(() => {
  writeFileSync(at('loose.dit'), LOOSE);
  writeFileSync(at('tight.dit'), TIGHT);
  writeFileSync(at('broken.dit'), BROKEN);
});

test('rewrites what is not canonical, keeping its permissions', () => {
  chmodSync(at('loose.dit'), 0o640);
  assert.equal(run('loose.dit', 'tight.dit'), { code: 0, out: '', err: '1 file rewritten\n' });
  assert.is(readFileSync(at('loose.dit'), 'utf8'), TIGHT);
  assert.is(statSync(at('loose.dit')).mode & 0o777, 0o640);
  assert.equal(run('loose.dit'), { code: 0, out: '', err: '' });
});

test('a file with mistakes is left alone, and the others are not', () => {
  const { code, out, err } = run('broken.dit', 'loose.dit');
  assert.equal([code, out], [1, '']);
  assert.match(err, /^error\[D01\d\d\][\s\S]*--> broken\.dit:2/);
  assert.is(readFileSync(at('broken.dit'), 'utf8'), BROKEN);
  assert.is(readFileSync(at('loose.dit'), 'utf8'), TIGHT);
});

test('--check changes nothing', () => {
  const { code, out, err } = run('--check', 'loose.dit', 'tight.dit');
  assert.equal([code, out], [1, 'loose.dit\n']);
  assert.match(err, /^1 file not in canonical form/);
  assert.is(readFileSync(at('loose.dit'), 'utf8'), LOOSE);
  assert.is(run('--check', 'tight.dit').code, 0);
});

test('a filter', () => {
  assert.equal(ditc(['fmt', '-'], { input: LOOSE }), { code: 0, out: TIGHT, err: '' });
  const broken = ditc(['fmt', '-'], { input: BROKEN });
  assert.equal([broken.code, broken.out], [1, '']);
  assert.is(ditc(['fmt', '-', '--check'], { input: LOOSE }).code, 1);
});

test('--json', () => {
  const { code, out, err } = run('--json', '--check', 'loose.dit', 'tight.dit', 'broken.dit', 'none.dit');
  const document = JSON.parse(out);
  assert.equal([code, err, document.ok], [1, '', false]);
  assert.equal(
    document.files.map(({ changed }: { changed: boolean }) => changed),
    [true, false, false, false],
  );
  assert.equal(
    [...new Set(document.diagnostics.map(({ file }: { file: string }) => file))],
    ['broken.dit', 'none.dit'],
  );
  assert.equal(JSON.parse(ditc(['fmt', '-', '--json'], { input: LOOSE }).out).files, [
    { file: '-', changed: true, text: TIGHT },
  ]);
});

test('nothing is left over', () => assert.equal(readdirSync(folder).sort(), ['broken.dit', 'loose.dit', 'tight.dit']));

test('a missing file is 3', () => assert.is(run('none.dit').code, 3));

test.run();
