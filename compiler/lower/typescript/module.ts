/**
 * A model as a module of TypeScript that needs nothing but TensorFlow.js: a file for every block with the function that it
 * is, one beside it with its gradient, the table of weights, and layers. What is written depends on the model alone.
 */
import { createPullbacks } from '../../grad/backward.ts';
import type { Pullback } from '../../grad/pullback.ts';
import { calledGraphs } from '../../ir/callees.ts';
import type { CallNode, Graph } from '../../ir/graph.ts';
import { adapterOf } from './adapters.ts';
import { createConstants } from './constant-text.ts';
import { comment, documentationOf, fileDocumentationOf, specOf } from './documentation.ts';
import { type EmittedFunction, emitFunctions, showFunction } from './functions.ts';
import { inputFacts, layerClasses, layersText, type ModelPlan } from './layer-text.ts';
import { camelCase } from './names.ts';
import { createSources, type Origins } from './source-text.ts';
import { SUPPORT } from './support/files.ts';
import { initialGraphs, weightTable } from './weight-table.ts';

export interface ModuleOptions {
  /** `preset "DiT-S/2"` */
  readonly target: string;
  /** how the model comes apart into layers; without it no layers are written */
  readonly plan?: ModelPlan;
  /** the text of a file of `support` */
  readonly support: (name: string) => string;
}

/** A call of a graph by nobody, for asking what its gradient is. */
const callOf = (callee: Graph): CallNode => ({ kind: 'call', callee, operands: [], prefix: '', results: [] });

const floats = (graph: Graph, values: readonly { readonly value: number }[]): boolean[] =>
  values.map(({ value }) => graph.values[value]!.type.dtype === 'f32');

function pullbacksOf(roots: Iterable<Graph>): ReadonlyMap<Graph, Pullback | undefined> {
  const { pullbackOf } = createPullbacks({ weights: true, rematerialise: () => false });
  return new Map(
    [...roots].map((root) => [
      root,
      pullbackOf(callOf(root), root, floats(root, root.inputs), floats(root, root.results)),
    ]),
  );
}

/** All that run, callees before callers. */
function graphsIn(model: Graph, pullbacks: ReadonlyMap<Graph, Pullback | undefined>): Set<Graph> {
  const graphs = new Set(initialGraphs(model));
  for (const [root, pullback] of pullbacks)
    for (const top of pullback === undefined ? [root] : [root, pullback.forward, pullback.backward])
      for (const graph of calledGraphs(top)) graphs.add(graph);
  return graphs;
}

const supportOrigins = (): Origins =>
  new Map<string, { file: string; isType: boolean }>([
    ['Tensor', { file: '@tensorflow/tfjs-core', isType: true }],
    ...SUPPORT.flatMap(({ file, names, types }) => {
      const from = `support/${file.replace(/\.ts$/, '')}`;
      return [
        ...names.map((name) => [name, { file: from, isType: false }] as const),
        ...types.map((name) => [name, { file: from, isType: true }] as const),
      ];
    }),
  ]);

/** Files by name, in order. */
export function emitModule(graph: Graph, { target, plan, support }: ModuleOptions): ReadonlyMap<string, string> {
  const pullbacks = pullbacksOf(new Set([graph, ...(plan?.calls.map(({ layer }) => layer.graph) ?? [])]));
  const constants = createConstants();
  const origins = supportOrigins();
  const functions = emitFunctions([...graphsIn(graph, pullbacks)], constants, origins.keys());
  const sources = createSources();

  for (const { name, file, text, names } of functions.types) {
    sources.add(`gradients/${file}`, `${comment(['What is kept for the gradient'])}${text}`, names);
    origins.set(name, { file: `gradients/${file}`, isType: true });
  }
  for (const one of functions.all) {
    const file = `${one.folder}/${one.file}`;
    const names = ['Tensor', ...(one.needsWeights ? ['Weights'] : []), ...one.names];
    sources.add(file, `${headOf(one)}${showFunction(one)}`, names);
    origins.set(one.name, { file });
  }
  const blocks = new Map<Graph, string>();
  for (const [root, pullback] of pullbacks) {
    const name = functions.freeName(`${functions.of(root).name}Block`);
    const { file, text, names } = adapterOf(root, pullback, functions, name);
    sources.add(`gradients/${file}`, `${comment([`\`${root.name}\` as \`differentiable\` takes it`])}${text}`, names);
    origins.set(name, { file: `gradients/${file}` });
    blocks.set(root, name);
  }
  for (const [name, text] of constants.functions) {
    sources.add('constant-values', text, ['Tensor', ...(text.includes('decode(') ? ['decode'] : [])]);
    origins.set(name, { file: 'constant-values' });
  }
  const table = weightTable(graph, functions);
  sources.add('weights', table.text, table.names);
  origins.set('WEIGHTS', { file: 'weights' });
  if (plan !== undefined) {
    const classes = layerClasses(plan);
    const { text, names } = layersText(plan, classes, (one) => blocks.get(one)!, graph.name);
    sources.add('layers', text, names);
    sources.head('layers', comment([`${target} as layers of TensorFlow.js`]));
  }
  const block = blocks.get(graph)!;
  sources.add('index', entryText(graph, block), [
    'Tensor',
    'InputFacts',
    'accept',
    'differentiable',
    'weightsIn',
    block,
  ]);
  sources.head(
    'index',
    comment([target, ...paragraph(fileDocumentationOf(graph)), '', `Written by ditc from ${specOf(graph)}.`]),
  );

  const files = sources.finish(origins);
  for (const { file } of SUPPORT) {
    if (file === 'block-layer.ts' && plan === undefined) continue;
    files.set(`support/${file}`, support(file).replaceAll(/from '(\.[^']*)\.ts'/g, "from '$1.js'"));
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const paragraph = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', ...lines]);

function headOf({ graph, folder, signature }: EmittedFunction): string {
  const docs = folder === 'gradients' ? [] : documentationOf(graph);
  return comment([
    ...docs,
    ...(docs.length > 0 && signature !== '' ? [''] : []),
    ...(signature === '' ? [] : [signature]),
  ]);
}

function entryText(graph: Graph, block: string): string {
  const inputs = graph.inputs.map(({ name }) => camelCase(name));
  const outputs = graph.results.map(({ name }, at) => camelCase(name ?? `output${at}`));
  const facts = graph.inputs.map(({ name, value, role }) => inputFacts(name, graph.values[value]!.type, role));
  return [
    "export { initialWeights, readWeights, WEIGHTS } from './weights.js';",
    '',
    'export interface Inputs {',
    ...inputs.map((name) => `  readonly ${name}: Tensor;`),
    '}',
    '',
    'export interface Outputs {',
    ...outputs.map((name) => `  readonly ${name}: Tensor;`),
    '}',
    '',
    'export const INPUTS: readonly InputFacts[] = [',
    ...facts.map((fact) => `  ${fact},`),
    '];',
    '',
    '/** The model as a function of its inputs and weights, differentiable in both. */',
    'export function forward(inputs: Inputs, weights: ReadonlyMap<string, Tensor>): Outputs {',
    `  const given = accept('${graph.name}', INPUTS, [${inputs.map((name) => `inputs.${name}`).join(', ')}]);`,
    `  const [${outputs.join(', ')}] = differentiable(${block}, given, weightsIn(weights));`,
    `  return { ${outputs.map((name) => `${name}: ${name}!`).join(', ')} };`,
    '}',
  ].join('\n');
}
