/** Plans of `rearrange`, `repeat` and `reduce`: some by hand, and many against what their patterns mean. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import { type Dim, f32, showShape } from '../../compiler/ir/type.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { isMistake, type Misfit } from '../../compiler/ops/op.ts';
import { inversePattern } from '../../compiler/ops/pattern-inverse.ts';
import { rearrangePlan, reducePlan, repeatPlan } from '../../compiler/ops/pattern-plan.ts';
import { bindSizes } from '../../compiler/ops/pattern-sizes.ts';
import { broadcast, type Dense, reshape, sum, transpose } from './dense.ts';
import { patternCase, volume } from './pattern-case.ts';

const N: Dim = { batch: 1 };
const many = (batch: number): Dim => ({ batch });

function sound<T extends object>(plan: T | Misfit): T {
  if (isMistake(plan)) throw new Error(plan.misfit);
  return plan;
}

test('heads are split off and moved', () => {
  assert.equal(rearrangePlan('n t (3 h k) -> 3 n h t k', { h: 6 }, [N, 256, 1152]), {
    split: [N, 256, 3, 6, 64],
    permutation: [2, 0, 3, 1, 4],
    shape: [3, N, 6, 256, 64],
  });
});

test('what stays side by side is one axis', () => {
  // q and c stay neighbours, and so do n and h
  assert.equal(rearrangePlan('n (h p) (w q) c -> n (h w) (p q c)', { p: 2, q: 2 }, [N, 32, 32, 4]), {
    split: [many(16), 2, 16, 8],
    permutation: [0, 2, 1, 3],
    shape: [N, 256, 16],
  });
  assert.equal(rearrangePlan('(n f) t d -> (n t) f d', { f: 16 }, [many(16), 64, 384]), {
    split: [N, 16, 64, 384],
    permutation: [0, 2, 1, 3],
    shape: [many(64), 16, 384],
  });
});

test('where nothing moves there is at most one axis to permute', () => {
  assert.equal(rearrangePlan('(n f) h w c -> n f h w c', { f: 16 }, [many(16), 8, 8, 4]), {
    split: [many(4096)],
    permutation: [0],
    shape: [N, 16, 8, 8, 4],
  });
  assert.equal(rearrangePlan('1 1 -> ', {}, [1, 1]), { split: [], permutation: [], shape: [] });
  assert.equal(rearrangePlan('n 1 d -> d 1 n', {}, [1, 1, 5]), { split: [5], permutation: [0], shape: [5, 1, 1] });
});

test('two multiples of N are never one axis', () => {
  assert.equal(rearrangePlan('a b -> a 1 b', {}, [N, many(2)]), {
    split: [N, many(2)],
    permutation: [0, 1],
    shape: [N, 1, many(2)],
  });
});

test('new axes are put in and spread', () => {
  assert.equal(repeatPlan('t k -> t (k 2)', {}, [16, 8]), {
    split: [128],
    permutation: [0],
    insert: [128, 1],
    expand: [128, 2],
    shape: [16, 16],
  });
  assert.equal(repeatPlan('1 1 d -> n t d', { n: N, t: 7 }, [1, 1, 8]), {
    split: [8],
    permutation: [0],
    insert: [1, 8],
    expand: [many(7), 8],
    shape: [N, 7, 8],
  });
});

test('axes that go are reduced', () => {
  assert.equal(reducePlan('n ... -> n', {}, [N, 8, 8, 4]), {
    split: [N, 256],
    axes: [1],
    reduced: [256],
    permutation: [0],
    shape: [N],
  });
  assert.equal(reducePlan('n (g c) -> c n', { g: 3 }, [N, 12]), {
    split: [N, 3, 4],
    axes: [1],
    reduced: [3],
    permutation: [1, 0],
    shape: [4, N],
  });
  assert.equal(reducePlan('a 1 b -> b', {}, [1, 1, 4]), {
    split: [4],
    axes: [],
    reduced: [],
    permutation: [0],
    shape: [4],
  });
});

test('sizes are bound with the shape', () => {
  assert.equal(bindSizes({ n: many(2), t: 7 }, 3), { n: 6, t: 7 });
  assert.is(bindSizes(undefined, 3), undefined);
});

const INVERSES = [
  [
    'rearrange',
    'n (h p) (w q) c -> n (h w) (p q c)',
    { p: 2, q: 2 },
    [N, 32, 32, 4],
    'n (h w) (p q c) -> n (h p) (w q) c',
    { w: 16, q: 2, c: 4 },
  ],
  ['rearrange', 'n t (3 h k) -> 3 n h t k', { h: 6 }, [N, 5, 36], '3 n h t k -> n t (3 h k)', undefined],
  ['rearrange', '(n f) d -> n f d', { f: 16 }, [many(16), 3], 'n f d -> (n f) d', undefined],
  ['rearrange', 'n f d -> (n f) d', undefined, [N, 16, 3], '(n f) d -> n f d', { f: 16 }],
  ['rearrange', 'n ... -> (...) n', undefined, [N, 3, 5], '(r0 r1) n -> n r0 r1', { r1: 5 }],
  ['rearrange', '... d -> d ...', undefined, [2, 3], 'd ... -> ... d', undefined],
  ['rearrange', '1 ... -> ...', undefined, [1], '-> 1', undefined],
  ['repeat', 't k -> t (k 2)', {}, [16, 8], 't (k 2) -> t k', undefined],
  ['repeat', 'n d -> (n f) d', { f: 16 }, [N, 8], '(n f) d -> n d', { f: 16 }],
  ['reduce', 'n ... -> n', undefined, [N, 8, 4], 'n -> n r0 r1', { r0: 8, r1: 4 }],
  ['reduce', 'r0 ... -> r0', undefined, [2, 3], 'r0 -> r0 rr0', { rr0: 3 }],
  ['reduce', '... d -> ... 1', undefined, [2, 3, 4], '... 1 -> ... d', { d: 4 }],
  ['reduce', 'n t ->', undefined, [N, 4], '-> n t', { n: N, t: 4 }],
] as const;

for (const [kind, pattern, sizes, shape, back, needed] of INVERSES) {
  test(`${kind} ${pattern} back`, () => {
    assert.equal(
      inversePattern(kind, pattern, sizes, shape),
      needed ? { pattern: back, sizes: needed } : { pattern: back },
    );
  });
}

const counting = (shape: readonly number[]): Dense => ({
  shape,
  data: Array.from({ length: volume(shape) }, (_, i) => i + 1),
});

type Kind = 'rearrange' | 'repeat' | 'reduce';

/** The steps of a plan, done. */
function follow(kind: Kind, pattern: string, sizes: Readonly<Record<string, number>>, x: Dense): Dense {
  if (kind === 'rearrange') {
    const plan = sound(rearrangePlan(pattern, sizes, x.shape));
    return reshape(transpose(reshape(x, plan.split as number[]), plan.permutation), plan.shape as number[]);
  }
  if (kind === 'repeat') {
    const plan = sound(repeatPlan(pattern, sizes, x.shape));
    const moved = transpose(reshape(x, plan.split as number[]), plan.permutation);
    return reshape(broadcast(reshape(moved, plan.insert as number[]), plan.expand as number[]), plan.shape as number[]);
  }
  const plan = sound(reducePlan(pattern, sizes, x.shape));
  const reduced = sum(reshape(x, plan.split as number[]), plan.axes);
  return reshape(transpose(reduced, plan.permutation), plan.shape as number[]);
}

for (const kind of ['rearrange', 'repeat', 'reduce'] as const) {
  test(`${kind}: plans and the oracle do what 400 patterns mean`, () => {
    for (let seed = 1; seed <= 400; seed++) {
      const { pattern, sizes, shape, result, sources } = patternCase(kind, seed * 7919);
      const x = counting(shape);
      const wanted = sources.map((own) => own.reduce((total, i) => total + x.data[i]!, 0));
      const said = `${pattern} ${JSON.stringify(sizes)} of ${showShape(shape)}`;
      const planned = follow(kind, pattern, sizes, x);
      assert.equal(planned.shape, result, said);
      assert.equal(planned.data, wanted, said);

      const build = createBuilder();
      const input = build.input('x', f32(...shape));
      const attributes = { pattern, sizes, ...(kind === 'reduce' && { op: 'sum' }) };
      const graph = build.finish([{ name: 'y', value: build.op(kind, [input], attributes) }], { name: kind });
      const feed = { dtype: 'f32', shape, data: Float64Array.from(x.data) } as const;
      assert.equal([...evaluate(graph, { inputs: { x: feed } }).y!.data], wanted, said);

      // there and back again
      const inverse = inversePattern(kind, pattern, sizes, shape);
      const opposite = kind === 'rearrange' ? 'rearrange' : kind === 'repeat' ? 'reduce' : 'repeat';
      const back = follow(opposite, inverse.pattern, (inverse.sizes ?? {}) as Record<string, number>, planned);
      assert.equal(back.shape, shape, `${said} and back by ${inverse.pattern}`);
      if (kind === 'rearrange') assert.equal(back.data, x.data, said);
    }
  });
}

test.run();
