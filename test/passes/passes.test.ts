import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../compiler/ir/graph.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { isReadProblem, readGraph } from '../../compiler/ir/read.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { dropUnused } from '../../compiler/passes/drop-unused.ts';
import { foldConstants } from '../../compiler/passes/fold-constants.ts';
import type { Pass } from '../../compiler/passes/pass.ts';
import { shareEqual } from '../../compiler/passes/share-equal.ts';

function read(text: string): Graph {
  const graph = readGraph(text);
  if (isReadProblem(graph)) throw new Error(`${graph.line}: ${graph.problem}`);
  return graph;
}

/** Before and after; where nothing is said of after, the pass has nothing to do. */
const CASES: readonly (readonly [Pass, string, string, string?])[] = [
  [
    foldConstants,
    'a table of angles becomes one constant, named after what it is made of; the product with t stays',
    `graph M
  input %0 t: [N]
  %1: int[4] = arange {size: 4}
  %2 freq: [4] = mul %1, -2.5
  %3: [1, 4] = rearrange %2 {pattern: "a -> 1 a"}
  %4: [N, 1] = rearrange %0 {pattern: "a -> a 1"}
  %5: [N, 4] = mul %4, %3
  return %5
`,
    `graph M
  input %0 t: [N]
  %1: [1, 4] = const freq
  %2: [N, 1] = rearrange %0 {pattern: "a -> a 1"}
  %3: [N, 4] = mul %2, %1
  return %3

// constants
graph freq
  %0: int[4] = arange {size: 4}; %1 freq: [4] = mul %0, -2.5; %2: [1, 4] = rearrange %1 {pattern: "a -> 1 a"}; return %2
`,
  ],
  [
    foldConstants,
    'a call whose operands are constant is a constant; each result that is wanted by itself',
    `graph M
  input %0 x: [N, 4]
  %1: int[4] = arange {size: 4}
  %2: [1, 4], %3: [1, 4] = call waves(%1)
  %4: [N, 4] = mul %0, %2
  %5: [N, 4] = add %4, %3
  return %5

graph waves
  input %0 k: int[4]
  %1: [4] = sin %0
  %2: [4] = cos %0
  %3: [1, 4] = rearrange %1 {pattern: "a -> 1 a"}
  %4: [1, 4] = rearrange %2 {pattern: "a -> 1 a"}
  return %3, %4
`,
    `graph M
  input %0 x: [N, 4]
  %1: [1, 4] = const waves#1
  %2: [1, 4] = const waves#3
  %3: [N, 4] = mul %0, %1
  %4: [N, 4] = add %3, %2
  return %4

// constants
graph waves#1
  %0: int[4] = arange {size: 4}; %1: [1, 4], %2: [1, 4] = call waves#2(%0); return %1
graph waves#2
  input %0 k: int[4]; %1: [4] = sin %0; %2: [4] = cos %0; %3: [1, 4] = rearrange %1 {pattern: "a -> 1 a"}
  %4: [1, 4] = rearrange %2 {pattern: "a -> 1 a"}; return %3, %4
graph waves#3
  %0: int[4] = arange {size: 4}; %1: [1, 4], %2: [1, 4] = call waves#2(%0); return %2
`,
  ],
  [
    foldConstants,
    'numbers, what has N in it, and what reads a weight are left alone',
    `graph M
  input %0 x: [N, 4]
  param w: [4] = 0
  %1: [N, 4] = fill 0.5
  %2: [N, 4] = neg %1
  %3: [1, 4] = rearrange @w {pattern: "a -> 1 a"}
  %4: [N, 4] = add %0, 0.5
  %5: [N, 4] = add %4, %2
  %6: [N, 4] = add %5, %3
  %7: [4] = call W() as v
  return %6, %7

// layers
graph W
  param w: [4] = 0; return @w
`,
  ],
  [
    shareEqual,
    'equal nodes and equal calls become one, through those that use them',
    `graph M
  input %0 x: [N, 4]
  %1: [N, 4] = silu %0
  %2: [N, 4] = silu %0
  %3: [N, 4] = call f(%1)
  %4: [N, 4] = call f(%2)
  %5: [N, 4] = add %3, %4
  return %5, %4

graph f
  input %0 x: [N, 4]
  %1: [N, 4] = neg %0
  return %1
`,
    `graph M
  input %0 x: [N, 4]
  %1: [N, 4] = silu %0
  %2: [N, 4] = call f(%1)
  %3: [N, 4] = add %2, %2
  return %3, %2

graph f
  input %0 x: [N, 4]
  %1: [N, 4] = neg %0
  return %1
`,
  ],
  [
    shareEqual,
    'two layers that look alike, two draws, and other attributes stay two',
    `graph M
  input %0 x: [N, 4]
  input %1 a: [N, 4] uniform
  input %2 b: [N, 4] uniform
  %3: [N, 4] = call L(%0) as a
  %4: [N, 4] = call L(%0) as b
  %5: [N, 4] = neg %1
  %6: [N, 4] = neg %2
  %7: [N, 4] = layernorm %0 {eps: 1e-6}
  %8: [N, 4] = layernorm %0 {eps: 1e-5}
  %9: [N, 4] = fill 0
  %10: [N, 4] = fill -0
  %11: [N, 1] = fill 0
  %12: [N, 4] = sub %5, %6
  %13: [N, 4] = sub %6, %5
  return %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13

// layers
graph L
  input %0 x: [N, 4]; param w: [1, 4] = 1; %1: [N, 4] = mul %0, @w; return %1
`,
  ],
  [
    dropUnused,
    'blocks ignore the memory: it is not computed for them, and they lose the input',
    `graph M
  input %0 x: [N, 4]
  input %1 c: [N, 4]
  %2 memory: [N, 8] = concat %0, %1 {axis: 1}
  %3: [N, 4] = call Block(%0, %2) as blocks.0
  for i in 1..5 {
    %{i+3}: [N, 4] = call Block(%{i+2}, %2) as blocks.{i}
  }
  return %7

// layers
graph Block
  input %0 x: [N, 4]; input %1 memory: [N, 8]; param w: [1, 4] = 1; %2: [N, 4] = mul %0, @w; return %2
`,
    `graph M
  input %0 x: [N, 4]
  input %1 c: [N, 4]
  %2: [N, 4] = call Block(%0) as blocks.0
  for i in 1..5 {
    %{i+2}: [N, 4] = call Block(%{i+1}) as blocks.{i}
  }
  return %6

// layers
graph Block
  input %0 x: [N, 4]; param w: [1, 4] = 1; %1: [N, 4] = mul %0, @w; return %1
`,
  ],
  [
    dropUnused,
    'a block whose callers want other results becomes two; what only the left out ones need goes',
    `graph M
  input %0 x: [N, 4]
  %1: [N, 4], %2: [N, 4] = call Two(%0) as a
  %3: [N, 4], %4: [N, 4] = call Two(%1) as b
  %5: [N, 4], %6: [N, 4] = call Two(%4) as c
  %7: [N, 4] = add %5, %6
  return %7

// layers
graph Two
  input %0 x: [N, 4]; param w: [1, 4] = 1; %1: [N, 4] = mul %0, @w; %2: [N, 4] = exp %0; return %1, %2
`,
    `graph M
  input %0 x: [N, 4]
  %1: [N, 4] = call Two#1(%0) as a
  %2: [N, 4] = call Two#2(%1) as b
  %3: [N, 4], %4: [N, 4] = call Two#3(%2) as c
  %5: [N, 4] = add %3, %4
  return %5

// layers
graph Two#1
  input %0 x: [N, 4]; param w: [1, 4] = 1; %1: [N, 4] = mul %0, @w; return %1
graph Two#2
  input %0 x: [N, 4]; param w: [1, 4] = 1; %1: [N, 4] = exp %0; return %1
graph Two#3
  input %0 x: [N, 4]; param w: [1, 4] = 1; %1: [N, 4] = mul %0, @w; %2: [N, 4] = exp %0; return %1, %2
`,
  ],
  [
    dropUnused,
    'weights of calls that go are still owned; inputs of the model stay',
    `graph M
  input %0 x: [N, 4]
  input %1 t: [N] timestep
  param v: [4] = 0
  %2: [N, 4] = call L(%0) as a
  %3: [N, 4] = call L(%0) as b
  %4: [N, 4] = fill 3
  return %3

// layers
graph L
  input %0 x: [N, 4]; param w: [1, 4] = 1; %1: [N, 4] = mul %0, @w; return %1
`,
    `graph M
  input %0 x: [N, 4]
  input %1 t: [N] timestep
  param v: [4] = 0
  owns L as a
  %2: [N, 4] = call L(%0) as b
  return %2

// layers
graph L
  input %0 x: [N, 4]; param w: [1, 4] = 1; %1: [N, 4] = mul %0, @w; return %1
`,
  ],
];

for (const [pass, name, before, after] of CASES) {
  test(`${pass.name}: ${name}`, () => {
    const graph = read(before);
    assert.equal(verify(graph), []);
    const made = pass.run(graph);
    assert.equal(verify(made), []);
    assert.is(printGraph(made), after ?? printGraph(graph));
    if (after === undefined) assert.is(made, graph);
  });
}

test('a graph of ten thousand constants in a row is folded without a deep stack', () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => `  %${index + 1}: [4] = neg %${index}\n`).join('');
  const graph = read(`graph M\n  %0: int[4] = arange {size: 4}\n${lines}  return %10000\n`);
  assert.equal(
    foldConstants.run(graph).nodes.map(({ kind }) => kind),
    ['const'],
  );
});

test.run();
