import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Problem } from '../../runtime/weights/problem.ts';
import type { TensorFile } from '../../runtime/weights/tensor-file.ts';
import { openTorch } from '../../runtime/weights/torch.ts';
import { openWeights } from '../../runtime/weights/weights-file.ts';
import { scratchFolder } from '../data/scratch.ts';
import { checkpoint, dict, global, join as joined, pickle, tensor, text } from './archive.ts';
import { problem, value } from './outcome.ts';

const GOLDEN = new URL('../golden/weights/', import.meta.url).pathname;
const VALUES: { layouts: Expected; training: Record<string, Expected> } = JSON.parse(
  readFileSync(join(GOLDEN, 'values.json'), 'utf8'),
);

/** shape and numbers by name, as PyTorch has them */
type Expected = Record<string, [number[], number[]]>;

const open = (name: string, part?: string) => openTorch(join(GOLDEN, name), part);

function contents(file: TensorFile): Expected {
  const names = [...file.tensors.keys()];
  const all = names.map((name) => {
    const tensor = value(file.read(name));
    return [name, [[...tensor.shape], Array.from(tensor.data)]] as const;
  });
  file.close();
  return Object.fromEntries(all) as unknown as Expected;
}

test('views, shared storages, parameters and every dtype have the numbers that PyTorch has', async () => {
  for (const name of ['layouts.pt', 'layouts.protocol4.pt'])
    assert.equal(contents(value(await open(name))), VALUES.layouts, name);
});

test('the order is that of the state_dict', async () => {
  const file = value(await open('layouts.pt'));
  assert.equal([...file.tensors.keys()], Object.keys(VALUES.layouts));
  assert.equal(file.tensors.get('f16.transposed')!.dtype, 'F16');
  file.close();
});

test('parts of a training checkpoint: ema is taken, others by name', async () => {
  const file = value(await open('training.pt'));
  assert.is(file.part, 'ema');
  assert.equal(
    file.parts.filter((part) => !part.startsWith('opt/')),
    ['model', 'ema'],
  );
  assert.equal(contents(file), VALUES.training.ema);
  assert.equal(contents(value(await open('training.pt', 'model'))), VALUES.training.model);
  const moments = contents(value(await open('training.pt', 'opt/state/0')));
  assert.equal(Object.keys(moments), ['step', 'exp_avg', 'exp_avg_sq']);
  // after one step with gradient 1: (1 - 0.9) · 1 and (1 - 0.999) · 1, in float32
  assert.equal(moments.exp_avg, [[2, 3], new Array(6).fill(Math.fround(0.1))]);
  assert.ok(moments.exp_avg_sq![1].every((number) => Math.abs(number - 0.001) < 1e-9));
});

/** An `OrderedDict` of one tensor, as `torch.save` writes it: noted in the memo before it is filled. */
const noted = (place: number, of: Uint8Array) =>
  joined(global('collections', 'OrderedDict'), ')R', 'q', place, '(', text('w'), of, 'u');

test('a dictionary under two names is a part by either, and so is what it holds', async () => {
  const weights = noted(1, tensor({ shape: [2], strides: [1] }));
  const again = joined('h', 1);
  // the entries of a file, the part that is opened unless said (if one is), and all parts
  const cases: [string, Uint8Array[], string | undefined, string[]][] = [
    ['first steps of an average', [text('model'), weights, text('ema'), again], 'ema', ['model', 'ema']],
    ['names of one’s own', [text('net'), weights, text('best'), again], 'net', ['net', 'best']],
    [
      'deeper',
      [text('model'), joined(dict(text('net'), weights), 'q', 2), text('ema'), joined('h', 2)],
      undefined,
      ['model/net', 'ema/net'],
    ],
  ];
  const file = join(scratchFolder(), 'shared.pt');
  for (const [what, entries, first, all] of cases) {
    writeFileSync(file, checkpoint(pickle(dict(...entries)), { 0: new Uint8Array(Float32Array.of(3, 4).buffer) }));
    for (const part of all) {
      const opened = value(await openTorch(file, part));
      assert.equal([opened.part, [...opened.parts]], [part, all], what);
      assert.equal(contents(opened), { w: [[2], [3, 4]] }, what);
    }
    if (first === undefined) continue;
    const opened = value(await openTorch(file));
    assert.is(opened.part, first, what);
    opened.close();
  }
});

test('a part that is not there names those that are', async () => {
  const { kind, remedy } = problem(await open('training.pt', 'emma'));
  assert.is(kind, 'missing');
  assert.match(remedy, '`model`, `ema`');
  assert.match(problem(await open('layouts.pt', 'ema')).remedy, 'outermost');
});

test('state_dict of other trainers, with its prefix', async () => {
  const file = value(await open('lightning.pt'));
  assert.is(file.part, 'state_dict');
  assert.equal(
    [...file.tensors.keys()],
    ['first.weight', 'first.bias', 'second.weight', 'second.bias'].map((name) => `module.${name}`),
  );
  file.close();
});

test('what is not read says what it is and what to do', async () => {
  const cases: [string, Problem['kind'], RegExp, RegExp][] = [
    ['module.pt', 'refused', /`torch\.nn\.modules\.container\.Sequential`/, /state_dict/],
    ['tensor.pt', 'missing', /no dictionary of tensors/, /state_dict/],
    ['legacy.pt', 'unsupported', /before 1\.6/, /torch\.save/],
  ];
  for (const [name, kind, message, remedy] of cases) {
    const found = problem(await openWeights(join(GOLDEN, name)));
    assert.is(found.kind, kind, name);
    assert.match(found.message, message);
    assert.match(found.remedy, remedy);
  }
});

test('formats are told apart by their bytes', async () => {
  assert.is(value(await openWeights(join(GOLDEN, 'training.pt'), 'model')).format, 'torch');
  assert.is(value(await openWeights(join(GOLDEN, 'dtypes.safetensors'))).format, 'safetensors');
  assert.match(problem(await openWeights(join(GOLDEN, 'dtypes.safetensors'), 'ema')).message, 'no parts');
});

test.run();
