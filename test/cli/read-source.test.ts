import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFileSource, readSource } from '../../cli/read-source.ts';
import { testIf } from '../skip.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-read-'));
test.after(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const at = path.join(folder, name);
  writeFileSync(at, content);
  return at;
};

const problem = async (at: string): Promise<string> => {
  const result = await readSource(at);
  assert.ok('problem' in result, 'expected a problem');
  return `${result.problem.kind}: ${result.problem.message}`;
};

test('texts', async () => {
  assert.equal(await readSource(file('a.dit', 'dit 1\n')), { text: 'dit 1\n' });
  assert.equal(await readSource(file('empty.dit', '')), { text: '' });
  assert.equal(readFileSource(file('accents.dit', 'é ± 𝛼')), { text: 'é ± 𝛼' });
  assert.equal(await readSource(file('bom.dit', '\ufeffdit 1')), { text: 'dit 1' });
});

test('what is no text', async () => {
  const link = path.join(folder, 'circle');
  symlinkSync(link, link);
  mkdirSync(path.join(folder, 'd.dit'));
  const cases: [at: string, expected: RegExp][] = [
    [path.join(folder, 'none.dit'), /^missing: there is no such file$/],
    [path.join(file('b.dit', ''), 'c.dit'), /^missing: a part of its path is a file/],
    [path.join(folder, 'x'.repeat(5000)), /^missing: its name is too long$/],
    [path.join(folder, 'zero\0.dit'), /^missing: no file name holds a zero byte$/],
    [path.join(folder, 'd.dit'), /^invalid: it is a folder, not a file$/],
    [link, /^unreadable: its symbolic links lead in a circle$/],
    [file('nul.dit', 'dit 1\0'), /^invalid: it is not a text: byte 5 is zero$/],
    // C3 28: a lead byte of two that is not followed by one of 80 to BF
    [
      file('latin.dit', new Uint8Array([0xef, 0xbf, 0xbd, 0x0a, 0xc3, 0x28])),
      /^invalid: it is not valid UTF-8 \(line 2\)$/,
    ],
    [file('cut.dit', new Uint8Array([0x64, 0xe2, 0x82])), /^invalid: it is not valid UTF-8/],
    [file('surrogate.dit', new Uint8Array([0xed, 0xa0, 0x80])), /^invalid: it is not valid UTF-8/],
    [file('large.dit', 'x'.repeat(4 * 1024 * 1024 + 1)), /^invalid: it is larger than 4 MiB/],
  ];
  for (const [at, expected] of cases) assert.match(await problem(at), expected);
});

test('the largest file that is read', async () => {
  const result = await readSource(file('full.dit', 'x'.repeat(4 * 1024 * 1024)));
  assert.ok('text' in result && result.text.length === 4 * 1024 * 1024);
});

test('ten gigabytes are refused by their size', async () => {
  const at = file('huge.dit', '');
  truncateSync(at, 10 * 1024 ** 3);
  assert.match(await problem(at), /larger than 4 MiB/);
});

test('UTF-16 is named', async () => {
  for (const bytes of [Buffer.from('\ufeffdit 1\n', 'utf16le'), Buffer.from('dit 1\n', 'utf16le')]) {
    const result = await readSource(file('wide.dit', bytes));
    assert.ok('problem' in result && /UTF-16/.test(result.problem.help ?? ''));
  }
});

testIf(process.platform === 'linux', 'needs /dev and mkfifo')('devices and pipes', async () => {
  assert.match(await problem('/dev/zero'), /^invalid: it is a device or a pipe/);
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const refused = readFileSource(pipe);
  assert.ok('problem' in refused && /device or a pipe/.test(refused.problem.message));
  const [result] = await Promise.all([
    readSource(pipe),
    import('node:fs/promises').then((fs) => fs.writeFile(pipe, 'dit 1')),
  ]);
  assert.equal(result, { text: 'dit 1' });
});

test('a file without permission', async () => {
  const at = file('secret.dit', 'dit 1');
  chmodSync(at, 0);
  // root may read everything, so root becomes nobody for a moment
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid!(65534);
  try {
    assert.match(await problem(at), /^unreadable: reading it is not permitted$/);
  } finally {
    if (root) process.seteuid!(0);
  }
});

test.run();
