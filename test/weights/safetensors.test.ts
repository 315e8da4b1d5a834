import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { fail } from '../../runtime/weights/problem.ts';
import { type Entry, entriesOf, openSafetensors, writeSafetensors } from '../../runtime/weights/safetensors.ts';
import { parseSafetensors } from '../../runtime/weights/safetensors-source.ts';
import type { TensorFile } from '../../runtime/weights/tensor-file.ts';
import { problem, value } from './outcome.ts';

const GOLDEN = new URL('../golden/weights/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
test.after(() => rmSync(folder, { recursive: true }));

const golden = (): TensorFile => value(openSafetensors(join(GOLDEN, 'dtypes.safetensors')));
const numbers = (file: TensorFile, name: string): number[] => Array.from(value(file.read(name)).data);

test('reads every dtype that the reference writer wrote', () => {
  const file = golden();
  const cases: [string, HostTensor['dtype'], number[], number[]][] = [
    ['i64', 'int', [5], [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]],
    ['i32', 'int', [2, 3], [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 7]],
    ['i16', 'int', [3], [0, -32768, 32767]],
    ['i8', 'int', [3], [0, -128, 127]],
    ['u8', 'int', [2], [0, 255]],
    ['bool', 'bool', [2, 2], [1, 0, 0, 1]],
    ['scalar', 'f32', [], [2.5]],
    ['empty', 'f32', [3, 0, 2], []],
    ['a "name"\né', 'f32', [1], [1]],
  ];
  for (const [name, dtype, shape, data] of cases) {
    const tensor = value(file.read(name));
    assert.equal([tensor.dtype, [...tensor.shape], Array.from(tensor.data)], [dtype, shape, data], name);
  }
  assert.equal([...file.metadata], [['made by', 'the reference writer']]);
  assert.equal(file.tensors.size, 15);
  file.close();
});

test('16-bit floats have the values that PyTorch gives them', () => {
  const file = golden();
  for (const name of ['f16', 'bf16']) {
    const here = numbers(file, name);
    assert.equal(here, numbers(file, `${name}.as_f32`), name);
    assert.is(here.length, 256);
  }
});

test('8-bit floats have the values that PyTorch gives them, all 256 of each', () => {
  const file = value(openSafetensors(join(GOLDEN, 'read-only.safetensors')));
  for (const name of ['f8_e4m3', 'f8_e5m2']) assert.equal(numbers(file, name), numbers(file, `${name}.as_f32`), name);
  assert.equal(numbers(file, 'u64'), [0, 2 ** 31 - 1]);
  assert.equal(numbers(file, 'u32'), [7, 2 ** 31 - 1]);
  assert.equal(numbers(file, 'u16'), [0, 65535]);
});

test('float64 keeps its 64 bits', () => {
  const file = golden();
  const narrow = numbers(file, 'f32');
  const expected = narrow.map((number) => number * (1 + 2 ** -40));
  assert.equal(numbers(file, 'f64'), expected);
  assert.ok(expected.some((number, i) => Math.fround(number) === narrow[i] && number !== narrow[i]));
});

test('an integer beyond 32 bits is a problem that names its tensor', () => {
  const file = value(openSafetensors(join(GOLDEN, 'read-only.safetensors')));
  const wide = file.read('i64.large');
  assert.equal([problem(wide).kind, problem(wide).tensor], ['unsupported', 'i64.large']);
});

test('writes the bytes that the reference writer writes, f16 and bf16 narrowed from f32 among them', async () => {
  const file = golden();
  const entries = [...file.tensors].reverse().map(([name, { dtype, shape }]): Entry => {
    const from = dtype === 'F16' || dtype === 'BF16' ? 'f32' : name;
    return { name, dtype, shape, read: () => file.read(from) };
  });
  const path = join(folder, 'same.safetensors');
  const written = value(await writeSafetensors(path, entries, file.metadata));
  const bytes = readFileSync(path);
  const original = readFileSync(join(GOLDEN, 'dtypes.safetensors'));
  assert.is(bytes.compare(original), 0);
  assert.equal(written, { bytes: original.length, sha256: createHash('sha256').update(original).digest('hex') });
});

test('a file in memory and a file on disk read alike', () => {
  const onDisk = golden();
  const inMemory = value(parseSafetensors(readFileSync(join(GOLDEN, 'dtypes.safetensors'))));
  for (const name of onDisk.tensors.keys()) assert.equal(inMemory.read(name), onDisk.read(name), name);
});

test('what is read belongs to the caller', () => {
  const file = golden();
  value(file.read('scalar')).data[0] = 7;
  assert.equal(numbers(file, 'scalar'), [2.5]);
});

test('tensors larger than a piece keep every number', async () => {
  const count = 2 ** 18 * 2 + 3;
  const data = Float32Array.from({ length: count }, (_, i) => (i % 2047) - 1023);
  const path = join(folder, 'large.safetensors');
  for (const dtype of ['F16', 'F32', 'F64'] as const) {
    value(await writeSafetensors(path, entriesOf([['x', { dtype: 'f32', shape: [count], data }]], dtype)));
    const back = value(value(openSafetensors(path)).read('x')).data;
    assert.ok(back.length === count && data.every((number, i) => back[i] === number), dtype);
  }
});

test('a tensor that cannot be read while the file is written leaves the old file and nothing else', async () => {
  const path = join(folder, 'old.safetensors');
  const old: [string, HostTensor] = ['x', { dtype: 'f32', shape: [1], data: Float32Array.of(1) }];
  value(await writeSafetensors(path, entriesOf([old])));
  const before = readFileSync(path);
  const broken: Entry = {
    name: 'y',
    dtype: 'F32',
    shape: [2],
    read: () => fail({ kind: 'system', file: 'elsewhere', message: 'gone', remedy: 'none' }),
  };
  const result = await writeSafetensors(path, [...entriesOf([old]), broken]);
  assert.is(problem(result).file, 'elsewhere');
  assert.equal(readFileSync(path), before);
  assert.equal(
    readdirSync(folder).filter((name) => name.includes('partial')),
    [],
  );
});

test('what an interrupted writer left is overwritten', async () => {
  const path = join(folder, 'interrupted.safetensors');
  writeFileSync(`${path}.partial`, 'x'.repeat(10_000));
  value(await writeSafetensors(path, entriesOf([['x', { dtype: 'int', shape: [1], data: Int32Array.of(-9) }]])));
  assert.equal(numbers(value(openSafetensors(path)), 'x'), [-9]);
  assert.not.ok(existsSync(`${path}.partial`));
});

test('refuses to write what could not be read back', async () => {
  const tensor: HostTensor = { dtype: 'f32', shape: [2], data: Float32Array.of(1, 2) };
  const whole: HostTensor = { dtype: 'int', shape: [1], data: Int32Array.of(256) };
  const entry = (more: Partial<Entry>): Entry => ({
    name: 'x',
    dtype: 'F32',
    shape: [2],
    read: () => ({ ok: true, value: tensor }),
    ...more,
  });
  const cases: [Entry[], RegExp][] = [
    [[entry({}), entry({})], /twice/],
    [[entry({ name: '__metadata__' })], /keeps for itself/],
    [[entry({ dtype: 'F8_E4M3' })], /not written as F8_E4M3/],
    [[entry({ shape: [3] })], /has 2 numbers where `3` needs 3/],
    [[entry({ dtype: 'I32' })], /holds f32 and cannot be written as I32/],
    [[entry({ dtype: 'U8', shape: [1], read: () => ({ ok: true, value: whole }) })], /do not fit in U8/],
  ];
  for (const [entries, message] of cases) {
    const result = await writeSafetensors(join(folder, 'never.safetensors'), entries);
    assert.match(problem(result).message, message);
  }
  assert.not.ok(existsSync(join(folder, 'never.safetensors')));
});

test('places that cannot be written are problems', async () => {
  const entries = entriesOf([['x', { dtype: 'f32', shape: [1], data: Float32Array.of(1) }]]);
  const cases: [string, string][] = [
    [join(folder, 'none', 'x.safetensors'), 'missing'],
    [folder, 'system'],
  ];
  for (const [path, kind] of cases) {
    const result = await writeSafetensors(path, entries);
    assert.is(problem(result).kind, kind);
  }
});

test.run();
