/** What engines are given: programs after the passes, which compute the same numbers with less. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, type TensorType } from '../../compiler/ir/type.ts';
import { flatten } from '../../compiler/lower/flatten.ts';
import type { Program } from '../../compiler/lower/program.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { loadProgram } from '../../runtime/engines/load.ts';
import { reference } from '../../runtime/engines/reference.ts';
import { createStream } from '../../runtime/random/stream.ts';
import { planSampling } from '../../runtime/sample/plan-sampling.ts';
import { compileTraining } from '../../runtime/train/compile.ts';
import { must, tinyJob } from '../train/small-run.ts';

const BATCH = 2;

const PROGRAMS: Readonly<Record<string, () => Program>> = {
  'a step of training': () => must(compileTraining(tinyJob().job)).program,
  'a step of sampling': () => must(planSampling(tinyJob().job, (body) => ({ body, through: new Map() }))).program,
};

/** Numbers in (0, 1), ints 0, all true; the same for the same name. */
function numbers(name: string, { dtype, shape }: TensorType): HostTensor {
  const bound = bindShape(shape, BATCH);
  const count = bound.reduce((all, dim) => all * dim, 1);
  if (dtype === 'int') return { dtype, shape: bound, data: new Int32Array(count) };
  if (dtype === 'bool') return { dtype, shape: bound, data: new Uint8Array(count).fill(1) };
  const data = new Float32Array(count);
  createStream(1, name).fillUniform(data);
  return { dtype, shape: bound, data };
}

/** What one run gives, and all state after it. */
async function outcome(
  program: Program,
  load: typeof loadProgram,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const state = new Map(program.state.map(({ name, type }) => [name, numbers(name, type)]));
  const { inputs, values } = program.graph;
  const feeds = Object.fromEntries(inputs.map(({ name, value }) => [name, numbers(name, values[value]!.type)]));
  const session = await load(reference, program, state, { batch: BATCH });
  const results = Object.entries(await session.run(feeds));
  for (const { name } of program.state) results.push([`state ${name}`, await session.read(name)]);
  await session.dispose();
  return Object.fromEntries(results.map(([name, { data }]) => [name, [...data]]));
}

const asItIs: typeof loadProgram = (engine, ...rest) => engine.load(...rest);

const countOps = ({ graph }: Program, op: string): number =>
  flatten(graph).nodes.filter((node) => node.kind === 'op' && node.op === op).length;

for (const [what, make] of Object.entries(PROGRAMS)) {
  test(`${what}: passes change no bit`, async () => {
    const program = make();
    const expected = await outcome(program, asItIs);
    assert.ok(Object.values(expected).every((data) => data.every(Number.isFinite)));
    assert.equal(await outcome(program, loadProgram), expected);
  });

  test(`${what}: no engine computes a table of frequencies in every step`, async () => {
    const program = make();
    assert.ok(countOps(program, 'arange') > 0);
    let given: Program | undefined;
    const spy: Engine = { ...reference, load: (of, ...rest) => reference.load((given = of), ...rest) };
    await outcome(program, (_, ...rest) => loadProgram(spy, ...rest));
    assert.is(countOps(given!, 'arange'), 0);
    assert.ok(flatten(given!.graph).nodes.length < flatten(program.graph).nodes.length);
  });
}

test.run();
