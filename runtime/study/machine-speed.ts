/** How fast an engine multiplies matrices here: what a plan's time is guessed from, and shares of it are told. */
import { createBuilder } from '../../compiler/ir/builder.ts';
import { f32 } from '../../compiler/ir/type.ts';
import type { Engine } from '../engines/engine.ts';

const SIDE = 512;
const MOST_SECONDS = 0.3;

/** FLOPs a second of one product of two square matrices, the best of a few. */
export async function matmulSpeed(engine: Engine, threads?: number): Promise<number> {
  const build = createBuilder();
  const type = f32(SIDE, SIDE);
  const [a, b] = [build.input('a', type), build.input('b', type)];
  const product = build.op('einsum', [a, b], { pattern: 'm k, k n -> m n' });
  const sum = build.op('reduce', [product], { pattern: 'm n -> ', op: 'sum' });
  const graph = build.finish([{ name: 'sum', value: sum }], { name: 'matmul' });
  const session = await engine.load({ name: 'matmul', graph, state: [] }, new Map(), { batch: 1, threads });
  const matrix = { dtype: 'f32', shape: [SIDE, SIDE], data: new Float32Array(SIDE * SIDE).fill(0.5) } as const;
  let best = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let turn = 0; turn < 8 && performance.now() - start < MOST_SECONDS * 1000; turn++) {
    const begun = performance.now();
    await session.run({ a: matrix, b: matrix });
    best = Math.min(best, performance.now() - begun);
  }
  await session.dispose();
  return (2 * SIDE ** 3) / (best / 1000);
}
