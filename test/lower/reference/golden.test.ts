/** Kernels against the official DiT code's ops: LayerNorm, GELU, SiLU, softmax, attention, layouts of patches. */
import { test } from 'uvu';
import type { Attributes } from '../../../compiler/ir/graph.ts';
import type { HostTensor } from '../../../compiler/ir/tensor.ts';
import { KERNELS } from '../../../compiler/lower/reference/kernels/table.ts';
import type { OpName } from '../../../compiler/ops/registry.ts';
import { assertGolden, readGolden } from '../../golden.ts';
import { floats } from './tensors.ts';

const ops = readGolden('dit/ops');
const embed = readGolden('dit/embed');
const given = (key: string): HostTensor => ops.tensors.get(key)!;

function run(
  op: OpName,
  shape: readonly number[],
  operands: readonly HostTensor[],
  attributes: Attributes = {},
): HostTensor {
  const result = { dtype: 'f32', shape } as const;
  return { ...result, data: KERNELS[op]({ operands, result, attributes, batch: 1 }) };
}

const unary = (op: OpName, x: HostTensor, attributes: Attributes = {}): HostTensor => run(op, x.shape, [x], attributes);
const row = (x: HostTensor, rank: number): HostTensor => ({
  ...x,
  shape: [...Array.from({ length: rank - 1 }, () => 1), x.shape[0]!],
});

for (const rows of ['small', 'unit', 'offset', 'constant']) {
  test(`layernorm of ${rows} rows`, () => {
    const normed = unary('layernorm', given(`input.rows.${rows}`), { eps: 1e-6 });
    assertGolden(ops, `output.layer_norm.${rows}`, normed);
    const scaled = run('mul', normed.shape, [normed, row(given('norm.weight'), normed.shape.length)]);
    const affine = run('add', normed.shape, [scaled, row(given('norm.bias'), normed.shape.length)]);
    assertGolden(ops, `output.layer_norm_affine.${rows}`, affine);
  });
}

for (const [op, input] of [
  ['gelu_tanh', 'line'],
  ['silu', 'line'],
  ['softmax', 'logits'],
] as const) {
  test(op, () => assertGolden(ops, `output.${op}`, unary(op, given(`input.${input}`))));
}

test('modulate: x (1 + scale) + shift', () => {
  const x = given('input.rows.unit');
  const vector = (key: string): HostTensor => ({ ...given(key), shape: [3, 1, 16] });
  const scale = run('add', [3, 1, 16], [floats(1), vector('input.scale')]);
  const scaled = run('mul', x.shape, [x, scale]);
  assertGolden(ops, 'output.modulate', run('add', x.shape, [scaled, vector('input.shift')]));
});

function attention(x: HostTensor, heads: number): HostTensor {
  const [n, t, d] = x.shape as [number, number, number];
  const linear = (input: HostTensor, name: string, out: number): HostTensor => {
    const y = run('einsum', [n, t, out], [input, given(`${name}.weight`)], { pattern: '... i, o i -> ... o' });
    return run('add', y.shape, [y, row(given(`${name}.bias`), 3)]);
  };
  const parts = run('rearrange', [3, n, heads, t, d / heads], [linear(x, 'attn.qkv', 3 * d)], {
    pattern: 'n t (3 h k) -> 3 n h t k',
    sizes: { h: heads },
  });
  const partAt = (i: number): HostTensor => {
    const part = run('slice', [1, n, heads, t, d / heads], [parts], { axis: 0, start: i, end: i + 1 });
    return { ...part, shape: part.shape.slice(1) };
  };
  const [q, k, v] = [partAt(0), partAt(1), partAt(2)];
  const scores = run('einsum', [n, heads, t, t], [q, k], { pattern: 'n h t k, n h s k -> n h t s' });
  const weights = unary('softmax', run('div', scores.shape, [scores, floats(Math.sqrt(d / heads))]));
  const mixed = run('einsum', q.shape, [weights, v], { pattern: 'n h t s, n h s v -> n h t v' });
  return linear(run('rearrange', x.shape, [mixed], { pattern: 'n h t v -> n t (h v)' }), 'attn.proj', d);
}

for (const heads of [1, 2, 4]) {
  test(`attention with ${heads} heads`, () => {
    const tokens = given('input.tokens');
    assertGolden(ops, `output.attention.heads${heads}`, attention(tokens, heads));
    const large = run('mul', tokens.shape, [tokens, floats(30)]);
    assertGolden(ops, `output.attention.heads${heads}.times30`, attention(large, heads));
  });
}

test('timestep embedding: [cos | sin] of t at falling frequencies', () => {
  const t = embed.json.config.t as number[];
  const half = 128;
  const steps = { ...run('arange', [half], [], { size: half }), dtype: 'int' } as const;
  const exponents = run('mul', [half], [steps, floats(-Math.log(10000) / half)]);
  const freq = { ...unary('exp', exponents), shape: [1, half] };
  const angle = run('mul', [t.length, half], [{ ...floats(t), shape: [t.length, 1] }, freq]);
  const both = run('concat', [t.length, 2 * half], [unary('cos', angle), unary('sin', angle)], { axis: 1 });
  assertGolden(embed, 'output.timestep.256', both);
});

for (const [p, c, g] of [
  [2, 3, 2],
  [4, 1, 3],
] as const) {
  test(`patches of ${p} by ${p}, ${c} channels`, () => {
    const count = g * g * p * p * c;
    const tokens = { ...floats([...Array(count).keys()]), shape: [1, g * g, p * p * c] };
    const image = run('rearrange', [1, c, g * p, g * p], [tokens], {
      pattern: 'n (h w) (p q c) -> n c (h p) (w q)',
      sizes: { h: g, p, q: p },
    });
    assertGolden(embed, `output.unpatchify.p${p}c${c}g${g}`, image);
    const pixels = { ...floats([...Array(count).keys()]), shape: [1, c, g * p, g * p] };
    const patches = run('rearrange', [1, g * g, c * p * p], [pixels], {
      pattern: 'n c (h p) (w q) -> n (h w) (c p q)',
      sizes: { p, q: p },
    });
    assertGolden(embed, `output.patchify.p${p}c${c}g${g}`, patches);
  });
}

test.run();
