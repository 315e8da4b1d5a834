/** The weights of a model as a table: their paths, shapes, whether they are trained, and how they start. */
import { graphsOf } from '../../ir/callees.ts';
import type { Graph, Init } from '../../ir/graph.ts';
import { weightsOf } from '../../ir/weights.ts';
import { text, WIDTH } from './expression.ts';
import type { Functions } from './functions.ts';
import { DTYPES } from './writing.ts';

/** Graphs that make initial values, callees first. */
export const initialGraphs = (model: Graph): readonly Graph[] =>
  weightsOf(model).flatMap(({ weight: { init } }) => (init.kind === 'tensor' ? graphsOf(init.graph) : []));

const number = (value: number): string => {
  const shown = text(value);
  return shown.kind === 'text' ? shown.text : '';
};

const key = (path: string): string => (/^[A-Za-z_$][\w$]*$/.test(path) ? path : `'${path}'`);

export function weightTable(
  model: Graph,
  functions: Functions,
): { readonly text: string; readonly names: Set<string> } {
  const names = new Set(['WeightFacts', 'initialValues', 'readSafetensors', 'Tensor']);
  const initText = (init: Init): string => {
    switch (init.kind) {
      case 'fill':
        names.add('filled');
        return `filled(${number(init.value)})`;
      case 'normal':
        names.add('normal');
        return `normal(${number(init.std)})`;
      case 'uniform':
        names.add('uniform');
        return `uniform(${number(init.bound)})`;
      case 'xavier_uniform':
        names.add('xavierUniform');
        return `xavierUniform(${init.fanIn}, ${init.fanOut})`;
      case 'tensor': {
        const { name } = functions.of(init.graph);
        names.add(name);
        return name;
      }
    }
  };
  const rows = weightsOf(model).map(({ path, weight: { type, trained, init } }) => {
    const make = trained ? 'trained' : 'frozen';
    names.add(make);
    const dtype = type.dtype === 'f32' ? [] : [`'${DTYPES[type.dtype]}'`];
    const args = [`[${type.shape.join(', ')}]`, initText(init), ...dtype];
    const row = `  ${key(path)}: ${make}(${args.join(', ')}),`;
    return row.length <= WIDTH ? row : `  ${key(path)}: ${make}(\n${args.map((arg) => `    ${arg},\n`).join('')}  ),`;
  });
  const lines = [
    '/** By path, which is the key of the state_dict of the reference code; in the order of the spec */',
    'export const WEIGHTS: Readonly<Record<string, WeightFacts>> = {',
    ...rows,
    '};',
    '',
    '/** Weights to start training from. */',
    'export const initialWeights = (seed = 0): Map<string, Tensor> => initialValues(WEIGHTS, seed);',
    '',
    '/** Weights out of a file of safetensors, as `ditc train` and `ditc weights convert` write it. */',
    'export const readWeights = (file: ArrayBuffer): Map<string, Tensor> => readSafetensors(file, WEIGHTS);',
  ];
  return { text: lines.join('\n'), names };
}
