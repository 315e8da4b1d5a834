/** A loss for a model without an objective: the mean squared distance of each output from a target that is fed. */
import { createBuilder } from '../ir/builder.ts';
import type { Graph, Value } from '../ir/graph.ts';

export function plainLoss(model: Graph): Graph {
  const build = createBuilder();
  const operands = model.inputs.map(({ name, value, role }) => build.input(name, model.values[value]!.type, role));
  const outputs = build.call(model, operands, '');
  build.own({ kind: 'call', callee: model, prefix: '', shared: false });
  let loss: Value | undefined;
  for (const [index, { name }] of model.results.entries()) {
    const type = build.typeOf(outputs[index]!);
    if (type.dtype !== 'f32') continue;
    const error = build.op('sub', [outputs[index]!, build.input(`target.${name ?? index}`, type)]);
    const axes = type.shape.map((_, axis) => `a${axis}`).join(' ');
    const mean = build.op('reduce', [build.op('mul', [error, error])], { pattern: `${axes} -> `, op: 'mean' });
    loss = loss === undefined ? mean : build.op('add', [loss, mean]);
  }
  return build.finish([{ name: 'loss', value: loss ?? build.number(0) }], { name: `${model.name}_loss` });
}
