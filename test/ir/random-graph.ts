/**
 * Graphs at random, the same for the same seed: models with inputs of several roles, blocks that call blocks, chains of
 * calls, weights of their own, shared ones and unread ones, constants of both kinds, equal nodes, and nodes that nobody
 * needs. All are right by construction.
 */
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph, Value } from '../../compiler/ir/graph.ts';
import { bool, type Dim, f32, int, isBatch, type Shape, sameType, type TensorType } from '../../compiler/ir/type.ts';
import { type Bench, find, isFloat, OP_STEPS, pick } from './random-steps.ts';

/** Ints from 0 to below `n`: xorshift32. */
export function createDice(seed: number): (n: number) => number {
  let state = (seed * 2654435761 + 88675123) >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % n;
  };
}

const STEPS = [...OP_STEPS, callBlock, callBlock, callChain];

function attach({ build, dice }: Bench, callee: Graph, operands: readonly Value[], prefix: string, times = 1): Value[] {
  const shared = times > 1 || dice(5) === 0;
  let results: Value[] = [];
  for (let turn = 0; turn < times; turn++) {
    results = build.call(callee, operands, prefix);
    if (callee.owns.length > 0) build.own({ kind: 'call', callee, prefix, shared });
  }
  return results;
}

/** A call of a new block, or of one made before; sometimes twice with the same weights. */
function callBlock(bench: Bench): Value | undefined {
  if (bench.level === 0) return undefined;
  const x = find(bench, isFloat);
  if (x === undefined) return undefined;
  const c = find(bench, () => true)!;
  const types = [x, c].map((value) => bench.build.typeOf(value));
  const fits = (graph: Graph) =>
    graph.inputs.length === 2 &&
    graph.inputs.every(({ value }, index) => sameType(graph.values[value]!.type, types[index]!));
  const known = bench.blocks.filter(fits);
  const block = known.length > 0 && bench.dice(2) === 0 ? pick(bench, known) : blockOf(bench, types);
  const results = attach(
    bench,
    block,
    [x, c],
    `${pick(bench, ['attn', 'mlp', 'net.0'])}${bench.count++}`,
    1 + bench.dice(2),
  );
  bench.pool.push(...results);
  return results[0];
}

/** The same block again and again, on its own result: what a `for` makes. */
function callChain(bench: Bench): Value | undefined {
  if (bench.level === 0) return undefined;
  const x = find(bench, isFloat);
  const c = find(bench, () => true);
  if (x === undefined || c === undefined) return undefined;
  const types = [x, c].map((value) => bench.build.typeOf(value));
  const block = blockOf(bench, types, true);
  const name = `blocks${bench.count++}`;
  let at = x;
  for (let turn = 0; turn < 2 + bench.dice(5); turn++) {
    at = attach(bench, block, [at, c], `${name}.${turn}`)[0]!;
    bench.build.nameValue(at, 'x');
  }
  return at;
}

/** A block of two inputs; with `keeps` its one result has the type of the first. */
function blockOf(bench: Bench, types: readonly TensorType[], keeps = false): Graph {
  const build = createBuilder();
  const inner: Bench = { build, dice: bench.dice, pool: [], level: bench.level - 1, blocks: bench.blocks, count: 0 };
  const inputs = types.map((type, index) => build.input(['x', 'c'][index]!, type));
  inner.pool.push(...inputs);
  grow(inner, 2 + bench.dice(6));
  let results = [{ value: inner.pool.at(-1)! }];
  if (keeps) {
    const same = inner.pool.filter((value) => sameType(build.typeOf(value), types[0]!));
    results = [{ value: build.op('tanh', [build.op('add', [inputs[0]!, pick(inner, same)])]) }];
  } else if (bench.dice(3) === 0) results.push({ value: pick(inner, inner.pool) });
  const graph = build.finish(results, {
    name: pick(bench, ['Block', 'Mlp', 'Layer', 'odd "name"']),
    settings: pick(bench, ['', 'heads: 6', 'a: {b: 1}, "c\\n"']),
  });
  bench.blocks.push(graph);
  return graph;
}

function grow(bench: Bench, steps: number): void {
  for (let step = 0; step < steps; step++) {
    const value = pick(bench, STEPS)(bench);
    if (value === undefined || elements(bench.build.typeOf(value).shape) > 600) continue;
    bench.pool.push(value);
    if (bench.dice(3) === 0) bench.build.nameValue(value, pick(bench, ['x', 'h', 'gate1']));
  }
}

const elements = (shape: Shape): number =>
  shape.reduce<number>((product, dim) => product * (isBatch(dim) ? 3 * dim.batch : dim), 1);

/** A model: of the shared weights under one prefix, every graph that owns any does so under its own. */
export function randomGraph(seed: number, steps = 14): Graph {
  const build = createBuilder();
  const bench: Bench = { build, dice: createDice(seed), pool: [], level: 2, blocks: [], count: 0 };
  const N: Dim = { batch: 1 };
  bench.pool.push(
    build.input('x', f32(N, 4, 4, 4), { kind: 'image' }),
    build.input('t', f32(N), { kind: 'timestep' }),
    build.input('y', int(N), { kind: 'label', classes: 2, null: 2 }),
    build.input('text', f32(N, 3, 2), { kind: 'text' }),
    build.input('mask', bool(N, 3), { kind: 'mask' }),
    build.input('draw', f32(N, 3), { kind: 'uniform' }),
    build.input('other', f32(N, 3), { kind: 'uniform' }),
  );
  build.nameValue(0, bench.dice(2) === 0 ? 'x' : 'image');
  grow(bench, steps);
  const made = bench.pool.slice(7);
  const results = (made.length > 0 ? made.slice(-3) : bench.pool.slice(0, 1)).map((value, index) => ({
    name: `out${index}`,
    value,
  }));
  return build.finish(results, { name: 'Model', settings: 'size: S' });
}
