/** Types of results by hand, and what is said of operands that do not fit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { f32, showType, type TensorType } from '../../compiler/ir/type.ts';
import { isMisfit } from '../../compiler/ops/op.ts';
import { OPS } from '../../compiler/ops/registry.ts';
import { readTable } from './table.ts';

const FITS = readTable('shapes.txt');
const MISFITS = readTable('misfits.txt');

for (const { op, operands, attributes, expected, title } of FITS) {
  test(title, () => {
    const type = OPS[op].shape(operands, attributes);
    if (isMisfit(type)) throw new Error(type.misfit);
    assert.is(showType(type), expected[0]);
  });
}

for (const { op, operands, attributes, expected, title } of MISFITS) {
  test(`${title} does not fit`, () => {
    const type = OPS[op].shape(operands, attributes);
    if (!isMisfit(type)) throw new Error(`fits: ${showType(type)}`);
    assert.equal([String(type.at), type.misfit], expected);
  });
}

test('what would broadcast is said', () => {
  const N = { batch: 1 };
  const help = (a: TensorType, b: TensorType) => {
    const type = OPS.add.shape([a, b], {});
    return isMisfit(type) ? type.help : 'fits';
  };
  assert.is(help(f32(N, 256, 384), f32(N, 384)), 'give `[N, 384]` axes of size 1: `[:, _, :]`');
  assert.is(help(f32(384), f32(N, 256, 384)), 'give `[384]` axes of size 1: `[_, _, :]`');
  assert.is(help(f32(N, 4, 4, 8), f32(N)), 'give `[N]` axes of size 1: `[:, _, _, _]`');
  assert.is(help(f32(N, 4, 8), f32(8, 4)), undefined);
});

test('a pattern that is too long or has too many axes is refused', () => {
  const say = (pattern: string) => {
    const type = OPS.rearrange.shape([f32(3)], { pattern });
    return isMisfit(type) ? type.misfit : 'fits';
  };
  assert.is(say(`${'a'.repeat(1001)} -> a`), `pattern "${'a'.repeat(80)}…": longer than 1000 characters`);
  assert.is(say(`a -> a ${'1 '.repeat(64)}`).endsWith('more than 64 axes'), true);
});

test('every op is here, with a misfit if it has a rule of its own', () => {
  const names = Object.keys(OPS);
  assert.is(names.length, 42);
  const fitted = new Set<string>(FITS.map(({ op }) => op));
  assert.equal(
    names.filter((name) => !fitted.has(name)),
    [],
  );
  const ruled = [
    'add eq lt neg silu where softmax einsum conv2d conv2d_input conv2d_weight rearrange repeat reduce',
    'concat slice pad gather scatter argsort',
  ];
  const missed = new Set<string>(MISFITS.map(({ op }) => op));
  assert.equal(
    ruled
      .join(' ')
      .split(' ')
      .filter((name) => !missed.has(name)),
    [],
  );
});

test('an op is named in the registry as it names itself', () => {
  for (const [name, op] of Object.entries(OPS)) assert.is(op.name, name);
});

test.run();
