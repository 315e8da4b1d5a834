import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import { createBuilder } from '../../compiler/ir/builder.ts';
import { digestOf } from '../../compiler/ir/digest.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { isReadProblem, readGraph } from '../../compiler/ir/read.ts';
import { f32 } from '../../compiler/ir/type.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { runPasses } from '../../compiler/passes/pipeline.ts';
import { TRAINING, trainingGraph } from '../grad/dit.ts';
import { randomGraph } from './random-graph.ts';
import { plainGraphs } from './same-graph.ts';
import { shippedModel } from './spec-model.ts';

function read(text: string): Graph {
  const graph = readGraph(text);
  if (isReadProblem(graph)) throw new Error(`${graph.line}: ${graph.problem}`);
  return graph;
}

/** x W^T on [N, 4], as a layer of `std.nn` is built */
function linear(out: number): Graph {
  const build = createBuilder();
  const x = build.input('x', f32({ batch: 1 }, 4));
  const weight = {
    path: 'weight',
    type: f32(out, 4),
    trained: true,
    init: { kind: 'xavier_uniform', fanIn: 4, fanOut: out },
  } as const;
  const bias = { path: 'bias', type: f32(out), trained: false, init: { kind: 'fill', value: 0 } } as const;
  for (const owned of [weight, bias]) build.own({ kind: 'weight', weight: owned, shared: false });
  const w = build.weight(weight);
  const b = build.weight(bias);
  build.nameValue(w, 'weight');
  build.nameValue(b, 'b');
  const y = build.op('einsum', [x, w], { pattern: '... i, o i -> ... o' });
  const sum = build.op('add', [y, build.op('rearrange', [b], { pattern: 'o -> 1 o' })]);
  build.nameValue(sum, 'y');
  return build.finish([{ value: sum }], { name: 'Linear', settings: `out: ${out}` });
}

test('a model and its layers', () => {
  const build = createBuilder();
  const x = build.input('x', f32({ batch: 1 }, 4), { kind: 'image' });
  const [square, wide] = [linear(4), linear(8)];
  let h = x;
  for (let i = 0; i < 6; i++) {
    h = build.call(square, [h], `blocks.${i}`)[0]!;
    build.own({ kind: 'call', callee: square, prefix: `blocks.${i}`, shared: false });
  }
  const y = build.call(wide, [h], 'head')[0]!;
  build.own({ kind: 'call', callee: wide, prefix: 'head', shared: true });
  const scaled = build.op('mul', [y, build.number(1 / 3)]);
  const graph = build.finish([{ name: 'eps', value: scaled }, { value: x }], { name: 'Model' });
  assert.is(
    printGraph(graph),
    `graph Model
  input %0 x: [N, 4] image
  for i in 0..6 {
    %{i+1}: [N, 4] = call Linear#1(%{i}) as blocks.{i}
  }
  %7: [N, 8] = call Linear#2(%6) as shared head
  %8: [N, 8] = mul %7, 0.333333
  return eps: %8, %0

// layers
graph Linear#1 {out: 4}
  input %0 x: [N, 4]; param weight: [4, 4] = xavier_uniform(4, 4); frozen b as bias: [4] = 0
  %1: [N, 4] = einsum %0, @weight {pattern: "... i, o i -> ... o"}; %2: [1, 4] = rearrange @bias {pattern: "o -> 1 o"}
  %3 y: [N, 4] = add %1, %2; return %3
graph Linear#2 {out: 8}
  input %0 x: [N, 4]; param weight: [8, 4] = xavier_uniform(4, 8); frozen b as bias: [8] = 0
  %1: [N, 8] = einsum %0, @weight {pattern: "... i, o i -> ... o"}; %2: [1, 8] = rearrange @bias {pattern: "o -> 1 o"}
  %3 y: [N, 8] = add %1, %2; return %3
`,
  );
});

/** Text that reads back as itself, one case an idea. */
const FIXED_POINTS: readonly (readonly [string, string])[] = [
  [
    'loops of two lines, counting up by two and down',
    `graph M
  input %0 x: [N, 4]
  for i in 0..5 {
    %{2i+1} x: [N, 4] = call A(%{2i}) as blocks.{2i}
    %{2i+2} y: [N, 4] = call A(%{2i+1}) as up.{4-i}.attn
  }
  return %10

graph A
  input %0 x: [N, 4]
  param w: [4] = normal(0.02)
  %1: [N, 4] = call F(%0)
  return %1

graph F
  input %0 x: [N, 4]
  %1: [N, 4] = neg %0
  return %1
`,
  ],
  [
    'a long skip: operands count down',
    `graph M
  input %0 x: [N, 4]
  for i in 0..5 {
    %{i+1}: [N, 4] = call F(%{i}, %0)
  }
  for i in 0..4 {
    %{i+6}: [N, 4] = call F(%{i+5}, %{4-i})
  }
  return %9

graph F
  input %0 x: [N, 4]
  input %1 c: [N, 4]
  %2: [N, 4] = add %0, %1
  return %2
`,
  ],
  [
    'what is owned apart from the calls',
    `graph M
  input %0 x: [N, 4]
  owns A as gone
  param w: [4] = 0.5
  owns A as b.0
  %1: [N, 4] = call A(%0) as b.1
  shared param v: [4] = uniform(0.25)
  %2: [N, 4] = call A(%1) reads b.0
  return %2

// layers
graph A
  input %0 x: [N, 4]; param weight: [4] = 1; %1: [1, 4] = rearrange @weight {pattern: "o -> 1 o"}
  %2: [N, 4] = mul %0, %1; return %2
`,
  ],
  [
    'loops of what is owned, and of what borrows it',
    `graph M
  input %0 x: [N, 4]
  for i in 0..6 {
    %{i+1}: [N, 4] = call B(%{i}) reads up.{5-i}
  }
  for i in 0..6 {
    owns A as up.{i}
  }
  return %6

// layers
graph B borrows
  input %0 x: [N, 4]; param w: [1, 4] = 0; %1: [N, 4] = mul %0, @w; return %1
graph A
  param w: [1, 4] = 0; return
`,
  ],
  [
    'roles, dtypes, numbers, attributes',
    `graph M {a: "{b}", c\\\\d}
  input %0 y: int[N] label(10, null: 10)
  input %1 z (other): bool[2N, 3] mask
  input %2 "a b": [] timestep
  %3: [] = mul %2, -inf
  %4: [] = add %3, 1e-6
  %5: [] = add %4, -0
  %6: int[N] = add %0, int(3)
  %7: [N, 2] = fill 1.5e20
  %8: [N, 2, 3] = repeat %7 {pattern: "a b -> a b c", sizes: {c: 3, m: 2N, n: N}}
  %9: [4, 2, 3] = odd {flag: true, list: [1, 2.5], text: "a \\"b\\"; c"}
  return %8, %6, x: %5, %1, 2
`,
  ],
  [
    'a backward graph borrows',
    `graph M
  input %0 x: [N, 4]
  %1: [N, 4] = call A(%0) as a
  %2: [N, 4] = call A.backward(%1) reads a
  return %2

// layers
graph A
  input %0 x: [N, 4]; param weight: [4] = 1; %1: [1, 4] = rearrange @weight {pattern: "o -> 1 o"}
  %2: [N, 4] = mul %0, %1; return %2
graph A.backward borrows {of: A}
  input %0 g: [N, 4]; param weight: [4] = 1; %1: [1, 4] = rearrange @weight {pattern: "o -> 1 o"}
  %2: [N, 4] = mul %0, %1; return %2
`,
  ],
  [
    'constants',
    `graph M
  frozen table: [4] = const angles
  %0: [4] = const angles
  %1: [4] = add %0, @table
  return %1

// constants
graph angles
  %0: int[4] = arange {size: 4}; %1: [4] = call wave(%0); return %1
graph wave
  input %0 x: int[4]; %1: [4] = sin %0; return %1
`,
  ],
];

for (const [name, text] of FIXED_POINTS) {
  test(`reads back: ${name}`, () => assert.is(printGraph(read(text)), text));
}

test('a loop is its turns', () => {
  const body = (lines: string) =>
    `graph M\n  input %0 x: [N]\n${lines}  return %5\ngraph F\n  input %0 x: [N]\n  %1: [N] = neg %0\n  return %1\n`;
  const loop = read(body('  for i in 3..8 {\n    %{i-2}: [N] = call F(%{i-3}) as b.{2i}.{9-i}\n  }\n'));
  const turns = [3, 4, 5, 6, 7].map((i) => `  %${i - 2}: [N] = call F(%${i - 3}) as b.${2 * i}.${9 - i}\n`);
  assert.equal(plainGraphs(loop), plainGraphs(read(body(turns.join('')))));
  assert.equal(
    loop.nodes.map((node) => node.kind === 'call' && node.prefix),
    ['b.6.6', 'b.8.5', 'b.10.4', 'b.12.3', 'b.14.2'],
  );
});

test('a name that looks like a loop is none', () => {
  const build = createBuilder();
  let x = build.input('x', f32(2));
  const inner = createBuilder();
  const f = inner.finish([{ value: inner.op('neg', [inner.input('x', f32(2))]) }], { name: 'f{i}' });
  for (let turn = 0; turn < 8; turn++) {
    x = build.call(f, [x], '')[0]!;
    build.nameValue(x, '{i}');
  }
  const graph = build.finish([{ value: x }], { name: 'M' });
  assert.equal(plainGraphs(read(printGraph(graph))), plainGraphs(graph));
});

test('random graphs read back as they are', () => {
  for (let seed = 0; seed < 200; seed++) {
    const graph = randomGraph(seed);
    const exact = printGraph(graph, { digits: 'exact' });
    const back = read(exact);
    assert.equal(plainGraphs(back), plainGraphs(graph), `seed ${seed}`);
    assert.is(printGraph(back, { digits: 'exact' }), exact);
    assert.is(digestOf(back), digestOf(graph));
    assert.equal(verify(back), []);
    const text = printGraph(graph);
    assert.is(printGraph(read(text)), text);
  }
});

test('models read back, before passes and after', () => {
  const models = [
    ['dit.dit', 'DiT-S/2'],
    ['uvit.dit', 'U-ViT-S/2-cifar10'],
    ['mdt.dit', 'MDTv2-S/2'],
    ['latte.dit', 'Latte-S/2'],
    ['vae_decoder.dit', 'sd-vae-256'],
  ] as const;
  for (const [file, name] of models) {
    const { inference, training } = shippedModel(file, name);
    for (const graph of [inference, training, runPasses(training)]) {
      const back = read(printGraph(graph, { digits: 'exact' }));
      assert.equal(plainGraphs(back), plainGraphs(graph), name);
    }
  }
});

test('a graph of gradients reads back: forward, backward, borrowed weights', () => {
  const gradients = gradientGraph(trainingGraph(TRAINING, 'Training'));
  for (const graph of [gradients, runPasses(gradients)]) {
    const back = read(printGraph(graph, { digits: 'exact' }));
    assert.equal(plainGraphs(back), plainGraphs(graph));
    assert.is(digestOf(back), digestOf(graph));
    assert.equal(verify(back), []);
  }
});

test('the depth of a model does not show in its text', () => {
  const lines = (depth: string) =>
    printGraph(shippedModel('dit.dit', 'DiT-S/2', [{ path: 'size.depth', value: depth }]).inference).split('\n').length;
  assert.is(lines('1000'), lines('12'));
});

test.run();
