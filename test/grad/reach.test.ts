/**
 * Weights that no gradient can reach. Each case is trained for some steps besides: the weights whose gradient is never
 * anything but zero are those that the analysis found, and no others.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import { type Blockage, explainBlockage, findBlockages } from '../../compiler/grad/reach.ts';
import { type Builder, createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph, Init, Value } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { f32 } from '../../compiler/ir/type.ts';
import { weightsOf } from '../../compiler/ir/weights.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { createNoise, noise, pointFor } from './central-difference.ts';
import { smallDiT, trainingGraph } from './dit.ts';
import { linear, stack, weightNamed, ZERO } from './models.ts';

const NORMAL: Init = { kind: 'normal', std: 1 };

interface Maker {
  readonly build: Builder;
  /** [N, 3] */
  readonly x: Value;
  /** a weight of one row */
  weight(path: string, init: Init, trained?: boolean): Value;
  linear(x: Value, prefix: string, init: Init, shared?: boolean): Value;
  op(op: string, ...operands: Value[]): Value;
}

/** A model from [N, 3] to [N, 3]; the loss is the mean square of what comes out, less 1. */
function model(make: (maker: Maker) => Value): Graph {
  const build = createBuilder();
  const x = build.input('x', f32({ batch: 1 }, 3));
  const maker: Maker = {
    build,
    x,
    weight(path, init, trained = true) {
      const weight = weightNamed(path, [1, 3], { init, trained });
      build.own({ kind: 'weight', weight, shared: false });
      return build.weight(weight);
    },
    linear(input, prefix, init, shared = false) {
      const callee = linear([{ batch: 1 }], 3, 3, { init });
      build.own({ kind: 'call', callee, prefix, shared });
      return build.call(callee, [input], prefix)[0]!;
    },
    op: (op, ...operands) => build.op(op, operands, op.endsWith('norm') ? { eps: 1e-6 } : {}),
  };
  const off = build.op('sub', [make(maker), build.number(1)]);
  const loss = build.op('reduce', [build.op('mul', [off, off])], { pattern: '... ->', op: 'mean' });
  return build.finish([{ name: 'loss', value: loss }], { name: 'Model' });
}

const CASES: readonly { readonly name: string; readonly graph: Graph; readonly found: readonly Blockage[] }[] = [
  { name: 'no zeros', graph: stack(2), found: [] },
  { name: 'a zero layer at the end of each block', graph: stack(2, 4, 3, { init: ZERO }), found: [] },
  {
    name: 'one zero gate',
    graph: model((m) => m.op('add', m.x, m.op('mul', m.weight('gate', ZERO), m.linear(m.x, 'fc', NORMAL)))),
    found: [],
  },
  {
    name: 'two zero gates in series',
    graph: model((m) => {
      const inner = m.op('mul', m.weight('gate1', ZERO), m.linear(m.x, 'fc', NORMAL));
      return m.op('add', m.x, m.op('mul', m.weight('gate2', ZERO), inner));
    }),
    found: [{ zeros: ['gate1', 'gate2'], weights: ['gate1', 'fc.weight', 'fc.bias', 'gate2'] }],
  },
  {
    name: 'a zero layer behind a zero layer, through GELU',
    graph: model((m) => m.linear(m.op('gelu', m.linear(m.x, 'one', ZERO)), 'two', ZERO)),
    found: [{ zeros: ['one.weight', 'two.weight'], weights: ['one.weight', 'one.bias', 'two.weight'] }],
  },
  {
    name: 'a zero layer behind a zero layer, through a sigmoid, which is not zero',
    graph: model((m) => m.linear(m.op('sigmoid', m.linear(m.x, 'one', ZERO)), 'two', ZERO)),
    found: [],
  },
  {
    name: 'a second way round the zeros',
    graph: model((m) => {
      const gate = m.weight('gate1', ZERO);
      const product = m.op('mul', m.weight('gate2', ZERO), m.op('mul', gate, m.x));
      return m.op('add', product, m.op('mul', gate, m.x));
    }),
    found: [],
  },
  {
    name: 'a frozen zero gate',
    graph: model((m) => m.op('add', m.x, m.op('mul', m.weight('gate', ZERO, false), m.linear(m.x, 'fc', NORMAL)))),
    found: [{ zeros: ['gate'], weights: ['fc.weight', 'fc.bias'] }],
  },
  {
    name: 'a zero weight that multiplies itself alone',
    graph: model((m) => {
      const gate = m.weight('gate', ZERO);
      return m.op('add', m.x, m.op('mul', m.op('mul', gate, gate), m.x));
    }),
    found: [{ zeros: ['gate'], weights: ['gate'] }],
  },
  {
    name: 'a square',
    graph: model((m) => m.op('add', m.x, m.op('mul', m.op('pow', m.weight('gate', ZERO), m.build.number(2)), m.x))),
    found: [{ zeros: ['gate'], weights: ['gate'] }],
  },
  {
    name: 'a shared zero layer, applied twice with a residual sum',
    graph: model((m) => {
      const once = m.op('add', m.x, m.linear(m.x, 'fc', ZERO, true));
      return m.op('add', once, m.linear(once, 'fc', ZERO, true));
    }),
    found: [],
  },
  {
    name: 'three zeros in a row',
    graph: model((m) => {
      const product = m.op('mul', m.weight('a', ZERO), m.op('mul', m.weight('b', ZERO), m.weight('c', ZERO)));
      return m.op('add', m.x, m.op('mul', product, m.x));
    }),
    found: [{ zeros: ['a', 'b'], weights: ['a', 'b', 'c'] }],
  },
  {
    name: 'the norm of a zero',
    graph: model((m) => {
      const normed = m.op('layernorm', m.linear(m.x, 'one', ZERO));
      return m.op('add', m.x, m.op('mul', m.weight('gate', NORMAL), normed));
    }),
    found: [],
  },
];

/** Weights whose gradient was not zero in one of some steps of gradient descent. */
function reached(graph: Graph): string[] {
  const both = gradientGraph(graph);
  const { inputs } = pointFor(graph);
  const next = createNoise(5);
  const start = ({ type, init }: { type: Parameters<typeof noise>[0]; init: Init }): HostTensor => {
    const tensor = noise(type, next);
    return init.kind === 'fill' ? { ...tensor, data: tensor.data.map(() => init.value) } : tensor;
  };
  const weights = new Map(weightsOf(graph).map(({ path, weight }) => [path, start(weight)]));
  const found = new Set<string>();
  for (let step = 0; step < 6; step++) {
    const results = evaluate(both, { inputs, weights, batch: 2 });
    for (const { path, weight } of weightsOf(graph)) {
      if (!weight.trained) continue;
      const gradient = results[`grad.${path}`]!.data;
      if (gradient.some((value) => value !== 0)) found.add(path);
      for (const [i, value] of gradient.entries()) weights.get(path)!.data[i]! -= 0.05 * value;
    }
  }
  return [...found];
}

for (const { name, graph, found } of CASES) {
  test(name, () => {
    assert.equal(findBlockages(graph), found);
    const blocked = new Set(found.flatMap(({ weights }) => weights));
    const trained = weightsOf(graph).filter(({ weight }) => weight.trained);
    const expected = trained.map(({ path }) => path).filter((path) => !blocked.has(path));
    assert.equal(reached(graph).sort(), expected.sort());
  });
}

test('a zero in the text is not an initial value', () => {
  const graph = model((m) => m.op('add', m.x, m.op('mul', m.build.number(0), m.linear(m.x, 'fc', ZERO))));
  assert.equal(findBlockages(graph), []);
});

for (const conditioning of ['adaln_zero', 'adaln', 'cross_attention', 'in_context']) {
  test(`DiT learns everywhere: ${conditioning}`, () => {
    assert.equal(findBlockages(trainingGraph(smallDiT(32, conditioning), 'small')), []);
  });
}

const SERIES = `dit 1
use std.nn { Linear }
use std.blocks { Mlp }
block Gated(x: [N, T, D], c: [N, D]) -> [N, T, D] {
  gate = Linear(c, D, init: 0) as gate
  return x + (gate[:, _, :] * Mlp(x, 2 * D) as mlp |> Linear(D, init: 0) as out)
}
model Series(depth: int = 3) {
  input x: [N, 4, 8]
  input c: [N, 8]
  for i in 0..depth { x = Gated(x, c) as blocks[i] }
  output y = x
}
`;

test('a zero layer behind a zero gate, in every block of a model', () => {
  const blockages = findBlockages(trainingGraph(SERIES, 'Series'));
  const inside = ['gate.weight', 'gate.bias', 'mlp.fc1.weight', 'mlp.fc1.bias', 'mlp.fc2.weight', 'mlp.fc2.bias'];
  assert.equal(
    blockages,
    [0, 1, 2].map((i) => ({
      zeros: [`blocks.${i}.gate.weight`, `blocks.${i}.out.weight`],
      weights: [...inside, 'out.weight'].map((path) => `blocks.${i}.${path}`),
    })),
  );
  const both = '`blocks.0.gate.weight` and `blocks.0.out.weight`';
  const why = `${both} start at zero and multiply each other, so none of them ever gets a gradient`;
  assert.is(explainBlockage(blockages[0]!), why);
});

test.run();
