import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diskLoader, entryOf } from '../../cli/loader.ts';

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'ditc-load-')));
test.after(() => rmSync(folder, { recursive: true }));

const write = (name: string, text = 'dit 1\n'): string => {
  const at = path.join(folder, name);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, text);
  return at;
};

write('outside.dit');
write('project/package.json', '{}');
write('project/notes.txt', 'secret');
const main = write('project/specs/main.dit');
const near = write('project/specs/near.dit', 'dit 1 // near\n');
write('project/other/far.dit');
write('project/specs/folder.dit/x.dit');
symlinkSync(path.join(folder, 'outside.dit'), path.join(folder, 'project/specs/link.dit'));
symlinkSync(near, path.join(folder, 'project/specs/alias.dit'));

const entry = entryOf(main, 'dit 1\n');
const load = (text: string, kind: 'path' | 'module' = 'path', from?: string) =>
  diskLoader(entry).load({ kind, text }, from);
const problem = (text: string, kind: 'path' | 'module' = 'path'): string => {
  const result = load(text, kind);
  assert.ok('problem' in result, `${text} was loaded`);
  return `${result.problem}${result.help ? `; ${result.help}` : ''}`;
};

test('a file beside the importing one', () => {
  const loaded = load('./near.dit');
  assert.equal(loaded, { id: near, source: { path: near, text: 'dit 1 // near\n' } });
});

test('the paths that are shown follow from what the person wrote', () => {
  const cwd = process.cwd();
  process.chdir(path.join(folder, 'project'));
  try {
    const loader = diskLoader(entryOf('specs/main.dit', ''));
    const far = loader.load({ kind: 'path', text: '../other/far.dit' });
    assert.ok('source' in far);
    assert.is(far.source.path, 'other/far.dit');
    const back = loader.load({ kind: 'path', text: '../specs/near.dit' }, far.id);
    assert.ok('source' in back);
    assert.is(back.source.path, 'specs/near.dit');
    const piped = diskLoader(entryOf('-', '')).load({ kind: 'path', text: './specs/near.dit' });
    assert.ok('source' in piped);
    assert.is(piped.source.path, 'specs/near.dit');
  } finally {
    process.chdir(cwd);
  }
});

test('one file has one id, whatever leads to it', () => {
  const loader = diskLoader(entry);
  const ids = ['./near.dit', '../specs/near.dit', './alias.dit', near].map((text) => {
    const loaded = loader.load({ kind: 'path', text });
    return 'id' in loaded ? loaded.id : loaded.problem;
  });
  assert.equal([...new Set(ids)], [near]);
});

test('imports stay inside the project', () => {
  const leads = /^it leads out of the project; imports stay inside/;
  for (const text of ['../../outside.dit', path.join(folder, 'outside.dit'), './link.dit', '/dev/null/x.dit']) {
    assert.match(problem(text), leads);
  }
});

test('the specs of this package can be imported from anywhere', () => {
  const own = fileURLToPath(new URL('../../specs/dit.dit', import.meta.url));
  symlinkSync(path.dirname(own), path.join(folder, 'project/specs/ditc'));
  const loaded = load('./ditc/dit.dit');
  assert.ok('id' in loaded && loaded.id === own);
});

test('what cannot be imported', () => {
  assert.match(problem('../notes.txt'), /^it does not end in `.dit`/);
  assert.match(problem('./none.dit'), /^there is no such file$/);
  assert.match(problem('./folder.dit'), /^it is a folder, not a file/);
});

test('modules are those of this package', () => {
  const loaded = load('std.nn', 'module');
  assert.ok('source' in loaded, JSON.stringify(loaded));
  assert.equal([loaded.id, loaded.source.path], ['std.nn', 'std/nn.dit']);
  assert.match(loaded.source.text, /^dit 1\b/);
  assert.match(problem('std.blocs', 'module'), /^there is no such module; did you mean `std.blocks`\?$/);
  assert.match(problem('numpy.random.generator', 'module'), /^there is no such module; there are `std\./);
});

test.run();
