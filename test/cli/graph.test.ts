import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc } from './ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-graph-'));
test.after(() => rmSync(folder, { recursive: true }));
writeFileSync(
  path.join(folder, 'a.dit'),
  `dit 1
model Tiny(width: int = 8) {
  input x: image[N, 4]
  param scale: [4] = 1
  require width < 100, "too wide"
  output eps = x * scale[_, :] * (width + 1)
}
preset "wide/2" = Tiny(width: 16)
model Other() {
  input x: image[N, 4]
  output eps = x
}
`,
);
const run = (...words: string[]) => ditc(['graph', ...words], { cwd: folder });

test('text', () => {
  const { code, out, err } = run('a.dit#wide/2');
  assert.equal([code, err], [0, '']);
  assert.match(out, /^graph Tiny \{width: 16\}$/m);
  assert.match(out, /^ +param scale: \[4\] = 1$/m);
  assert.match(out, /return eps: %\d+$/m);
  assert.match(out, /mul .*\b17\b/);
});

test('--set', () => {
  assert.match(run('a.dit#wide/2', '--set', 'width=3').out, /^graph Tiny \{width: 3\}$/m);
  assert.match(run('a.dit#Tiny', '--set', 'width = 2 * 3').out, /^graph Tiny \{width: 6\}$/m);
});

test('every format, also into a file', () => {
  const document = JSON.parse(run('a.dit#Tiny', '--json').out);
  assert.equal([document.name, document.params], ['Tiny', { trained: 4, frozen: 0 }]);
  assert.equal(JSON.parse(run('a.dit#Tiny', '--format', 'json').out), document);
  assert.match(run('a.dit#Tiny', '--format', 'dot').out, /^digraph "Tiny" \{\n[\s\S]*\n\}\n$/);
  assert.match(run('a.dit#Tiny', '--format', 'svg').out, /^(<\?xml.*\n)?<svg [\s\S]*<\/svg>\n$/);
  assert.equal(run('a.dit#Tiny', '--out', 'g.txt'), { code: 0, out: '', err: '' });
  assert.is(readFileSync(path.join(folder, 'g.txt'), 'utf8'), run('a.dit#Tiny').out);
  assert.equal(readdirSync(folder).sort(), ['a.dit', 'g.txt']);
});

test('after a pass', () => {
  const before = run('a.dit#Tiny', '--after', 'elaborate');
  assert.is(before.code, 0);
  const wrong = run('a.dit#Tiny', '--after', 'nothing');
  assert.is(wrong.code, 2);
  assert.match(wrong.err, /elaborate/);
});

test('what goes wrong', () => {
  const cases: [words: string[], code: number, err: RegExp][] = [
    [['a.dit#wide/3'], 1, /^error\[D0601\]: [\s\S]*did you mean `wide\/2`\?/],
    [['a.dit'], 1, /^error\[D0305\]: expected a preset or model of a\.dit by its name/],
    [['a.dit#Tiny', '--set', 'width=1000'], 1, /^error\[D0304\]: too wide/],
    [['a.dit#Tiny', '--set', 'with=1'], 1, /^error\[D0322\]: [\s\S]*did you mean `width`\?/],
    [['a.dit#Tiny', '--set', 'width'], 2, /^ditc: `--set width` is not of the form path=value/],
    [['a.dit#Tiny', '--format', 'png'], 2, /^ditc: graph: /],
    [['a.dit#Tiny', '--depth', '-1'], 2, /^ditc: graph: .*cannot be `-1`: it must not be negative/],
    [['none.dit#Tiny'], 3, /^error\[D0001\]/],
    [['a.dit#Tiny', '--out', 'none/g.txt'], 3, /^ditc: cannot write `none\/g\.txt`: its folder does not exist/],
    [[], 2, /^ditc: graph: missing required argument `target`/],
  ];
  for (const [words, code, expected] of cases) {
    const result = run(...words);
    assert.equal([result.code, result.out], [code, ''], words.join(' '));
    assert.match(result.err, expected);
  }
});

test('with --json what is wrong is a document', () => {
  const { code, out } = run('a.dit#wide/3', '--json');
  const document = JSON.parse(out);
  assert.equal([code, document.ok, document.diagnostics[0].code], [1, false, 'D0601']);
});

test('--again: the step of training in which so many layers run again', () => {
  const small = ['graph', 'specs/dit.dit#DiT-S/2', '--set', 'size.depth=3'];
  const some = ditc([...small, '--again', '2']);
  assert.is(some.code, 0, some.err);
  assert.match(some.out, /^graph AdaLNZeroBlock_backward_again /m);
  // the last of the three keeps what it needs
  assert.match(some.out, /= call AdaLNZeroBlock_backward#\d\(/);
  assert.not.match(ditc([...small, '--train']).out, /_again/);
  const { code, err } = ditc([...small, '--again', '4']);
  assert.is(code, 2);
  assert.match(err, /4 layers cannot run again\n.*it has 3 layers/);
});

test.run();
