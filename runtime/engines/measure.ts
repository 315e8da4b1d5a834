/**
 * How fast an engine is here, in FLOPs a second, in about a second: a product of two square matrices, and a small program.
 * What is measured is the best of a few, with feeding and reading, as a caller sees it.
 */
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, f32 } from '../../compiler/ir/type.ts';
import { bindBatch } from '../../compiler/lower/bind-batch.ts';
import { flatten } from '../../compiler/lower/flatten.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { opNamed } from '../../compiler/ops/registry.ts';
import type { Engine, Session } from './engine.ts';

/** A call that takes longer is not made again, nor a larger one tried. */
const LONG_MS = 150;
const SIDES = [64, 256, 1024];

async function bestOf(session: Session, feeds: Readonly<Record<string, HostTensor>>, turns: number): Promise<number> {
  let best = Infinity;
  for (let turn = 0; turn < turns; turn++) {
    const begun = performance.now();
    await session.run(feeds);
    best = Math.min(best, performance.now() - begun);
    if (best > LONG_MS) break;
  }
  return best;
}

/** a · b, of which one number comes back */
export async function productSpeed(engine: Engine): Promise<number> {
  let speed = 0;
  for (const side of SIDES) {
    const build = createBuilder();
    const [a, b] = [build.input('a', f32(side, side)), build.input('b', f32(side, side))];
    const made = build.op('einsum', [a, b], { pattern: 'm k, k n -> m n' });
    const sum = build.op('reduce', [made], { pattern: 'm n ->', op: 'sum' });
    const graph = build.finish([{ name: 'sum', value: sum }], { name: 'product' });
    const session = await engine.load({ name: 'product', graph, state: [] }, new Map(), { batch: 1 });
    const matrix: HostTensor = { dtype: 'f32', shape: [side, side], data: new Float32Array(side * side).fill(0.5) };
    const milliseconds = await bestOf(session, { a: matrix, b: matrix }, 4);
    await session.dispose();
    speed = Math.max(speed, (2 * side ** 3) / (milliseconds / 1000));
    // the next is 64 times as much work
    if (milliseconds * 64 > 8 * LONG_MS) break;
  }
  return speed;
}

/** FLOPs of one call, each op by its own rule. */
export function countFlops(graph: Graph, batch: number): number {
  const bound = bindBatch(flatten(graph), batch);
  const typeOf = (value: number) => bound.values[value]!.type;
  return bound.nodes.reduce((sum, node) => {
    if (node.kind !== 'op') return sum;
    const { flops } = opNamed(node.op).work(node.operands.map(typeOf), typeOf(node.results[0]!), node.attributes);
    return sum + flops;
  }, 0);
}

/** A program with weights and inputs that are all alike: what the numbers are does not matter to their speed. */
export async function programSpeed(engine: Engine, program: Program, batch: number): Promise<number> {
  const filled = (type: {
    dtype: HostTensor['dtype'];
    shape: Program['state'][number]['type']['shape'];
  }): HostTensor => {
    const shape = bindShape(type.shape, batch);
    const count = shape.reduce((all, dim) => all * dim, 1);
    const { dtype } = type;
    if (dtype === 'f32') return { dtype, shape, data: new Float32Array(count).fill(0.01) };
    return { dtype, shape, data: dtype === 'int' ? new Int32Array(count) : new Uint8Array(count) };
  };
  const state = new Map(program.state.map(({ name, type }) => [name, filled(type)]));
  const { inputs, values } = program.graph;
  const feeds = Object.fromEntries(inputs.map(({ name, value }) => [name, filled(values[value]!.type)]));
  const session = await engine.load(program, state, { batch });
  const milliseconds = await bestOf(session, feeds, 5);
  await session.dispose();
  return countFlops(program.graph, batch) / (milliseconds / 1000);
}
