/** Every op on an engine against the float64 oracle. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { distance } from './closeness.ts';
import { fill, OP_CASES, type OpCase } from './op-cases.ts';

/** One graph that does all cases of an op, each on inputs of its own. */
function program(op: string, cases: readonly OpCase[]) {
  const build = createBuilder();
  const feeds: Record<string, HostTensor> = {};
  const results = cases.map(({ operands, attributes }, at) => {
    const values = operands.map((operand, i) => {
      const name = `x${at}_${i}`;
      feeds[name] = fill(operand, 100 * at + i);
      return build.input(name, operand);
    });
    return { name: `y${at}`, value: build.op(op, values, attributes) };
  });
  return { graph: build.finish(results, { name: op }), feeds };
}

/** `tolerances`: of the largest number of a result, where it is not 1e-5. */
export function testOps(engine: Engine, tolerances: Readonly<Record<string, number>> = {}): void {
  for (const [op, cases] of Object.entries(OP_CASES)) {
    test(`${engine.name}: ${op}`, async () => {
      const { graph, feeds } = program(op, cases);
      const want = evaluate(graph, { inputs: feeds });
      const session = await engine.load({ name: op, graph, state: [] }, new Map(), { batch: 1, threads: 1 });
      const got = await session.run(feeds);
      for (const [at, { operands, attributes }] of cases.entries()) {
        const apart = distance(got[`y${at}`]!, want[`y${at}`]!);
        const shapes = operands.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(' ');
        const allowed = tolerances[op] ?? 1e-5;
        assert.ok(apart <= allowed, `${op} ${shapes} ${JSON.stringify(attributes)}: ${apart}`);
      }
      await session.dispose();
    });
  }
}
