/**
 * Every spec in miniature: along a random direction in all weights and inputs at once, the derivative of the outputs
 * (against random cotangents) by the gradient graph is that by central differences.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, countElements } from '../../compiler/ir/type.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { evaluate, evaluateConstant } from '../../compiler/lower/reference/evaluate.ts';
import { BATCH, createNoise, noise, type Point } from './central-difference.ts';
import { trainingGraph } from './dit.ts';

/** a file, what is taken from it, and a model in a few thousand numbers */
const SPECS: readonly (readonly [string, string, string])[] = [
  ['dit', 'DiT, Size', 'DiT(size: Size(depth: 2, width: 16, heads: 2), side: 4, classes: 3)'],
  ['sit', 'SiT', 'SiT(size: Size(depth: 2, width: 16, heads: 2), side: 4, classes: 3)'],
  ['uvit', 'UViT', 'UViT(width: 16, depth: 2, heads: 2, side: 4, classes: 3)'],
  [
    'flux',
    'Flux',
    'Flux(width: 16, heads: 2, double: 2, single: 2, axes: [2, 2, 4], side: 4, channels: 2, words: 3, text_width: 5, pooled_width: 6)',
  ],
  ['latte', 'Latte', 'Latte(size: Size(depth: 2, width: 16, heads: 2), frames: 3, side: 4, classes: 3)'],
  [
    'lightningdit',
    'LightningDiT',
    'LightningDiT(size: Size(depth: 2, width: 16, heads: 2), side: 4, channels: 3, classes: 3)',
  ],
  ['mdt', 'MDT', 'MDT(size: Size(depth: 4, width: 16, heads: 2), side: 8, classes: 3, decode: 2, mask: 0.5)'],
  ['mmdit', 'MMDiT', 'MMDiT(depth: 2, side: 4, channels: 2, words: 3, text_width: 5, pooled_width: 6, max_grid: 3)'],
  ['pixart', 'PixArt', 'PixArt(width: 16, depth: 2, heads: 2, side: 4, words: 3, text_width: 5)'],
  ['vae_decoder', 'VaeDecoder', 'VaeDecoder(side: 2, latent: 2, width: 32, factors: [1, 1], blocks: 1, channels: 2)'],
];

function tiny(file: string, names: string, model: string): Graph {
  const size = model.includes('Size(') && file !== 'dit' ? 'use "./dit.dit" { Size }\n' : '';
  return trainingGraph(`dit 1\n${size}use "./${file}.dit" { ${names} }\npreset "tiny" = ${model}\n`, 'tiny');
}

function input(graph: Graph, at: number, next: () => number): HostTensor {
  const { value, role } = graph.inputs[at]!;
  const { type } = graph.values[value]!;
  const length = countElements(type.shape, BATCH);
  const shape = bindShape(type.shape, BATCH);
  if (type.dtype === 'int') return { dtype: 'int', shape, data: Int32Array.from({ length }, (_, i) => i % 3) };
  // a mask whose first word is real
  if (type.dtype === 'bool')
    return { dtype: 'bool', shape, data: Uint8Array.from({ length }, (_, i) => (i % 3 === 2 ? 0 : 1)) };
  const tensor = noise(type, next);
  return role?.kind === 'timestep' ? { ...tensor, data: tensor.data.map((x) => 10 * x + 20) } : tensor;
}

const small = (tensor: HostTensor): HostTensor => ({ ...tensor, data: Float64Array.from(tensor.data, (x) => 0.4 * x) });

function pointOf(graph: Graph, next: () => number): Point {
  const inputs = graph.inputs.map(({ name }, at) => [name, input(graph, at, next)]);
  const weights = weightsOf(graph).map(({ path, weight: { type, init } }): [string, HostTensor] => {
    if (init.kind === 'tensor' && type.dtype !== 'f32') return [path, evaluateConstant(init.graph)];
    return [path, small(noise(type, next))];
  });
  return { inputs: Object.fromEntries(inputs), weights: new Map(weights) };
}

const dot = (a: HostTensor, b: HostTensor): number => {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += a.data[i]! * b.data[i]!;
  return sum;
};

for (const [file, names, model] of SPECS) {
  test(file, () => {
    const graph = tiny(file, names, model);
    const next = createNoise(3);
    const { inputs, weights } = pointOf(graph, next);
    const outputs = graph.results.filter(({ value }) => graph.values[value]!.type.dtype === 'f32');
    const cotangents = new Map(outputs.map(({ name, value }) => [name!, noise(graph.values[value]!.type, next)]));
    // the order of draws must not change on the way
    const moved = graph.inputs.filter(
      ({ value, role }) => graph.values[value]!.type.dtype === 'f32' && role?.kind !== 'uniform',
    );
    const both = gradientGraph(graph, { cotangents: [...cotangents.keys()], inputs: moved.map(({ name }) => name) });
    assert.equal(verify(both), []);

    const fed = {
      ...inputs,
      ...Object.fromEntries([...cotangents].map(([name, tensor]) => [`cotangent.${name}`, tensor])),
    };
    const results = evaluate(both, { inputs: fed, weights, batch: BATCH });
    const directions = new Map<string, HostTensor>();
    let slope = 0;
    for (const [name, gradient] of Object.entries(results)) {
      if (!name.startsWith('grad.')) continue;
      const direction = noise({ dtype: 'f32', shape: gradient.shape }, next);
      directions.set(name.slice('grad.'.length), direction);
      slope += dot(gradient, direction);
    }
    assert.is(directions.size, moved.length + weightsOf(graph).filter(({ weight }) => weight.trained).length);

    const step = (tensor: HostTensor, path: string, h: number): HostTensor => {
      const direction = directions.get(path);
      return direction
        ? { ...tensor, data: Float64Array.from(tensor.data, (x, i) => x + h * direction.data[i]!) }
        : tensor;
    };
    const along = (h: number): number => {
      const out = evaluate(graph, {
        inputs: Object.fromEntries(
          Object.entries(inputs).map(([name, tensor]) => [name, step(tensor, `input.${name}`, h)]),
        ),
        weights: new Map([...weights].map(([path, tensor]) => [path, step(tensor, path, h)])),
        batch: BATCH,
      });
      return [...cotangents].reduce((sum, [name, cotangent]) => sum + dot(out[name]!, cotangent), 0);
    };
    // the error of the step is of fourth order: (8 (f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h
    const h = 2e-5;
    const expected = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h);
    const off = Math.abs(slope - expected) / Math.max(1, Math.abs(expected));
    assert.ok(Math.abs(expected) > 1e-3 && off < 1e-6, `${slope}, not ${expected}: off by ${off}`);
  });
}

test.run();
