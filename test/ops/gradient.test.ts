/** Every gradient rule against central differences in 64 bit: each operand, each element. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph, Value } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, countElements, sameType, showType, type TensorType } from '../../compiler/ir/type.ts';
import { verify } from '../../compiler/ir/verify.ts';
import { evaluate } from '../../compiler/lower/reference/evaluate.ts';
import { OPS, opNamed } from '../../compiler/ops/registry.ts';
import { GRADIENT_CASES, type GradientCase } from './gradient-cases.ts';

/** Numbers in [0, 1) that differ from run to run of the loop and not from day to day (Park & Miller 1988). */
function drawer(): () => number {
  let state = 20_240_917;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const STEP = 1e-5;
const TOLERANCE = 1e-7;

const title = ({ op, operands, attributes = {} }: GradientCase) =>
  `${op}(${operands.map((o) => ('number' in o ? o.number : showType(o.type))).join(', ')}) ${JSON.stringify(attributes)}`;

/** The op alone, or its gradients: `of` says for which operands there is one. */
function graphs({ op, operands, attributes = {} }: GradientCase) {
  const make = (gradients: boolean) => {
    const build = createBuilder();
    const values = operands.map((o, i) => ('number' in o ? build.number(o.number) : build.input(`x${i}`, o.type)));
    const result = build.op(op, values, attributes);
    if (!gradients) return { graph: build.finish([{ name: 'y', value: result }], { name: op }), of: [] };
    const gradient = build.input('g', build.typeOf(result));
    const rule = opNamed(op).gradient;
    if (rule === 'none') throw new Error(`${op} has no gradient`);
    const found = rule({ build, operands: values, result, gradient, attributes });
    assert.is(found.length, operands.length, 'one gradient or none for each operand');
    const of = [...found.keys()].filter((i) => found[i] !== undefined);
    for (const i of of) {
      const [own, wanted] = [build.typeOf(found[i]!), build.typeOf(values[i]!)];
      assert.ok(sameType(own, wanted), `gradient ${showType(own)} of an operand ${showType(wanted)}`);
    }
    return {
      graph: build.finish(
        of.map((i): { name: string; value: Value } => ({ name: `d${i}`, value: found[i]! })),
        { name: op },
      ),
      of,
    };
  };
  return { forward: make(false).graph, backward: make(true) };
}

const tensor = (type: TensorType, batch: number, value: (i: number) => number): HostTensor => {
  const shape = bindShape(type.shape, batch);
  const data = Array.from({ length: countElements(type.shape, batch) }, (_, i) => value(i));
  if (type.dtype === 'int') return { dtype: 'int', shape, data: Int32Array.from(data) };
  if (type.dtype === 'bool') return { dtype: 'bool', shape, data: Uint8Array.from(data) };
  return { dtype: 'f32', shape, data: Float64Array.from(data) };
};

type Feeds = Record<string, HostTensor>;

/** Σ weight · y */
function loss(graph: Graph, inputs: Feeds, weight: HostTensor, batch: number): number {
  const y = evaluate(graph, { inputs, batch }).y!;
  return Array.from(y.data).reduce((sum, value, i) => sum + value * weight.data[i]!, 0);
}

for (const example of GRADIENT_CASES) {
  test(title(example), () => {
    const { operands, batch = 1 } = example;
    const draw = drawer();
    const { forward, backward } = graphs(example);
    assert.equal(verify(backward.graph), []);
    const inputs: Feeds = {};
    for (const [i, o] of operands.entries()) {
      if ('number' in o) continue;
      const { from = -1, to = 1, data } = o;
      inputs[`x${i}`] = tensor(o.type, batch, (at) => data?.[at] ?? from + (to - from) * draw());
    }
    const weight = tensor(forward.values[forward.results[0]!.value]!.type, batch, () => draw() * 2 - 1);
    const gradients = evaluate(backward.graph, { inputs: { ...inputs, g: weight }, batch });

    for (const [i, o] of operands.entries()) {
      if ('number' in o) continue;
      if (o.type.dtype !== 'f32') {
        assert.not(backward.of.includes(i), 'an int or a bool has no gradient');
        continue;
      }
      const own = inputs[`x${i}`]!;
      const gradient = gradients[`d${i}`];
      assert.ok(gradient, `operand ${i} has a gradient`);
      for (let at = 0; at < own.data.length; at++) {
        const moved = (by: number) => {
          const data = Float64Array.from(own.data);
          data[at]! += by;
          return loss(forward, { ...inputs, [`x${i}`]: { ...own, data } }, weight, batch);
        };
        const wanted = (moved(STEP) - moved(-STEP)) / (2 * STEP);
        const off = Math.abs(gradient.data[at]! - wanted);
        assert.ok(
          off <= TOLERANCE * Math.max(1, Math.abs(wanted)),
          `operand ${i}, element ${at}: ${gradient.data[at]} is not ${wanted}`,
        );
      }
    }
  });
}

test('every op with a gradient is here', () => {
  const withGradient = Object.values(OPS)
    .filter((op) => op.gradient !== 'none')
    .map((op) => op.name);
  const here = new Set(GRADIENT_CASES.map((example) => example.op));
  assert.equal(
    withGradient.filter((name) => !here.has(name)),
    [],
  );
});

test.run();
