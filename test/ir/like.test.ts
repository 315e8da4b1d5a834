/** What is known of a graph that is like another is what is found of the same graph alone. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runWork } from '../../compiler/cost/run-work.ts';
import { digestOf } from '../../compiler/ir/digest.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { setLike } from '../../compiler/ir/like.ts';
import { isReadProblem, readGraph } from '../../compiler/ir/read.ts';

const CALLEES = `graph Linear
  input %0 x: [N, 4]
  input %1 c: [N, 4]
  param weight: [4, 4] = 0
  %2: [N, 4] = einsum %0, @weight {pattern: "n i, o i -> n o"}
  %3: [N, 4] = add %2, %1
  return %3
graph Scale
  input %0 x: [N, 4]
  input %1 c: [N, 4]
  param scale: [4] = 1
  %2: [N, 4] = mul %0, @scale
  %3: [N, 4] = add %2, %1
  return %3
graph Alone
  input %0 x: [N, 4]
  input %1 c: [N, 4]
  param scale: [4] = 1
  %2: [N, 4] = mul %0, @scale
  return %2
graph Sum
  input %0 x: [N, 4]
  input %1 c: [N, 4]
  %2: [N, 4] = add %0, %1
  return %2
graph Product
  input %0 x: [N, 4]
  input %1 c: [N, 4]
  %2: [N, 4] = mul %0, %1
  return %2
`;

/** Two calls in a row, the second of what the first gives, and one of the same as the first. */
const modelOf = ([first, second, last]: readonly string[], shared = ''): Graph => {
  const weights = (callee: string, prefix: string) =>
    callee === 'Sum' || callee === 'Product' ? '' : ` as ${shared}${prefix}`;
  const called = new Set([first, second, last]);
  const callees = CALLEES.split(/(?=^graph )/m).filter((text) => called.has(/^graph (\w+)/.exec(text)![1]!));
  const graph = readGraph(`graph M
  input %0 x: [N, 4]
  input %1 t: [N, 4]
  %2: [N, 4] = silu %1
  %3: [N, 4] = call ${first}(%0, %2)${weights(first!, 'a.0')}
  %4: [N, 4] = call ${second}(%3, %2)${weights(second!, 'a.1')}
  %5: [N, 4] = call ${last}(%0, %2)${weights(last!, 'b')}
  return y: %4, z: %5
${callees.join('')}`);
  if (isReadProblem(graph)) throw new Error(`${graph.line}: ${graph.problem}`);
  return graph;
};

const known = (graph: Graph) => {
  const { macs, flops } = runWork(graph);
  return { digest: digestOf(graph), macs, flops };
};

const ALL = ['Linear', 'Scale', 'Alone', 'Sum', 'Product'];

for (const shared of ['', 'shared '])
  for (const at of [3, 4, 5] as const)
    test(`any callee for any other at %${at}${shared && ', shared'}`, () => {
      for (const others of ALL.flatMap((one) => ALL.map((other) => [one, other])))
        for (const before of ALL)
          for (const now of ALL.filter((each) => each !== before)) {
            const callees = (callee: string) => others.toSpliced(at - 3, 0, callee);
            const [like, alone] = [modelOf(callees(now), shared), modelOf(callees(now), shared)];
            const graph = modelOf(callees(before), shared);
            known(graph);
            const node = like.nodes.findIndex(({ results }) => results[0] === at);
            setLike(like, { graph, at: [node] });
            assert.equal(known(like), known(alone), `${callees(before)} as ${callees(now)}`);
            const again = modelOf(callees(before), shared);
            setLike(again, { graph: like, at: [node] });
            assert.equal(known(again), known(graph), `${callees(before)} as ${callees(now)} and again`);
          }
    });

test.run();
