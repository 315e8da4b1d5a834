import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc } from './ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-check-'));
test.after(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string | Uint8Array): string => {
  writeFileSync(path.join(folder, name), text);
  return name;
};
const run = (...words: string[]) => ditc(['check', ...words], { cwd: folder });

const GOOD = `dit 1
use std.nn { Linear }
model Tiny(width: int = 8) {
  input x: image[N, 4]
  output eps = Linear(x, width) as up |> Linear(4) as down
}
preset "tiny" = Tiny() expect { params: 76 }
`;
// 4 * 8 + 8 and 8 * 4 + 4
const good = write('good.dit', GOOD);
const bad = write('bad.dit', GOOD.replace('Linear(4)', 'Linaer(4)'));

test('a sound spec', () => {
  assert.equal(run(good), { code: 0, out: '', err: 'good.dit: 1 model, 1 preset: no errors\n' });
});

test('standard input', () => {
  const { code, out, err } = ditc(['check', '-'], { cwd: folder, input: GOOD });
  assert.equal([code, out, err], [0, '', 'standard input: 1 model, 1 preset: no errors\n']);
});

test('a mistake is shown where it is, on standard output, without colour', () => {
  const { code, out, err } = run(bad);
  assert.is(code, 1);
  assert.match(
    out,
    /^error\[D0201\]: unknown name `Linaer`\n +--> bad\.dit:5:42\n5 \| {3}output eps = [\s\S]*\^{6}\n[\s\S]*did you mean `Linear`\?/,
  );
  assert.match(err, /^bad\.dit: 1 model, 1 preset: 1 error\n$/);
});

test('several files: each has its line, and what they share is said once', () => {
  write('shared.dit', 'dit 1\nconst A = 1 +\n');
  const one = write('one.dit', 'dit 1\nuse "./shared.dit" { A }\nconst B = A\n');
  const two = write('two.dit', 'dit 1\nuse "./shared.dit" { A }\nconst B = A\n');
  const { code, out, err } = run(good, one, two);
  assert.is(code, 1);
  assert.is(out.match(/^error/gm)?.length, 1);
  assert.match(out, /--> shared\.dit:/);
  assert.is(err.trimEnd().split('\n').length, 3);
});

test('--json is one document of the agreed shape', () => {
  const { code, out, err } = run(bad, '--json');
  assert.equal([code, err], [1, '']);
  const document = JSON.parse(out);
  assert.equal(Object.keys(document), ['ok', 'diagnostics']);
  assert.is(document.ok, false);
  const [diagnostic, ...more] = document.diagnostics;
  assert.is(more.length, 0);
  assert.equal(
    [diagnostic.code, diagnostic.severity, diagnostic.message, diagnostic.file],
    ['D0201', 'error', 'unknown name `Linaer`', 'bad.dit'],
  );
  const offset = GOOD.indexOf('Linear(4)');
  assert.equal(diagnostic.start, { line: 5, column: 42, offset });
  assert.equal(diagnostic.end, { line: 5, column: 48, offset: offset + 6 });
  for (const key of ['labels', 'notes', 'fixes']) assert.ok(Array.isArray(diagnostic[key]), key);
  assert.ok('help' in diagnostic);
  assert.equal(JSON.parse(run(good, '--json').out), { ok: true, diagnostics: [] });
});

test('colours on request only', () => {
  const forced = ditc(['check', bad], { cwd: folder, env: { FORCE_COLOR: '1' } });
  assert.ok(forced.out.includes('\u001b[1;31merror[D0201]\u001b[0m'));
  assert.not.ok(run(bad).out.includes('\u001b'));
});

test('what is no spec: one diagnostic and its exit code', () => {
  mkdirSync(path.join(folder, 'd.dit'));
  write('huge.dit', '');
  truncateSync(path.join(folder, 'huge.dit'), 10 * 1024 ** 3);
  const cases: [name: string, code: number, message: RegExp][] = [
    ['none.dit', 3, /^error\[D0001\]: cannot read `none\.dit`: there is no such file$/m],
    ['goood.dit', 3, /^ {2}= help: did you mean `good\.dit`\?$/m],
    ['good.dit#tiny', 3, /^ {2}= help: only whole files can be named here: `good\.dit`$/m],
    ['good.dit/x.dit', 3, /^error\[D0001\]: .*a part of its path is a file, not a folder$/m],
    ['d.dit', 1, /^error\[D0001\]: cannot read `d\.dit`: it is a folder, not a file$/m],
    ['huge.dit', 1, /^error\[D0001\]: cannot read `huge\.dit`: it is larger than 4 MiB/m],
    [write('nul.dit', 'dit 1\0'), 1, /^error\[D0001\]: .*byte 5 is zero$/m],
    [write('latin.dit', new Uint8Array([0x64, 0xe9, 0x20])), 1, /^error\[D0001\]: .*not valid UTF-8 \(line 1\)$/m],
    [write('empty.dit', ''), 1, /^error\[D0109\]:/m],
  ];
  for (const [name, code, message] of cases) {
    const result = run(name);
    assert.is(result.code, code, name);
    assert.match(result.out, message);
    assert.is(result.out.match(/^error/gm)?.length, 1, name);
    const document = JSON.parse(run(name, '--json').out);
    assert.equal([document.ok, document.diagnostics.length], [false, 1]);
  }
});

test('--fix', () => {
  const name = write('fix.dit', GOOD.replace('(x, width)', '(x, wdith)').replace('Linear(4)', 'Linaer(4)'));
  const { code, out, err } = run(name, '--fix');
  assert.equal([code, out], [0, '']);
  assert.match(err, /^fix\.dit: 2 fixes applied\nfix\.dit: 1 model, 1 preset: no errors\n$/);
  assert.is(readFileSync(path.join(folder, name), 'utf8'), GOOD);
});

test('a name cannot write to the terminal', () => {
  assert.not.ok(run('\u001b[31mred.dit').out.includes('\u001b'));
});

test.run();
