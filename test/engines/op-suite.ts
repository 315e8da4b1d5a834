/** Every op on an engine against the float64 oracle. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { distance } from './closeness.ts';
import { buildCase, feedCase, hasBatch, type OpCase, titleOf } from './op-case.ts';
import { OP_CASES } from './op-cases.ts';

const ARRAYS = { f32: Float32Array, int: Int32Array, bool: Uint8Array };

interface NamedCase {
  readonly op: string;
  readonly example: OpCase;
}

/** `tolerances`: of the largest number of a result, where it is not 1e-5. */
export function testOps(engine: Engine, tolerances: Readonly<Record<string, number>> = {}): void {
  /** One graph that does all cases, each on inputs of its own. */
  const check = async (name: string, cases: readonly NamedCase[], batch: number): Promise<void> => {
    const build = createBuilder();
    const inputs: Record<string, HostTensor> = {};
    const results = cases.map(({ op, example }, at) => {
      Object.assign(inputs, feedCase(example, `x${at}`, batch, 100 * at));
      return { name: `y${at}`, value: buildCase(build, op, example, `x${at}`) };
    });
    const graph = build.finish(results, { name });
    const want = evaluate(graph, { inputs, batch });
    const session = await engine.load({ name, graph, state: [] }, new Map(), { batch, threads: 1 });
    const got = await session.run(inputs);
    await session.dispose();
    for (const [at, { op, example }] of cases.entries()) {
      const result = got[`y${at}`]!;
      const apart = distance(result, want[`y${at}`]!);
      assert.is(result.data.constructor, ARRAYS[result.dtype], `${op} ${titleOf(example)}: in another type`);
      assert.ok(apart <= (tolerances[op] ?? 1e-5), `${op} ${titleOf(example)}, N = ${batch}: ${apart}`);
    }
  };
  const named = Object.entries(OP_CASES).map(([op, cases]) => cases.map((example) => ({ op, example })));

  for (const cases of named) {
    const [{ op }] = cases as [NamedCase];
    test(`${engine.name}: ${op}`, () => check(op, cases, 3));
  }

  test(`${engine.name}: every op with one sample`, () =>
    check(
      'one sample',
      named.flat().filter(({ example }) => hasBatch(example)),
      1,
    ));
}
