/** `ditc forward` against numbers of the reference code, in files as PyTorch would write them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { entriesOf, openSafetensors, writeSafetensors } from '../../runtime/weights/safetensors.ts';
import { FAMILIES, familyGolden } from '../families/cases.ts';
import { assertGolden, readGolden, toChannelsLast } from '../golden.ts';
import { ditc } from './ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-forward-'));
test.after(() => rmSync(folder, { recursive: true }));
const root = path.join(import.meta.dirname, '..', '..');
const at = (name: string): string => path.join(folder, name);

async function write(name: string, tensors: Readonly<Record<string, HostTensor>>): Promise<string> {
  const written = await writeSafetensors(at(name), entriesOf(Object.entries(tensors)));
  assert.ok(written.ok);
  return at(name);
}

function read(name: string): Map<string, HostTensor> {
  const file = openSafetensors(at(name));
  if (!file.ok) throw new Error(file.problem.message);
  const tensors = new Map(
    [...file.value.tensors.keys()].map((key) => {
      const tensor = file.value.read(key);
      if (!tensor.ok) throw new Error(tensor.problem.message);
      return [key, tensor.value];
    }),
  );
  file.value.close();
  return tensors;
}

const golden = familyGolden('sit_tiny');
const given = (key: string): HostTensor => golden.tensors.get(`input.${key}`)!;
const sets = Object.entries(FAMILIES.sit_tiny.set).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
const weights = path.join(root, 'test/golden/families/sit_tiny.safetensors');
const target = [`${path.join(root, 'specs/sit.dit')}#SiT`, ...sets, '--weights', weights];

test('outputs under their names, images as PyTorch has them', async () => {
  const inputs = await write('in.safetensors', { x: given('x'), t: given('t'), y: given('y') });
  for (const engine of ['onnx', 'wasm', 'reference']) {
    const words = ['forward', ...target, '--inputs', inputs, '--out', at('out.safetensors'), '--layout', 'nchw'];
    const { code, out, err } = ditc([...words, '--engine', engine]);
    assert.equal([code, err], [0, '']);
    assert.match(out, /^name +shape +least +largest\nvelocity +\[4, 4, 8, 8\] /);
    assertGolden(golden, 'output.out', read('out.safetensors').get('velocity'));
  }
});

test('images as they are here, and every value on the way', async () => {
  const inputs = await write('last.safetensors', { x: toChannelsLast(given('x')), t: given('t'), y: given('y') });
  const words = ['forward', ...target, '--inputs', inputs, '--out', at('all.safetensors'), '--all', '--json'];
  const { code, out } = ditc(words);
  assert.is(code, 0);
  const document = JSON.parse(out);
  assert.equal([document.ok, document.engine, document.batch], [true, 'onnx', 4]);
  const all = read('all.safetensors');
  assert.is(document.tensors.length, all.size);
  assert.equal(all.get('velocity')!.shape, [4, 8, 8, 4]);
  for (const [key, name] of [
    ['t_emb', 't_embedder'],
    ['y_emb', 'y_embedder'],
    ['tokens', 'x'],
    ['block.0', 'blocks.0'],
    ['block.2', 'blocks.2'],
    ['final', 'final_layer'],
  ] as const) {
    assertGolden(golden, `output.hidden.${key}`, all.get(name));
  }
  for (const name of ['blocks.1.attn', 'blocks.1.attn.qkv', 'blocks.1.attn.softmax', 'blocks.1.x#2'])
    assert.ok(all.has(name), name);
});

test('vector-Jacobian products: grad.NAME of every weight and float input', async () => {
  const block = readGolden('dit/block_adaln_zero');
  const tensor = (key: string): HostTensor => block.tensors.get(`input.${key}`)!;
  const inputs = await write('vjp-in.safetensors', { x: tensor('x'), t: tensor('t'), y: tensor('y') });
  const r = tensor('r');
  const [n, channels, ...side] = r.shape as [number, number, number, number];
  const size = side[0]! * side[1]!;
  const half = (from: number): HostTensor => {
    const data = Float32Array.from({ length: r.data.length / 2 }, (_, i) => {
      const sample = Math.floor(i / ((channels / 2) * size));
      return r.data[sample * channels * size + from * size + (i % ((channels / 2) * size))]!;
    });
    return { dtype: 'f32', shape: [n, channels / 2, ...side], data };
  };
  const cotangents = await write('cotangents.safetensors', { eps: half(0), sigma: half(channels / 2) });
  const set = ['size.depth=2', 'size.width=32', 'size.heads=4', 'side=8', 'classes=10'].flatMap((each) => [
    '--set',
    each,
  ]);
  const file = path.join(root, 'test/golden/dit/block_adaln_zero.safetensors');
  const words = ['forward', `${path.join(root, 'specs/dit.dit')}#DiT`, ...set, '--weights', file, '--inputs', inputs];
  const { code, err } = ditc([...words, '--vjp', cotangents, '--out', at('grads.safetensors'), '--layout', 'nchw']);
  assert.equal([code, err], [0, '']);
  const found = read('grads.safetensors');
  assertGolden(block, 'grad.input.x', found.get('grad.x'));
  const wanted = [...block.tensors.keys()].filter((key) => key.startsWith('grad.') && key !== 'grad.input.x');
  assert.ok(wanted.length > 30);
  for (const key of wanted) assertGolden(block, key, found.get(key));
  assert.ok(found.has('eps') && found.has('grad.t'));
});

test('without weights the initial values, the same for one seed', async () => {
  const inputs = await write('init.safetensors', { x: given('x'), t: given('t'), y: given('y') });
  const spec = [`${path.join(root, 'specs/sit.dit')}#SiT`, ...sets, '--layout', 'nchw', '--inputs', inputs, '--all'];
  const value = (seed: string): HostTensor['data'] => {
    assert.is(ditc(['forward', ...spec, '--out', at('seed.safetensors'), '--seed', seed]).code, 0);
    return read('seed.safetensors').get('x_embedder')!.data;
  };
  const [one, again, two] = [value('1'), value('1'), value('2')];
  assert.equal(again, one);
  assert.not.equal(two, one);
});

test('what does not fit is said with the way out', async () => {
  const { x, t, y } = { x: given('x'), t: given('t'), y: given('y') };
  const few: HostTensor = { dtype: 'f32', shape: [2], data: Float32Array.of(0, 1) };
  const half: HostTensor = { ...y, data: Float32Array.of(0.5, 1, 2, 3) };
  const cases: readonly (readonly [tensors: Record<string, HostTensor>, more: string[], code: number, err: RegExp])[] =
    [
      [{ x, t }, ['--layout', 'nchw'], 1, /lacks the input `y`\n {2}= help: add it: it is int\[N\]\n$/],
      [
        { x, t, y },
        [],
        1,
        /tensor `x`: has the shape \[4, 4, 8, 8\], and the model wants \[N, 8, 8, 4\]\n {2}= help: use `--layout nchw`\n$/,
      ],
      [{ x, t: few, y }, ['--layout', 'nchw'], 1, /tensor `t`: has a batch of 2, and others have 4\n/],
      [{ x, t, y: half }, ['--layout', 'nchw'], 1, /tensor `y`: holds 0.5, and is to hold ints\n/],
      [
        { x, t, y },
        ['--layout', 'nchw', '--engine', 'wsm'],
        2,
        /there is no engine `wsm`\n {2}= help: did you mean `wasm`\?\n$/,
      ],
      [{ x, t, y }, ['--layout', 'nchw', '--all', '--vjp', at('none')], 2, /`--all` and `--vjp` do not go together\n/],
      [{ x, t, y }, ['--layout', 'nchw', '--vjp', at('none')], 3, /none: .*\n/],
    ];
  for (const [tensors, more, wanted, expected] of cases) {
    const inputs = await write('bad.safetensors', tensors);
    const { code, out, err } = ditc(['forward', ...target, '--inputs', inputs, '--out', at('bad-out'), ...more]);
    assert.equal([code, out], [wanted, ''], err);
    assert.match(err, expected);
  }
  const inputs = await write('more.safetensors', { x, t, y, z: t });
  const { code, err } = ditc(['forward', ...target, '--inputs', inputs, '--out', at('more-out'), '--layout', 'nchw']);
  assert.equal([code, err], [0, 'ditc: nothing reads `z`\n']);
});

test.run();
