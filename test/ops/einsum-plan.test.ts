/** Plans of `einsum`: the usual products move nothing, and random contractions come out as their patterns say. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import { f32, type Shape } from '../../compiler/ir/type.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { type EinsumPlan, einsumPlan } from '../../compiler/ops/einsum-plan.ts';
import { isMistake } from '../../compiler/ops/op.ts';
import { type Dense, reshape, sum, transpose } from './dense.ts';
import { coordinates, randomInts, volume } from './pattern-case.ts';

const N = { batch: 1 };

function planOf(pattern: string, a: Shape, b: Shape): EinsumPlan {
  const plan = einsumPlan(pattern, a, b);
  if (isMistake(plan)) throw new Error(plan.misfit);
  return plan;
}

/** `0` or `1`: the operand; `'`: transposed; `~`: moved. Then `~` where the result is moved. */
function manner({ sides, permutation }: EinsumPlan): string {
  const moved = (order: readonly number[]) => (order.every((from, to) => from === to) ? '' : '~');
  const side = ({ operand, transposed, ...rest }: EinsumPlan['sides'][number]) =>
    `${operand}${transposed ? "'" : ''}${moved(rest.permutation)}`;
  return `${sides.map(side).join(' ')}${moved(permutation)}`;
}

test('a linear layer multiplies by the transposed weight', () => {
  assert.equal(planOf('... i, o i -> ... o', [N, 256, 384], [1152, 384]), {
    batch: [],
    left: [N, 256],
    contracted: [384],
    right: [1152],
    sides: [
      { operand: 0, sum: [], permutation: [0, 1, 2], transposed: false },
      { operand: 1, sum: [], permutation: [0, 1], transposed: true },
    ],
    permutation: [0, 1, 2],
    shape: [N, 256, 1152],
  });
});

const MANNERS: readonly (readonly [string, Shape, Shape, string])[] = [
  // the gradients of a linear layer, the weight's in either order
  ['... o, o i -> ... i', [N, 9, 4], [4, 5], '0 1'],
  ['... o, ... i -> o i', [N, 9, 4], [N, 9, 5], "0' 1"],
  ['... o, ... i -> i o', [N, 9, 4], [N, 9, 5], "1' 0"],
  // attention and its gradients
  ['n h t k, n h s k -> n h t s', [N, 6, 9, 4], [N, 6, 7, 4], "0 1'"],
  ['n h t s, n h s v -> n h t v', [N, 6, 9, 7], [N, 6, 7, 4], '0 1'],
  ['n h t s, n h t k -> n h s k', [N, 6, 9, 7], [N, 6, 9, 4], "0' 1"],
  // heads behind the tokens: both operands move
  ['n t h k, n s h k -> n h t s', [N, 9, 6, 4], [N, 7, 6, 4], '0~ 1~'],
  ['i, j -> j i', [3], [4], '1 0'],
];

for (const [pattern, a, b, wanted] of MANNERS)
  test(`${pattern} goes ${wanted}`, () => assert.is(manner(planOf(pattern, a, b)), wanted));

test('what one operand has alone is summed first', () => {
  const plan = planOf('a b c, b d e -> d', [2, 3, 4], [3, 5, 6]);
  assert.equal(plan.sides.map(({ operand, sum }) => [operand, sum]).sort(), [
    [0, [0, 2]],
    [1, [2]],
  ]);
  assert.equal([plan.batch, plan.contracted, plan.shape], [[], [3], [5]]);
});

/** The matrix product of a plan, one number after the other. */
function follow(plan: EinsumPlan, operands: readonly [Dense, Dense]): Dense {
  const [b, l, k, r] = [plan.batch, plan.left, plan.contracted, plan.right].map((dims) => volume(dims as number[])) as [
    number,
    number,
    number,
    number,
  ];
  const [one, two] = plan.sides.map(
    (side) => transpose(sum(operands[side.operand], side.sum), side.permutation).data,
  ) as [readonly number[], readonly number[]];
  const data = [...coordinates([b, l, r])].map(([batch, row, column]) => {
    let total = 0;
    for (let i = 0; i < k; i++) {
      const x = plan.sides[0].transposed ? (batch! * k + i) * l + row! : (batch! * l + row!) * k + i;
      const y = plan.sides[1].transposed ? (batch! * r + column!) * k + i : (batch! * k + i) * r + column!;
      total += one[x]! * two[y]!;
    }
    return total;
  });
  const shape = [...plan.batch, ...plan.left, ...plan.right] as number[];
  return transpose(reshape({ shape: [b, l, r], data }, shape), plan.permutation);
}

test('plans and the oracle do what 400 contractions mean', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const below = randomInts(seed * 6007);
    const sizes = [1 + below(3), 1 + below(3), 2, 3, 1 + below(2)];
    const letters = [...'abcde'];
    const pick = () =>
      letters
        .map((letter) => [below(1000), letter] as const)
        .sort()
        .map(([, letter]) => letter)
        .filter(() => below(5) > 1);
    const [one, two] = [pick(), pick()];
    const result = [...new Set([...two, ...one])].filter(() => below(2) === 0);
    const pattern = `${one.join(' ')}, ${two.join(' ')} -> ${result.join(' ')}`;
    const sizeOf = (letter: string) => sizes[letters.indexOf(letter)]!;
    const dense = (names: string[], step: number): Dense => {
      const shape = names.map(sizeOf);
      return { shape, data: Array.from({ length: volume(shape) }, (_, i) => ((i * step) % 7) - 3) };
    };
    const [a, b] = [dense(one, 2), dense(two, 5)];
    const at = ({ shape, data }: Dense, names: string[], place: readonly number[]) =>
      data[names.reduce((offset, name, axis) => offset * shape[axis]! + place[letters.indexOf(name)]!, 0)]!;
    const used = letters.filter((letter) => one.includes(letter) || two.includes(letter));
    const wanted = new Array<number>(volume(result.map(sizeOf))).fill(0);
    for (const place of coordinates(letters.map((letter) => (used.includes(letter) ? sizeOf(letter) : 1)))) {
      const to = result.reduce((offset, name) => offset * sizeOf(name) + place[letters.indexOf(name)]!, 0);
      wanted[to]! += at(a, one, place) * at(b, two, place);
    }
    const planned = follow(planOf(pattern, a.shape, b.shape), [a, b]);
    assert.equal(planned.shape, result.map(sizeOf), pattern);
    assert.equal(planned.data, wanted, pattern);

    const build = createBuilder();
    const operands = [build.input('a', f32(...a.shape)), build.input('b', f32(...b.shape))];
    const graph = build.finish([{ name: 'y', value: build.op('einsum', operands, { pattern }) }], { name: 'einsum' });
    const feed = ({ shape, data }: Dense) => ({ dtype: 'f32', shape, data: Float64Array.from(data) }) as const;
    const { y } = evaluate(graph, { inputs: { a: feed(a), b: feed(b) } });
    assert.equal(
      [...y!.data].map((value) => value + 0),
      wanted.map((value) => value + 0),
      pattern,
    );
  }
});

test.run();
