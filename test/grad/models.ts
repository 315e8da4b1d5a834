/** Small models built by hand, of the blocks that transformers have. */
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph, Init, Value, Weight } from '../../compiler/ir/graph.ts';
import { type Dim, f32, type Shape } from '../../compiler/ir/type.ts';

const NORMAL: Init = { kind: 'normal', std: 1 };
export const ZERO: Init = { kind: 'fill', value: 0 };

export interface LinearOptions {
  readonly init?: Init;
  readonly trained?: boolean;
}

export const weightNamed = (
  path: string,
  shape: Shape,
  { init = NORMAL, trained = true }: LinearOptions = {},
): Weight => ({
  path,
  type: f32(...shape),
  trained,
  init,
});

/** x W^T + b on [...shape, from] */
export function linear(shape: Shape, from: number, to: number, options: LinearOptions = {}): Graph {
  const build = createBuilder();
  const x = build.input('x', f32(...shape, from));
  const weight = weightNamed('weight', [to, from], options);
  const bias = weightNamed('bias', [to], options);
  for (const owned of [weight, bias]) build.own({ kind: 'weight', weight: owned, shared: false });
  const y = build.op('einsum', [x, build.weight(weight)], { pattern: '... i, o i -> ... o' });
  const axes = shape.map((_, i) => `a${i}`);
  const row = build.op('rearrange', [build.weight(bias)], { pattern: `o -> ${axes.map(() => '1').join(' ')} o` });
  return build.finish([{ value: build.op('add', [y, row]) }], { name: 'Linear' });
}

/** fc2(gelu(fc1(x))) */
export function mlp(shape: Shape, width: number, hidden: number, options: LinearOptions = {}): Graph {
  const build = createBuilder();
  const x = build.input('x', f32(...shape, width));
  const [fc1, fc2] = [linear(shape, width, hidden), linear(shape, hidden, width, options)];
  build.own({ kind: 'call', callee: fc1, prefix: 'fc1', shared: false });
  build.own({ kind: 'call', callee: fc2, prefix: 'fc2', shared: false });
  const [h] = build.call(fc1, [x], 'fc1') as [Value];
  const [y] = build.call(fc2, [build.op('gelu_tanh', [h])], 'fc2') as [Value];
  return build.finish([{ value: y }], { name: 'Mlp' });
}

/** x + mlp(layernorm(x)) */
export function residual(shape: Shape, width: number, options: LinearOptions = {}): Graph {
  const build = createBuilder();
  const x = build.input('x', f32(...shape, width));
  const inner = mlp(shape, width, 2 * width, options);
  build.own({ kind: 'call', callee: inner, prefix: 'mlp', shared: false });
  const [y] = build.call(inner, [build.op('layernorm', [x], { eps: 1e-6 })], 'mlp') as [Value];
  return build.finish([{ value: build.op('add', [x, y]) }], { name: 'Residual' });
}

const N: Dim = { batch: 1 };

/** A stack of equal residual blocks on x: [N, tokens, width], and the mean square of what comes out as its loss */
export function stack(depth: number, width = 4, tokens = 3, options: LinearOptions = {}): Graph {
  const build = createBuilder();
  const shape = [N, tokens];
  let x = build.input('x', f32(...shape, width));
  const block = residual(shape, width, options);
  for (let i = 0; i < depth; i++) {
    build.own({ kind: 'call', callee: block, prefix: `blocks.${i}`, shared: false });
    [x] = build.call(block, [x], `blocks.${i}`) as [Value];
  }
  const loss = build.op('reduce', [build.op('mul', [x, x])], { pattern: '... ->', op: 'mean' });
  const results = [
    { name: 'loss', value: loss },
    { name: 'out', value: x },
  ];
  return build.finish(results, { name: 'Stack' });
}
