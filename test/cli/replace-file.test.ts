import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cannotMake, replaceFile } from '../../cli/replace-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-replace-'));
test.after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);

test('a new file, then new contents, and nothing left over', () => {
  assert.is(replaceFile(at('a'), 'one'), undefined);
  assert.is(replaceFile(at('a'), new Uint8Array([0, 255])), undefined);
  assert.equal([...readFileSync(at('a'))], [0, 255]);
  assert.equal(readdirSync(folder), ['a']);
});

test('permissions stay', () => {
  writeFileSync(at('b'), '');
  chmodSync(at('b'), 0o751);
  replaceFile(at('b'), 'x');
  assert.is(statSync(at('b')).mode & 0o7777, 0o751);
});

test('a link stays a link', () => {
  writeFileSync(at('real'), 'old');
  symlinkSync('real', at('link'));
  replaceFile(at('link'), 'new');
  assert.ok(lstatSync(at('link')).isSymbolicLink());
  assert.is(readFileSync(at('real'), 'utf8'), 'new');
});

test('what cannot be written is said in words and changes nothing', () => {
  mkdirSync(at('folder'));
  const before = readdirSync(folder).sort();
  assert.is(replaceFile(at('folder'), 'x'), 'it is a folder');
  assert.is(replaceFile('/dev/full', 'x'), 'it is no regular file');
  assert.is(cannotMake(at('none/x')), 'its folder does not exist');
  assert.is(cannotMake(at('a/x')), 'a part of its path is a file, not a folder');
  assert.is(cannotMake(at('x')), undefined);
  assert.is(replaceFile(at('none/x'), 'x'), 'its folder does not exist');
  assert.is(replaceFile(at('a/x'), 'x'), 'a part of its path is a file, not a folder');
  assert.is(replaceFile('/proc/nothing', 'x'), 'its folder does not exist');
  assert.equal(readdirSync(folder).sort(), before);
});

test('nothing is written through a link that lies in the way', () => {
  const target = at('c');
  writeFileSync(target, 'old');
  symlinkSync('/dev/full', at(`.c.${process.pid}.tmp`));
  assert.match(replaceFile(target, 'new') ?? '', /EEXIST/);
  assert.is(readFileSync(target, 'utf8'), 'old');
});

test.run();
