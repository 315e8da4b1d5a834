import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isComplete, matchWeights, type Needed } from '../../runtime/weights/match.ts';
import { renamed } from '../../runtime/weights/renaming.ts';

const NEEDED: readonly Needed[] = [
  { path: 'pos_embed', shape: [1, 4, 8], trained: false },
  { path: 'blocks.0.attn.qkv.weight', shape: [24, 8], trained: true },
  { path: 'blocks.0.attn.qkv.bias', shape: [24], trained: true },
  { path: 'blocks.1.attn.qkv.weight', shape: [24, 8], trained: true },
  { path: 'blocks.1.attn.qkv.bias', shape: [24], trained: true },
];

type Names = Readonly<Record<string, readonly number[]>>;
const file = (names: Names) => new Map(Object.entries(names).map(([name, shape]) => [name, { shape }]));
const same = (change: (path: string) => string = (path) => path): Names =>
  Object.fromEntries(NEEDED.map(({ path, shape }) => [change(path), shape]));

test('a file of the same names and shapes matches', () => {
  const matching = matchWeights(NEEDED, file(same()));
  assert.ok(isComplete(matching));
  assert.equal(
    [...matching.matched],
    NEEDED.map(({ path }) => [path, path]),
  );
  assert.equal([matching.missing, matching.unexpected, matching.outside, matching.prefix], [[], [], [], undefined]);
});

test('a missing one, and the name that was meant, with the number of its block', () => {
  const { 'blocks.1.attn.qkv.bias': bias, ...rest } = same();
  const matching = matchWeights(
    NEEDED,
    file({ ...rest, 'blocks.1.attn.to_qkv.bias': bias!, 'blocks.2.attn.qkv.bias': bias! }),
  );
  assert.not.ok(isComplete(matching));
  assert.equal(matching.missing, [{ ...NEEDED[4]!, nearest: 'blocks.1.attn.to_qkv.bias' }]);
  assert.equal(matching.unexpected, [
    { name: 'blocks.1.attn.to_qkv.bias', shape: [24], nearest: 'blocks.1.attn.qkv.bias' },
    { name: 'blocks.2.attn.qkv.bias', shape: [24], nearest: undefined },
  ]);
});

test('among names that look alike, the one of the right shape was meant', () => {
  const { pos_embed: _, ...rest } = same();
  const matching = matchWeights(NEEDED, file({ ...rest, pos_embeds: [9], other_table: [1, 4, 8] }));
  assert.is(matching.missing[0]!.nearest, 'pos_embeds');
  const closer = matchWeights(NEEDED, file({ ...rest, pos_embeds: [9], pos_emb: [1, 4, 8] }));
  assert.is(closer.missing[0]!.nearest, 'pos_emb');
});

test('another shape is neither a match nor missing', () => {
  const matching = matchWeights(NEEDED, file({ ...same(), pos_embed: [1, 16, 8] }));
  assert.equal(matching.otherShape, [{ path: 'pos_embed', name: 'pos_embed', needed: [1, 4, 8], found: [1, 16, 8] }]);
  assert.is(matching.missing.length, 0);
  assert.not.ok(isComplete(matching));
});

test('what else is in the file does no harm', () => {
  const matching = matchWeights(NEEDED, file({ ...same(), 'extra.weight': [1] }));
  assert.ok(isComplete(matching));
  assert.equal(
    matching.unexpected.map(({ name }) => name),
    ['extra.weight'],
  );
});

test('a prefix is stripped, and what lacks it is outside', () => {
  const names = { ...same((path) => `model.diffusion_model.${path}`), 'first_stage_model.w': [3] };
  const matching = matchWeights(NEEDED, file(names), { strip: ['model.diffusion_model.'] });
  assert.ok(isComplete(matching));
  assert.is(matching.matched.get('pos_embed'), 'model.diffusion_model.pos_embed');
  assert.equal([matching.outside, matching.unexpected], [['first_stage_model.w'], []]);
});

test('a prefix that nobody stripped is found', () => {
  const names = { ...same((path) => `model.diffusion_model.${path}`), 'first_stage_model.w': [3] };
  assert.equal(matchWeights(NEEDED, file(names)).prefix, { text: 'model.diffusion_model.', matches: 5 });
  assert.equal(matchWeights(NEEDED, file({ 'other.w': [1] })).prefix, undefined);
});

test('two names for one path clash', () => {
  const names = { ...same(), ...same((path) => `module.${path}`) };
  const matching = matchWeights(NEEDED, file(names), { strip: ['module.', ''] });
  assert.not.ok(isComplete(matching));
  assert.equal(matching.clashes[0], { path: 'pos_embed', names: ['pos_embed', 'module.pos_embed'] });
});

test('renaming: prefix, then whole names, then the longest part', () => {
  const rename = new Map([
    ['a.', 'x.'],
    ['a.b.', 'y.'],
    ['a.b.c', 'z'],
  ]);
  const cases: [string, string | undefined][] = [
    ['m.a.q', 'x.q'],
    ['m.a.b.q', 'y.q'],
    ['m.a.b.c', 'z'],
    ['m.a.b.c.d', 'y.c.d'],
    ['m.other', 'other'],
    ['other', undefined],
    ['m.a', 'a'],
  ];
  for (const [name, path] of cases) assert.is(renamed(name, { strip: ['m.'], rename }), path, name);
});

test('thousands of names without a match are told apart quickly, guesses or not', () => {
  const names = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, i) => [`layer.attention.weights_${'abcdefghij'[i % 10]}${i}`, [i % 7]]),
  );
  const needed = Array.from({ length: 20_000 }, (_, i) => ({
    path: `stage.attention.weight_${'jihgfedcba'[i % 10]}`.padEnd(40, 'x') + 'y'.repeat(i % 5),
    shape: [3],
    trained: true,
  }));
  assert.is(matchWeights(needed, file(names)).missing.length, 20_000);
});

test.run();
