/** Blocks that TensorFlow.js differentiates: their functions and gradients in the one form that `differentiable` takes. */
import type { Pullback } from '../../grad/pullback.ts';
import type { Graph } from '../../ir/graph.ts';
import { weightsOf } from '../../ir/weights.ts';
import { call, layOut, text, WIDTH } from './expression.ts';
import type { Functions } from './functions.ts';
import { camelCase, uniqueNames } from './names.ts';

export interface Adapter {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly names: ReadonlySet<string>;
}

/** `['a', 'b']`, a line for each where they are many */
export function showPaths(paths: readonly string[], indent: number): string {
  const quoted = paths.map((path) => `'${path}'`);
  const line = `[${quoted.join(', ')}]`;
  if (line.length + indent + 24 <= WIDTH) return line;
  const pad = ' '.repeat(indent + 2);
  return `[\n${quoted.map((path) => `${pad}${path},\n`).join('')}${' '.repeat(indent)}]`;
}

export function adapterOf(graph: Graph, pullback: Pullback | undefined, functions: Functions, name: string): Adapter {
  const forward = functions.of(graph);
  const unique = uniqueNames();
  const inputs = graph.inputs.map((input) => unique(camelCase(input.name)));
  const results = graph.results.map((result, at) =>
    unique(camelCase(result.name ?? graph.values[result.value]!.name ?? (graph.results.length === 1 ? 'y' : `y${at}`))),
  );
  const names = new Set<string>(['Block']);
  const given = inputs.map((input) => `${input}!`);
  const weights = (name: { readonly needsWeights: boolean }) => (name.needsWeights ? ['w'] : []);
  const paths = weightsOf(graph).map(({ path }) => path);
  const list = results.join(', ');

  const keeps = pullback !== undefined && pullback.forward !== graph;
  const run = keeps ? functions.of(pullback.forward) : forward;
  names.add(run.name);
  const made = call(run.name, ...[...given, ...weights(run)].map(text));
  const taken = [
    keeps ? `[${list}, kept]` : results.length === 1 ? list : `[${list}]`,
    `return { results: [${list}], kept${keeps ? '' : ': []'} };`,
  ];
  const runParameters = `[${inputs.join(', ')}]${run.needsWeights ? ', w' : ''}`;

  const back: string[] = [];
  if (pullback === undefined) back.push('  pullBack: () => ({ inputs: {}, weights: [] }),');
  else {
    const backward = functions.of(pullback.backward);
    names.add(backward.name);
    const cotangents = pullback.cotangents.map((at) => `d${results[at]![0]!.toUpperCase()}${results[at]!.slice(1)}`);
    const all = graph.results.map((_, at) =>
      pullback.cotangents.includes(at) ? cotangents[pullback.cotangents.indexOf(at)]! : '',
    );
    const kept = pullback.kept.filter(({ kind }) => kind === 'result').length > 0;
    const own = pullback.kept.flatMap(({ kind, index }) => (kind === 'input' ? [`${inputs[index]}!`] : []));
    if (kept) names.add(functions.keptType(pullback.forward));
    const args = [
      ...own,
      ...(kept ? [`kept as ${functions.keptType(pullback.forward)}`] : []),
      ...cotangents.map((d) => `${d}!`),
      ...weights(backward),
    ];
    const made = pullback.inputs.map((at) => `d${inputs[at]![0]!.toUpperCase()}${inputs[at]!.slice(1)}`);
    const hasWeights = pullback.weights.length > 0;
    const read = pullback.kept.some(({ kind }) => kind === 'input');
    const parameters = [
      read
        ? `[${inputs
            .map((input, at) => (pullback.kept.some((one) => one.kind === 'input' && one.index === at) ? input : ''))
            .join(', ')
            .replace(/(, )+$/, '')}]`
        : '_inputs',
      kept ? 'kept' : '_kept',
      `[${all.join(', ').replace(/(, )+$/, '')}]`,
      ...weights(backward),
    ];
    const single = made.length === 1 && !hasWeights;
    const target = single
      ? made[0]!
      : made.length === 0
        ? 'weights'
        : `[${[...made, ...(hasWeights ? ['...weights'] : [])].join(', ')}]`;
    const entries = pullback.inputs.map((at, place) => `${at}: ${made[place]}`).join(', ');
    back.push(`  pullBack: (${parameters.join(', ')}) => {`);
    const before = `    const ${target} = `;
    back.push(`${before}${layOut(call(backward.name, ...args.map(text)), 4, before.length, 1)};`);
    const inputsText = entries === '' ? '{}' : `{ ${entries} }`;
    back.push(`    return { inputs: ${inputsText}, weights${hasWeights ? '' : ': []'} };`, '  },');
  }
  const trained = pullback?.weights ?? [];
  const isAll = trained.length === paths.length && trained.every((path, at) => path === paths[at]);
  const lines = [
    `export const ${name}: Block = {`,
    `  weights: ${showPaths(paths, 2)},`,
    ...(isAll ? [] : [`  trained: ${showPaths(trained, 2)},`]),
    `  run: (${runParameters}) => {`,
    `    const ${taken[0]} = ${layOut(made, 4, 13 + taken[0]!.length, 1)};`,
    `    ${taken[1]}`,
    '  },',
    ...back,
    '};',
  ];
  return { name, file: forward.file, text: lines.join('\n'), names };
}
