/** `ditc emit`: the files open elsewhere, and what cannot be written is said. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadOrt } from '../../runtime/engines/onnx-runtime.ts';
import { openSafetensors } from '../../runtime/weights/safetensors.ts';
import { ditc } from './ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-emit-'));
test.after(() => rmSync(folder, { recursive: true }));
writeFileSync(
  path.join(folder, 'a.dit'),
  `dit 1
model Tiny(by: int = 3) {
  input x: image[N, 4]
  param scale: [4] = 2
  param shift: [4] = normal(1)
  output eps = x * scale[_, :] * by + 0 * shift[_, :]
}
model Wide() {
  input x: image[N, 5]
  param scale: [5] = 1
  output eps = x * scale[_, :]
}
`,
);
const run = (...words: string[]) => ditc(['emit', ...words], { cwd: folder });

const numbersOf = (file: string): Record<string, number[]> => {
  const opened = openSafetensors(file);
  assert.ok(opened.ok);
  const numbers: Record<string, number[]> = {};
  if (!opened.ok) return numbers;
  for (const name of opened.value.tensors.keys()) {
    const read = opened.value.read(name);
    assert.ok(read.ok);
    if (read.ok) numbers[name] = [...read.value.data];
  }
  opened.value.close();
  return numbers;
};

test('safetensors: initial values, which depend on the seed alone', () => {
  const { code, err } = run('a.dit#Tiny', '--to', 'safetensors', '--out', 'first');
  assert.equal([code, err], [0, `${path.join('first', 'model.safetensors')}: ${bytesOf('first')} bytes\n`]);
  run('a.dit#Tiny', '--to', 'safetensors', '--out', 'again');
  run('a.dit#Tiny', '--to', 'safetensors', '--out', 'other', '--seed', '1');
  const [first, again, other] = ['first', 'again', 'other'].map((name) =>
    numbersOf(path.join(folder, name, 'model.safetensors')),
  );
  assert.equal(first!.scale, [2, 2, 2, 2]);
  assert.equal(again, first);
  assert.not.equal(other!.shift, first!.shift);
});

const bytesOf = (name: string): number => readFileSync(path.join(folder, name, 'model.safetensors')).length;

test('onnx: another tool runs it at any batch, with the weights of a file', async () => {
  run('a.dit#Tiny', '--to', 'safetensors', '--out', 'weights');
  const weights = path.join('weights', 'model.safetensors');
  const { code, out } = run(
    'a.dit#Tiny',
    '--set',
    'by=5',
    '--to',
    'onnx',
    '--out',
    'a/b',
    '--weights',
    weights,
    '--json',
  );
  assert.is(code, 0);
  const { ok, files } = JSON.parse(out) as { ok: boolean; files: { file: string; sha256: string }[] };
  assert.equal([ok, files.map(({ file }) => file)], [true, [path.join('a', 'b', 'model.onnx')]]);
  const ort = await loadOrt();
  const session = await ort.InferenceSession.create(path.join(folder, 'a/b/model.onnx'));
  for (const batch of [1, 3]) {
    const x = new ort.Tensor(
      'float32',
      Float32Array.from({ length: 4 * batch }, (_, at) => at),
      [batch, 4],
    );
    const { eps } = await session.run({ x });
    assert.equal([...eps!.dims], [batch, 4]);
    // 2 · 5 · x
    assert.equal(
      [...(eps!.data as Float32Array)],
      Array.from({ length: 4 * batch }, (_, at) => 10 * at),
    );
  }
  await session.release();
});

test('what cannot be done is said, and nothing is written', () => {
  const weights = path.join('first', 'model.safetensors');
  const misfit = run('a.dit#Wide', '--to', 'onnx', '--out', 'none', '--weights', weights);
  assert.is(misfit.code, 1);
  assert.match(misfit.err, 'has the shape [4], and the weight `scale` [5]');
  const missing = run('a.dit#Wide', '--to', 'onnx', '--out', 'none', '--weights', 'absent.pt');
  assert.is(missing.code, 3);
  assert.not(existsSync(path.join(folder, 'none')));
  const blocked = run('a.dit#Tiny', '--to', 'onnx', '--out', 'a.dit/x');
  assert.equal(
    [blocked.code, blocked.err],
    [3, 'ditc: cannot make the folder `a.dit/x`: a part of its path is a file\n'],
  );
  assert.is(run('a.dit#Tiny', '--to', 'keras', '--out', 'none').code, 2);
  assert.is(run('a.dit#Tiny', '--to', 'onnx').code, 2);
  assert.is(run('a.dit#Tiny', '--to', 'onnx', '--out', 'none', '--batch', '0').code, 2);
  assert.not(readdirSync(folder).includes('none'));
});

/** A model of two blocks, `Outer` around `Inner`, or of one. */
const spec = (inner: boolean): string => `dit 1
${inner ? 'block Inner(x: [N, D]) -> [N, D] {\n  return x * 2 + 1\n}\n' : ''}block Outer(x: [N, D]) -> [N, D] {
  return ${inner ? 'Inner(x) as inner' : 'x * 3'}
}
model Blocks() {
  input x: image[N, 4]
  param scale: [4] = 2
  output eps = Outer(x) as outer * scale[_, :]
}
`;
const filesIn = (name: string): string[] =>
  readdirSync(path.join(folder, name), { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(folder, name), path.join(entry.parentPath, entry.name)))
    .sort();
const put = (name: string, text: string): void => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};
/** Emits the module of two blocks, lets something happen to it, and emits that of one in its place. */
function again(out: string, form: string, meanwhile: () => void): { err: string; files: string[] } {
  put('b.dit', spec(true));
  assert.is(run('b.dit#Blocks', '--to', form, '--out', out).code, 0);
  meanwhile();
  put('b.dit', spec(false));
  const { code, err } = run('b.dit#Blocks', '--to', form, '--out', out);
  assert.is(code, 0, err);
  return { err, files: filesIn(out) };
}
const INNER = path.join('blocks', 'inner.ts');

test('what an earlier emission wrote and this one does not is removed, and nothing else', () => {
  for (const form of ['typescript', 'layers']) {
    put('b.dit', spec(false));
    run('b.dit#Blocks', '--to', form, '--out', `fresh-${form}`);
    const { err, files } = again(form, form, () => {
      assert.ok(filesIn(form).includes(INNER));
      put(`${form}/blocks/mine.ts`, 'export {};');
      put(`${form}/mine.js`, 'export {};');
    });
    assert.equal(files, [...filesIn(`fresh-${form}`), path.join('blocks', 'mine.ts'), 'mine.js'].sort());
    assert.match(err, `${path.join(form, INNER)}: removed, an earlier emission wrote it and this one did not\n`);
    const notes = ['fresh-', ''].map((before) =>
      readFileSync(path.join(folder, `${before}${form}/emitted.json`), 'utf8'),
    );
    assert.is(notes[1], notes[0]);
  }
});

test('what was changed since, is a link, or lies behind one, is left, and said once', () => {
  const inner = path.join(folder, 'changed', INNER);
  const { err, files } = again('changed', 'typescript', () => writeFileSync(inner, `${readFileSync(inner)}// mine\n`));
  assert.ok(files.includes(INNER));
  assert.match(err, `${path.join('changed', INNER)}: left, `);
  assert.not.match(run('b.dit#Blocks', '--to', 'typescript', '--out', 'changed').err, 'left');
  for (const out of ['a-link', 'behind-a-link']) {
    const linked = path.join(folder, out, out === 'a-link' ? INNER : 'blocks');
    const elsewhere = path.join(folder, `elsewhere-${out}`);
    again(out, 'typescript', () => {
      renameSync(linked, elsewhere);
      symlinkSync(elsewhere, linked);
    });
    assert.ok(existsSync(path.join(folder, out, INNER)), out);
  }
});

test('forms in one folder do not take each other for old', () => {
  put('b.dit', spec(true));
  run('b.dit#Blocks', '--to', 'layers', '--out', 'forms');
  run('b.dit#Blocks', '--to', 'safetensors', '--out', 'forms');
  const all = filesIn('forms');
  run('b.dit#Blocks', '--to', 'typescript', '--out', 'forms');
  assert.equal(filesIn('forms'), all);
  assert.ok(['model.json', 'model.safetensors', 'index.ts'].every((name) => all.includes(name)));
});

test('notes that name files elsewhere, or are not of ditc, remove nothing', () => {
  const sha256 = createHash('sha256').update('precious').digest('hex');
  put('precious.txt', 'precious');
  const cases = {
    above: JSON.stringify({ about: '', parts: { typescript: { '../precious.txt': sha256 } } }),
    absolute: JSON.stringify({ about: '', parts: { typescript: { [path.join(folder, 'precious.txt')]: sha256 } } }),
    foreign: '{"emitted": true}',
    broken: '{',
  };
  for (const [what, text] of Object.entries(cases)) {
    const { err, files } = again(`notes-${what}`, 'typescript', () => put(`notes-${what}/emitted.json`, text));
    assert.ok(files.includes(INNER), what);
    assert.match(err, `${path.join(`notes-${what}`, 'emitted.json')}: not of ditc`);
    assert.is(readFileSync(path.join(folder, `notes-${what}`, 'emitted.json'), 'utf8'), text);
    assert.ok(existsSync(path.join(folder, 'precious.txt')), what);
  }
});

test('one file needs no notes', () => {
  assert.equal(filesIn('first'), ['model.safetensors']);
});

test.run();
