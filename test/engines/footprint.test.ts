/** What a program takes of the memory, said before it is taken: by hand arithmetic on graphs of a few nodes. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import { f32 } from '../../compiler/ir/type.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { engineError, faultOf } from '../../runtime/engines/engine-error.ts';
import { bytesNeeded, fits } from '../../runtime/engines/footprint.ts';
import { memoryLeft } from '../../runtime/engines/host-memory.ts';
import { reference } from '../../runtime/engines/reference.ts';
import { ditc } from '../cli/ditc.ts';
import { stateOf } from './program-parts.ts';

/** y = x w, then w halves */
function halving(): Program {
  const build = createBuilder();
  const x = build.input('x', f32({ batch: 1 }, 100));
  const w = stateOf(build, 'w', f32(100, 50));
  const b = stateOf(build, 'b', f32(50));
  const y = build.op('einsum', [x, w], { pattern: 'n i, i o -> n o' });
  const shifted = build.op('add', [y, build.op('rearrange', [b], { pattern: 'o -> 1 o' })]);
  const results = [
    { name: 'y', value: shifted },
    { name: 'next', value: build.op('mul', [w, build.number(0.5)]) },
  ];
  const zero = { kind: 'fill', value: 0 } as const;
  const state = [
    { name: 'w', type: f32(100, 50), trained: true, init: zero, update: 'next' },
    { name: 'b', type: f32(50), trained: true, init: zero },
  ];
  return { name: 'halving', graph: build.finish(results, { name: 'halving' }), state };
}

const footprint = { base: 1e6, kept: 3, replaced: 2, activations: 10 };

test('an engine, copies of state, and what lives at once', () => {
  // b stays: 3 · 4 · 50; w changes: 2 · 4 · 5000; x [4, 100] dies with the product, y and y + b [4, 50] live together
  const live = 4 * 4 * (100 + 50);
  assert.is(bytesNeeded(halving(), 4, footprint), 1e6 + 600 + 40_000 + 10 * live);
  assert.is(bytesNeeded(halving(), 8, footprint), 1e6 + 600 + 40_000 + 20 * live);
});

test('what does not fit is refused with both figures; who says nothing is believed', async () => {
  const engine = { ...reference, name: 'small', footprint: async () => footprint };
  assert.ok((await fits(engine, halving(), 4, () => 2e6)).ok);
  assert.equal(await fits(engine, halving(), 10_000, () => 2 ** 25), {
    ok: false,
    problem: {
      kind: 'space',
      file: 'halving, batch 10000',
      message: 'does not fit in memory: about 0.0568 GiB are needed on small, and 0.0313 GiB are left here',
      remedy: 'use a smaller batch, or try it nevertheless with --force',
    },
  });
  assert.ok((await fits(reference, halving(), 10_000, () => 0)).ok);
});

test('what is left: of the machine, and of the container', () => {
  const facts = { platform: 'linux', total: 16e9, free: 10e9, limit: Number.POSITIVE_INFINITY, own: 1e9 } as const;
  assert.is(memoryLeft(facts), 10e9);
  assert.is(memoryLeft({ ...facts, limit: 4e9 }), 3e9);
  assert.is(memoryLeft({ ...facts, limit: 0.5e9 }), 0);
  // macOS counts as free only what nobody ever used
  assert.is(memoryLeft({ ...facts, platform: 'darwin', free: 0.1e9 }), 15e9);
  assert.ok(memoryLeft() > 0);
});

test('errors that are nobody else’s bug are told apart', () => {
  assert.is(faultOf(engineError('missing', 'no memory')), 'missing');
  assert.is(faultOf(new Error('no memory')), undefined);
  assert.is(faultOf('no memory'), undefined);
});

test('ditc train refuses a batch that cannot fit, with exit 3 and before it makes a folder', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ditc-memory-'));
  try {
    const spec = path.join(import.meta.dirname, '..', '..', 'specs', 'mnist.dit');
    const words = ['train', `${spec}#mnist`, '--out', path.join(folder, 'run'), '--set', 'recipe.batch=1000000'];
    const { code, out, err } = ditc([...words, '--engine', 'onnx']);
    assert.equal([code, out], [3, '']);
    assert.match(
      err,
      /batch 1000000: does not fit in memory: about [\d.e+]+ GiB are needed on onnx, and [\d.]+ GiB are left here/,
    );
    assert.match(err, /= help: use a smaller batch, or try it nevertheless with --force/);
    assert.equal(readdirSync(folder), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
