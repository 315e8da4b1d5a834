import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph, Node, Owned, Weight } from '../../compiler/ir/graph.ts';
import { isReadProblem, readGraph } from '../../compiler/ir/read.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { randomGraph } from './random-graph.ts';

function read(text: string): Graph {
  const graph = readGraph(text);
  if (isReadProblem(graph)) throw new Error(`${graph.line}: ${graph.problem}`);
  return graph;
}

test('what the builder makes is right', () => {
  for (let seed = 0; seed < 200; seed++) assert.equal(verify(randomGraph(seed, 20)), [], `seed ${seed}`);
});

const LINEAR = `graph Linear
  input %0 x: [N, 4]
  param weight: [8, 4] = 0
  %1: [N, 8] = einsum %0, @weight {pattern: "n i, o i -> n o"}
  return %1
`;
/** the same layer with another weight, and one that ties */
const OTHER = LINEAR.replace('Linear', 'Other').replace('= 0', '= 1');
const PAIR = `graph Pair
  input %0 x: [N, 4]
  %1: [N, 8] = call Linear(%0) as a
  return %1
`;

/** A body of a graph with `x: [N, 4]` and `i: int[N]`, and all that is said of it. */
const BROKEN: readonly (readonly [string, string])[] = [
  ['%2: [N, 3] = neg %0', 'M: %2 = neg: it is `[N, 3]`, but should be `[N, 4]`'],
  ['%2: int[N, 4] = neg %0', 'M: %2 = neg: it is `int[N, 4]`, but should be `[N, 4]`'],
  ['%2: [N, 4] = add %0, %1', 'M: %2 = add: `[N, 4]` and `[N]` do not broadcast: ranks differ'],
  ['%2: [N, 4] = negate %0', 'M: %2 = negate: no op is called `negate`'],
  ['%2: [N, 4] = toString %0', 'M: %2 = toString: no op is called `toString`'],
  ['%2: [N, 4] = add %0', 'M: %2 = add: it has 1 operands, but takes 2'],
  ['%2: [N, 4] = neg %0, %0', 'M: %2 = neg: it has 2 operands, but takes 1'],
  ['%2: [4] = concat {axis: 0}', 'M: %2 = concat: it has 0 operands, but takes 1 or more'],
  ['%2: [N, 4] = layernorm %0 {eps: "small"}', 'M: %2 = layernorm: its attribute `eps` does not fit'],
  ['%2: [N, 4] = layernorm %0', 'M: %2 = layernorm: its attribute `eps` is missing'],
  ['%2: [N, 4] = neg %0 {loud: true}', 'M: %2 = neg: its attribute `loud` does not fit'],
  ['%2: [N, 2] = slice %0 {axis: 1, end: 2}', 'M: %2 = slice: its attribute `start` does not fit'],
  ['%2: [N, 0] = fill 1', 'M: %2 = const: `[N, 0]` has a dim that is not a positive int'],
  ['%2: [0N] = fill 1', 'M: %2 = const: `[0N]` has a dim that is not a positive int'],
  ['param w: [N] = 0', 'M: weight `w`: its shape `[N]` depends on the batch'],
  ['param w: int[4] = 0', 'M: weight `w`: it is trained, but holds int'],
  ['param w: [0] = 0', 'M: weight `w`: `[0]` has a dim that is not a positive int'],
  ['frozen w: [3] = const four', 'M: weight `w`: it is `[3]`, but starts as `[4]`'],
  ['frozen w: [4] = const Linear', 'M: weight `w`: the constant Linear reads an input'],
  ['%2: [4] = const two', 'M: %2 = const: the constant two has 2 results'],
  ['%2: [N] = const sized', 'M: %2 = const: the constant sized depends on the batch'],
  ['%2: [4] = const owner', 'M: %2 = const: the constant owner has a weight'],
  ['%2: [3] = const four', 'M: %2 = const: it is `[3]`, but should be `[4]`'],
  ['%2: [N, 8] = call Linear(%0)', 'M: %2 = call Linear: the weights inside, as `_`, are not owned'],
  ['%2: [N, 8] = call Linear(%0) reads a', 'M: %2 = call Linear: the weights inside, as `a`, are not owned'],
  [
    'owns Other as a; %2: [N, 8] = call Linear(%0) reads a',
    'M: %2 = call Linear: the weights inside, as `a`, are not owned',
  ],
  ['%2: [N, 8] = call Linear(%1) as a', 'M: %2 = call Linear: `x` is `int[N]`, but should be `[N, 4]`'],
  ['%2: [N, 8] = call Linear() as a', 'M: %2 = call Linear: the callee has 1 inputs, but gets 0'],
  ['%2: [N, 9] = call Linear(%0) as a', 'M: %2 = call Linear: result 0 is `[N, 9]`, but should be `[N, 8]`'],
  ['%2: [N, 8], %3: [N, 8] = call Linear(%0) as a', 'M: %2 = call Linear: the callee has 1 results, but 2 are taken'],
  ['%2: [N, 8] = call back(%0) reads a', 'M: %2 = call back: the weight `a.weight`, which it borrows, is not owned'],
  ['param w: [4] = 0; param w: [4] = 0', 'M: `w` is made twice'],
  ['param w: [4] = 0; shared param w: [4] = 0', 'M: `w` is made twice'],
  ['shared param w: [4] = 0; shared param w: [4] = 1', 'M: `w` is shared with two initial values'],
  ['shared param w: [4] = 0; shared frozen w: [4] = 0', 'M: `w` is shared as trained and as frozen'],
  ['shared param w: [4] = 0; shared param w: [5] = 0', 'M: `w` is shared as `[4]` and as `[5]`'],
  ['owns Linear as a; owns Linear as a', 'M: `a.weight` is made twice'],
  ['owns Linear as a; owns Linear as shared a', 'M: `a.weight` is made twice'],
  ['owns Linear as shared a; owns Other as shared a', 'M: `a.weight` is shared with two initial values'],
  ['owns Linear as _; param weight: [8, 4] = 0', 'M: `weight` is made twice'],
  ['owns Pair as x; owns Linear as x.a', 'M: `x.a.weight` is made twice'],
  ['owns Pair as _; owns Pair as a; owns Linear as a.a', 'M: `a.a.weight` is made twice'],
  ['param a.b: [1] = 0; owns Twice as t', 'M: `t.c.weight` is made twice'],
];

const OTHERS = `${LINEAR}${OTHER}${PAIR}graph Twice
  owns Linear as c
  owns Linear as c
  return
graph four
  %0: [4] = fill 0
  return %0
graph two
  %0: [4] = fill 0
  return %0, %0
graph sized
  %0: [N] = fill 0
  return %0
graph owner
  param w: [4] = 0
  return @w
graph back borrows
  input %0 g: [N, 4]
  param weight: [8, 4] = 0
  %1: [N, 8] = einsum %0, @weight {pattern: "n i, o i -> n o"}
  return %1
`;

for (const [body, problem] of BROKEN) {
  test(problem, () => {
    const graph = read(`graph M\n  input %0 x: [N, 4]\n  input %1 i: int[N]\n  ${body}\n  return %0\n${OTHERS}`);
    assert.equal(verify(graph), [problem]);
  });
}

/** Bodies that are right although they look like mistakes. */
const RIGHT = [
  'shared param w: [4] = 0; shared param w: [4] = 0',
  'owns Linear as shared a; owns Linear as shared a',
  'owns Pair as shared x; owns Linear as shared x.a',
  'owns Twice as shared t',
  'param a: [1] = 0; owns Linear as a',
  'owns Linear as a; owns Linear as a.a; owns Linear as aa',
  '%2: [N, 8] = call Linear(%0) as a; %3: [N, 8] = call Linear(%0) reads a',
  '%2: [N, 8] = call Linear(%0) as a; %3: [N, 8] = call back(%0) reads a',
  'owns Pair as _; %3: [N, 8] = call back(%0) reads a',
  'frozen w: int[4] = 0',
  '%2: [3N, 2N] = fill -inf',
];

for (const body of RIGHT) {
  test(`right: ${body}`, () => {
    assert.equal(
      verify(read(`graph M\n  input %0 x: [N, 4]\n  input %1 i: int[N]\n  ${body}\n  return %0\n${OTHERS}`)),
      [],
    );
  });
}

const base = read(
  `graph M\n  input %0 x: [N, 4]\n  %1: [N, 4] = neg %0\n  param w: [4] = 0\n  %2: [1, 4] = rearrange @w {pattern: "a -> 1 a"}\n  return %1\n`,
);
const change = (parts: Partial<Graph>): Graph => ({ ...base, ...parts });
const [neg, read_, turn] = base.nodes as [Node, Node & { weight: Weight }, Node];

/** Graphs that text cannot say. */
const UNSPEAKABLE: readonly (readonly [Graph, RegExp])[] = [
  [change({ nodes: [turn, neg, read_] }), /^M: %1 = rearrange uses @w before it is defined$/],
  [change({ nodes: [neg, neg, read_, turn] }), /^M: %\d = neg defines %\d again$/],
  [change({ nodes: [{ ...neg, results: [9] }] }), /neg defines value 9, which the graph does not have$/],
  [change({ nodes: [{ ...neg, results: [] }, read_, turn] }), /neg has 0 results$/],
  [change({ nodes: [{ ...neg, results: [1, 1] }] }), /neg has 2 results$/],
  [change({ results: [{ value: 77 }] }), /^M: the result %\? is not defined$/],
  [
    change({
      results: [
        { name: 'a', value: 0 },
        { name: 'a', value: 0 },
      ],
    }),
    /^M: two results are called `a`$/,
  ],
  [change({ owns: [] }), /^M: @w = weight: the weight `w` is not owned$/],
  [
    change({
      owns: base.owns.map(
        (owned) =>
          ({
            ...owned,
            weight: { ...(owned as { weight: Weight }).weight, init: { kind: 'normal', std: 1 } },
          }) as Owned,
      ),
    }),
    /owned with another type or start$/,
  ],
  [change({ borrows: true }), /^M: it borrows weights and owns some$/],
];

for (const [graph, problem] of UNSPEAKABLE) {
  test(String(problem), () => {
    const problems = verify(graph);
    assert.ok(
      problems.some((said) => problem.test(said)),
      problems.join('\n'),
    );
  });
}

test('a graph that reaches itself', () => {
  const graph: { -readonly [key in keyof Graph]: Graph[key] } = { ...base, nodes: [...base.nodes] };
  (graph.nodes as Node[]).push({
    kind: 'call',
    callee: { ...base, nodes: [{ kind: 'call', callee: graph, operands: [0], prefix: '', results: [1] }] },
    operands: [0],
    prefix: '',
    results: [2],
  });
  assert.match(verify(graph).join(), /reaches itself/);
});

test('ten thousand layers of shared depth are not listed', () => {
  // 20 levels, each calling the level below ten times: 10^20 weights
  let text = '';
  for (let level = 0; level < 20; level++) {
    const owns = Array.from({ length: 10 }, (_, index) => `  owns L${level + 1} as b.${index}\n`).join('');
    text += `graph L${level}\n  input %0 x: [N]\n${owns}  return %0\n`;
  }
  assert.equal(verify(read(`${text}graph L20\n  input %0 x: [N]\n  param w: [2] = 0\n  return %0\n`)), []);
});

test.run();
