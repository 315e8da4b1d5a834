/** Every op at its edges on the oracle, by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluate, roundTensor } from '../../compiler/lower/reference/evaluate.ts';
import { OPS } from '../../compiler/ops/registry.ts';
import { edgeGraph, feedEdge, misses, titleOf } from './edge-case.ts';
import { EDGE_CASES } from './edge-cases.ts';

for (const example of EDGE_CASES) {
  test(titleOf(example), () => {
    const { y } = evaluate(edgeGraph(example), { inputs: feedEdge(example, 'x') });
    assert.is(misses(roundTensor(y!), example.expected), undefined);
  });
}

/** Their results do not depend on what an operand holds, or there is none. */
const WITHOUT = ['conv2d_input', 'conv2d_weight', 'arange'];

test('every op has an edge', () => {
  const here = new Set<string>(EDGE_CASES.map(({ op }) => op));
  assert.equal(
    Object.keys(OPS).filter((op) => !here.has(op)),
    WITHOUT,
  );
});

test.run();
