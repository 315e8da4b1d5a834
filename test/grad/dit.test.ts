/** Whole small DiTs, forward and backward, against the official code (and modules of our own for the other three blocks). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import { calledGraphs } from '../../compiler/ir/callees.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { assertGolden, type Golden, readGolden, toChannelsFirst, toChannelsLast, toInts } from '../golden.ts';
import { bools, floats } from '../lower/reference/tensors.ts';
import { smallDiT, TRAINING, trainingGraph } from './dit.ts';

const channels = (image: HostTensor, from: number, to: number): HostTensor => {
  const all = image.shape.at(-1)!;
  const data = Float64Array.from(image.data).filter((_, i) => i % all >= from && i % all < to);
  return { ...image, shape: [...image.shape.slice(0, -1), to - from], data };
};

/** Both halves of the output, channels first as the reference has them. */
function joined({ eps, sigma }: Record<string, HostTensor>): HostTensor {
  const shape = [...eps!.shape.slice(0, -1), 8];
  const data = Float64Array.from({ length: eps!.data.length * 2 }, (_, i) => {
    const [pixel, channel] = [Math.floor(i / 8), i % 8];
    return channel < 4 ? eps!.data[pixel * 4 + channel]! : sigma!.data[pixel * 4 + channel - 4]!;
  });
  return toChannelsFirst({ dtype: 'f32', shape, data });
}

const given = ({ tensors }: Golden, key: string): HostTensor => tensors.get(key)!;

for (const conditioning of ['adaln_zero', 'adaln', 'cross_attention', 'in_context']) {
  const golden = readGolden(`dit/block_${conditioning}`);
  const graph = trainingGraph(smallDiT(32, conditioning), 'small');
  const inputs = {
    x: toChannelsLast(given(golden, 'input.x')),
    t: given(golden, 'input.t'),
    y: toInts(given(golden, 'input.y')),
  };

  for (const keep of ['needed', 'block-inputs'] as const) {
    test(`${conditioning}: output and gradients of sum(out · r), keeping ${keep}`, () => {
      const both = gradientGraph(graph, { cotangents: ['eps', 'sigma'], inputs: ['x'], keep });
      assert.equal(verify(both), []);
      const r = toChannelsLast(given(golden, 'input.r'));
      const fed = { ...inputs, 'cotangent.eps': channels(r, 0, 4), 'cotangent.sigma': channels(r, 4, 8) };
      const results = evaluate(both, { inputs: fed, weights: golden.tensors, batch: 3 });
      assertGolden(golden, 'output.out', joined(results));
      for (const { path, weight } of weightsOf(graph)) {
        if (!weight.trained) continue;
        assertGolden(golden, `grad.${path}`, results[`grad.${path}`]);
      }
      assertGolden(golden, 'grad.input.x', toChannelsFirst(results['grad.input.x']!));
    });
  }

  test(`${conditioning}: hidden values`, () => {
    const seen = new Map<string, HostTensor>();
    evaluate(graph, {
      inputs,
      weights: golden.tensors,
      batch: 3,
      observe({ node, graph: { name: block }, name, tensor }) {
        if (block !== 'Backbone') return;
        if (node.kind === 'call') seen.set(node.prefix, tensor);
        else if (name !== undefined && !seen.has('blocks.0')) seen.set(name, tensor);
      },
    });
    assertGolden(golden, 'output.hidden.tokens', seen.get('x'));
    assertGolden(golden, 'output.hidden.c', seen.get('c'));
    assertGolden(golden, 'output.hidden.t_emb', seen.get('t_embedder'));
    assertGolden(golden, 'output.hidden.y_emb', seen.get('y_embedder'));
    for (const i of [0, 1]) assertGolden(golden, `output.hidden.block.${i}`, seen.get(`blocks.${i}`));
    assertGolden(golden, 'output.hidden.final', seen.get('final_layer'));
  });
}

const OFFICIAL: readonly (readonly [string, string])[] = [
  ['dit_d2w64h4p2', smallDiT(64, 'adaln_zero')],
  [
    'dit_d3w48h3p4',
    `dit 1
use "./dit.dit" { DiT, Size }
const size = Size(depth: 3, width: 48, heads: 3)
preset "small" = DiT(size: size, patch: 4, side: 16, channels: 3, classes: 5, learn_sigma: false)
`,
  ],
];

for (const [name, text] of OFFICIAL) {
  test(`the official model ${name}, forward`, () => {
    const golden = readGolden(`dit/${name}`);
    const inputs = {
      x: toChannelsLast(given(golden, 'input.x')),
      t: given(golden, 'input.t'),
      y: toInts(given(golden, 'input.y')),
    };
    const [batch] = inputs.t.shape as [number];
    const results = evaluate(trainingGraph(text, 'small'), { inputs, weights: golden.tensors, batch });
    assertGolden(golden, 'output.out', 'sigma' in results ? joined(results) : toChannelsFirst(results.eps!));
  });
}

test('the gradient of 28 blocks has as many backward graphs as that of 2', () => {
  const backwards = (text: string): string[] => {
    const both = gradientGraph(trainingGraph(text, 'small'), { cotangents: ['eps'] });
    const names = calledGraphs(both).map(({ name }) => name);
    return names.filter((name) => name.endsWith('_backward')).sort();
  };
  const [two, many] = [2, 28].map((depth) =>
    backwards(smallDiT(16, 'adaln_zero').replace('depth: 2', `depth: ${depth}`)),
  );
  assert.equal(many, two);
  assert.ok(two!.includes('AdaLNZeroBlock_backward'));
});

/** Numbers of the linear schedule of 1000 steps from 1e-4 to 2e-2, for some timesteps (Ho 2020 eq. 4, 7; §3.2). */
function schedule(timesteps: readonly number[]): Record<string, HostTensor> {
  const betas = Array.from({ length: 1000 }, (_, i) => 1e-4 + (i / 999) * (2e-2 - 1e-4));
  let product = 1;
  const bars = betas.map((beta) => (product *= 1 - beta));
  const before = (t: number): number => (t === 0 ? 1 : bars[t - 1]!);
  const posterior = (t: number): number => (betas[t]! * (1 - before(t))) / (1 - bars[t]!);
  const numbers = {
    a: (t: number) => Math.sqrt(bars[t]!),
    b: (t: number) => Math.sqrt(1 - bars[t]!),
    p0: (t: number) => (betas[t]! * Math.sqrt(before(t))) / (1 - bars[t]!),
    pt: (t: number) => ((1 - before(t)) * Math.sqrt(1 - betas[t]!)) / (1 - bars[t]!),
    log_min: (t: number) => Math.log(posterior(Math.max(t, 1))),
    log_max: (t: number) => Math.log(betas[t]!),
  };
  const entries = Object.entries(numbers).map(([name, of]) => [name, floats(timesteps.map(of))]);
  return { ...Object.fromEntries(entries), first: bools(timesteps.map((t) => t === 0)) };
}

test('the official training loss: its terms and its gradients', () => {
  const golden = readGolden('dit/dit_d2w64h4p2_grads');
  const { tensors: weights } = readGolden('dit/dit_d2w64h4p2');
  const graph = trainingGraph(TRAINING, 'Training');
  const both = gradientGraph(graph, { loss: 'loss_mean' });
  assert.equal(verify(both), []);
  const t = given(golden, 'input.t');
  const inputs = {
    x0: toChannelsLast(given(golden, 'input.x0')),
    noise: toChannelsLast(given(golden, 'input.noise')),
    t,
    y: toInts(given(golden, 'input.y')),
    ...schedule([...t.data]),
  };
  const results = evaluate(both, { inputs, weights, batch: 4 });
  for (const name of ['loss_mean', 'loss', 'mse', 'vb']) assertGolden(golden, `output.${name}`, results[name]);
  const trained = weightsOf(graph).filter(({ weight }) => weight.trained);
  assert.is(trained.length, [...golden.tensors.keys()].filter((key) => key.startsWith('grad.')).length);
  for (const { path } of trained) assertGolden(golden, `grad.${path}`, results[`grad.${path}`]);
});

test.run();
