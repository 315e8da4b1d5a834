/** layernorm(x) · w + b with a number for each column: LayerNormalization has both. */
import type { Value } from '../../ir/graph.ts';
import { reshape } from './lowering.ts';
import { eitherWay, onlyAt, type Recogniser, type View } from './recognise.ts';

/** Whether a value says one number for each column of `width`, whatever its rank. */
const isRow = (view: View, value: Value, width: number): boolean => {
  const { shape, dtype } = view.type(value);
  return dtype === 'f32' && shape.at(-1) === width && shape.slice(0, -1).every((dim) => dim === 1);
};

export const affineNorm: Recogniser = (view, node) => {
  if (node.op !== 'add') return undefined;
  const { shape } = view.type(node.results[0]!);
  const width = shape.at(-1)!;
  for (const [sum, bias] of eitherWay(node)) {
    const scaled = onlyAt(view, sum, 'mul');
    if (scaled === undefined || !isRow(view, bias, width)) continue;
    for (const [normed, scale] of eitherWay(scaled)) {
      const norm = onlyAt(view, normed, 'layernorm');
      const x = norm?.operands[0];
      if (norm === undefined || x === undefined || !isRow(view, scale, width) || view.type(x).dtype !== 'f32') continue;
      return {
        operands: [x, scale, bias],
        lower(emit, [input, ...rows]) {
          const flat = rows.map(({ name, type }) => reshape(emit, name, type.shape, [width]));
          const attributes = { axis: -1, epsilon: { float: norm.attributes.eps as number } };
          return emit.node('LayerNormalization', [input!.name, ...flat], attributes);
        },
      };
    }
  }
  return undefined;
};
