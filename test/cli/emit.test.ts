/** `ditc emit`: the files open elsewhere, and what cannot be written is said. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

test.run();
