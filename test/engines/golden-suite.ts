/** Models of the official codes on an engine: every family, the four conditioning blocks with their gradients. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import type { Program } from '../../compiler/lower/program.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import {
  FAMILY_NAMES,
  familyCase,
  familyGolden,
  familyImage,
  familyKey,
  familyModel,
  inputOf,
  joinedChannels,
} from '../families/cases.ts';
import { assertGolden, type Golden, readGolden, toChannelsFirst, toChannelsLast, toInts } from '../golden.ts';
import { smallDiT, trainingGraph } from '../grad/dit.ts';

/** The golden with `factor` times its tolerances. */
const relaxed = (golden: Golden, factor: number): Golden => ({
  ...golden,
  json: {
    ...golden.json,
    float32_vs_float64: Object.fromEntries(
      Object.entries(golden.json.float32_vs_float64).map(([key, { tol, rms_tol }]) => [
        key,
        { tol: factor * tol, rms_tol: factor * rms_tol },
      ]),
    ),
  },
});

export const programOf = (name: string, graph: Graph): Program => {
  const state = weightsOf(graph).map(({ path, weight: { type, trained, init } }) => ({
    name: path,
    type,
    trained,
    init,
  }));
  return { name, graph, state };
};

async function runOnce(
  engine: Engine,
  name: string,
  graph: Graph,
  inputs: Readonly<Record<string, HostTensor>>,
  weights: ReadonlyMap<string, HostTensor>,
): Promise<Record<string, HostTensor>> {
  const batch = Object.values(inputs)[0]!.shape[0]!;
  const session = await engine.load(programOf(name, graph), weights, { batch, threads: 1 });
  const results = await session.run(inputs);
  await session.dispose();
  return results;
}

/** `factor`: of the tolerance that each number of the reference states. */
export function testFamilies(engine: Engine, factor = 1): void {
  for (const name of FAMILY_NAMES) {
    test(`${engine.name}: ${name}`, async () => {
      const golden = familyGolden(name);
      const inputs = familyCase(name).inputs(inputOf(golden));
      const results = await runOnce(engine, name, familyModel(name).inference, inputs, golden.tensors);
      assertGolden(relaxed(golden, factor), familyKey(name), familyImage(name, results));
    });
  }
}

const channels = (image: HostTensor, from: number, to: number): HostTensor => {
  const all = image.shape.at(-1)!;
  const data = Float32Array.from(image.data).filter((_, i) => i % all >= from && i % all < to);
  return { ...image, shape: [...image.shape.slice(0, -1), to - from], data };
};

export function testBlocks(engine: Engine, factor = 1): void {
  for (const conditioning of ['adaln_zero', 'adaln', 'cross_attention', 'in_context']) {
    test(`${engine.name}: ${conditioning}, output and gradients of sum(out · r)`, async () => {
      const golden = readGolden(`dit/block_${conditioning}`);
      const given = (key: string): HostTensor => golden.tensors.get(`input.${key}`)!;
      const graph = trainingGraph(smallDiT(32, conditioning), 'small');
      const both = gradientGraph(graph, { cotangents: ['eps', 'sigma'], inputs: ['x'] });
      const r = toChannelsLast(given('r'));
      const inputs = {
        x: toChannelsLast(given('x')),
        t: given('t'),
        y: toInts(given('y')),
        'cotangent.eps': channels(r, 0, 4),
        'cotangent.sigma': channels(r, 4, 8),
      };
      const results = await runOnce(engine, conditioning, both, inputs, golden.tensors);
      const allowed = relaxed(golden, factor);
      assertGolden(allowed, 'output.out', joinedChannels([results.eps!, results.sigma!]));
      const trained = weightsOf(graph).filter(({ weight }) => weight.trained);
      assert.ok(trained.length > 30);
      for (const { path } of trained) assertGolden(allowed, `grad.${path}`, results[`grad.${path}`]);
      assertGolden(allowed, 'grad.input.x', toChannelsFirst(results['grad.input.x']!));
    });
  }
}
