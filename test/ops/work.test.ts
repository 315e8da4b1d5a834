/** MACs and FLOPs of every op by hand arithmetic. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BoundType, isMisfit } from '../../compiler/ops/op.ts';
import { OPS } from '../../compiler/ops/registry.ts';
import { readTable } from './table.ts';

const TABLE = readTable('costs.txt');

for (const { op, operands, attributes, expected, title } of TABLE) {
  test(title, () => {
    const result = OPS[op].shape(operands, attributes);
    if (isMisfit(result)) throw new Error(result.misfit);
    const work = OPS[op].work(operands as readonly BoundType[], result as BoundType, attributes);
    assert.equal([String(work.macs), String(work.flops)], expected);
  });
}

test('every op is here', () => {
  const here = new Set<string>(TABLE.map(({ op }) => op));
  assert.equal(
    Object.keys(OPS).filter((name) => !here.has(name)),
    [],
  );
});

test.run();
