/**
 * A model as a module of TypeScript that needs nothing but TensorFlow.js: a file for every block with the function that it
 * is, one beside it with its gradient, the table of weights, and layers. What is written depends on the graph alone.
 */
import { IndentationText, Project, QuoteKind, type SourceFile } from 'ts-morph';
import { createPullbacks } from '../../grad/backward.ts';
import type { Pullback } from '../../grad/pullback.ts';
import { calledGraphs } from '../../ir/callees.ts';
import type { CallNode, Graph } from '../../ir/graph.ts';
import { adapterOf } from './adapters.ts';
import { createConstants } from './constant-text.ts';
import { comment, documentationOf, fileDocumentationOf, specOf } from './documentation.ts';
import { type EmittedFunction, emitFunctions, showFunction } from './functions.ts';
import { camelCase } from './names.ts';
import { SUPPORT } from './support/files.ts';

export interface ModuleOptions {
  /** `preset "DiT-S/2"` */
  readonly target: string;
  /** the text of a file of `support` */
  readonly support: (name: string) => string;
}

/** Where functions and types that files name come from. */
type Origins = Map<string, { readonly file: string; readonly isType?: boolean }>;

/** `blocks/linear` seen from `gradients/mlp`: `../blocks/linear.js` */
function specifier(from: string, to: string): string {
  const [a, b] = [from.split('/'), to.split('/')];
  const sameFolder = a.length === b.length && a[0] === b[0] && a.length > 1;
  if (sameFolder) return `./${b.at(-1)}.js`;
  return `${a.length > 1 ? '../' : './'}${to}.js`;
}

function addImports(file: SourceFile, here: string, names: ReadonlySet<string>, origins: Origins): void {
  const byFile = new Map<string, { name: string; isType: boolean }[]>();
  for (const name of [...names].sort()) {
    const origin = origins.get(name);
    if (origin === undefined || origin.file === here) continue;
    const list = byFile.get(origin.file) ?? [];
    list.push({ name, isType: origin.isType === true });
    byFile.set(origin.file, list);
  }
  for (const [from, list] of [...byFile].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const allTypes = list.every(({ isType }) => isType);
    file.addImportDeclaration({
      moduleSpecifier: from.startsWith('@') ? from : specifier(here, from),
      isTypeOnly: allTypes,
      namedImports: list.map(({ name, isType }) => ({ name, isTypeOnly: isType && !allTypes })),
    });
  }
}

/** A call of a graph by nobody, for asking what its gradient is. */
const callOf = (callee: Graph): CallNode => ({ kind: 'call', callee, operands: [], prefix: '', results: [] });

const floats = (graph: Graph, values: readonly { readonly value: number }[]): boolean[] =>
  values.map(({ value }) => graph.values[value]!.type.dtype === 'f32');

/** Files by name, in order. */
export function emitModule(graph: Graph, { target, support }: ModuleOptions): ReadonlyMap<string, string> {
  const { pullbackOf } = createPullbacks({ weights: true, rematerialise: () => false });
  const pullbacks = new Map<Graph, Pullback | undefined>();
  for (const root of [graph])
    pullbacks.set(root, pullbackOf(callOf(root), root, floats(root, root.inputs), floats(root, root.results)));

  const graphs = new Set<Graph>();
  for (const [root, pullback] of pullbacks) {
    for (const one of calledGraphs(root)) graphs.add(one);
    if (pullback === undefined) continue;
    for (const one of calledGraphs(pullback.forward)) graphs.add(one);
    for (const one of calledGraphs(pullback.backward)) graphs.add(one);
  }
  const constants = createConstants();
  const origins: Origins = new Map<string, { file: string; isType?: boolean }>([
    ['Tensor', { file: '@tensorflow/tfjs-core', isType: true }],
    ...SUPPORT.flatMap(({ file, names, types }) => [
      ...names.map((name) => [name, { file: `support/${file.replace(/\.ts$/, '')}` }] as const),
      ...types.map((name) => [name, { file: `support/${file.replace(/\.ts$/, '')}`, isType: true }] as const),
    ]),
  ]);
  const functions = emitFunctions([...graphs], constants, origins.keys());
  for (const name of constants.functions.keys()) origins.set(name, { file: 'constants' });
  for (const { name, folder, file } of functions.all) origins.set(name, { file: `${folder}/${file}` });
  for (const { name, file } of functions.types) origins.set(name, { file: `gradients/${file}`, isType: true });

  const project = new Project({
    useInMemoryFileSystem: true,
    manipulationSettings: { quoteKind: QuoteKind.Single, indentationText: IndentationText.TwoSpaces },
  });
  const parts = new Map<string, { texts: string[]; names: Set<string>; head: string }>();
  const partOf = (name: string) => {
    let part = parts.get(name);
    if (part === undefined) parts.set(name, (part = { texts: [], names: new Set(), head: '' }));
    return part;
  };
  for (const { file, text, names } of functions.types) {
    const part = partOf(`gradients/${file}`);
    part.texts.push(`${comment([`What is kept for the gradient`])}${text}`);
    for (const other of names) part.names.add(other);
  }
  for (const one of functions.all) {
    const part = partOf(`${one.folder}/${one.file}`);
    part.texts.push(`${headOf(one)}${showFunction(one)}`);
    for (const name of one.names) part.names.add(name);
    part.names.add('Tensor');
    if (one.needsWeights) part.names.add('Weights');
  }
  const blockNames = new Map<Graph, string>();
  for (const [root, pullback] of pullbacks) {
    const adapter = adapterOf(root, pullback, functions, functions.freeName(`${functions.of(root).name}Block`));
    blockNames.set(root, adapter.name);
    const part = partOf(`gradients/${adapter.file}`);
    part.texts.push(`${comment([`\`${root.name}\` as \`differentiable\` takes it`])}${adapter.text}`);
    for (const name of adapter.names) part.names.add(name);
    origins.set(adapter.name, { file: `gradients/${adapter.file}` });
  }
  if (constants.functions.size > 0) {
    const part = partOf('constants');
    part.texts.push(...constants.functions.values());
    part.names.add('Tensor');
  }
  const model = partOf('index');
  model.head = comment([target, '', ...fileDocumentationOf(graph), '', `Written by ditc from ${specOf(graph)}.`]);
  model.texts.push(entryText(graph, blockNames.get(graph)!));
  for (const name of ['Tensor', 'differentiable', 'weightsIn', blockNames.get(graph)!]) model.names.add(name);

  const files = new Map<string, string>();
  for (const [name, { texts, names, head }] of parts) {
    const file = project.createSourceFile(`${name}.ts`, texts.join('\n\n'));
    addImports(file, name, names, origins);
    if (/\btf\./.test(texts.join('\n')))
      file.insertImportDeclaration(0, { moduleSpecifier: '@tensorflow/tfjs-core', namespaceImport: 'tf' });
    const imports = file.getImportDeclarations().map((each) => each.getText());
    files.set(`${name}.ts`, `${head}${imports.length > 0 ? `${imports.join('\n')}\n\n` : ''}${texts.join('\n\n')}\n`);
  }
  for (const { file } of SUPPORT)
    files.set(`support/${file}`, support(file).replaceAll(/from '(\.[^']*)\.ts'/g, "from '$1.js'"));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function headOf({ graph, folder, signature }: EmittedFunction): string {
  if (folder === 'gradients') return comment([signature]);
  const docs = documentationOf(graph);
  return comment([...docs, ...(docs.length > 0 ? [''] : []), signature]);
}

function entryText(graph: Graph, block: string): string {
  const inputs = graph.inputs.map(({ name }) => camelCase(name));
  const outputs = graph.results.map(({ name }, at) => camelCase(name ?? `output${at}`));
  return [
    'export interface Inputs {',
    ...inputs.map((name) => `  readonly ${name}: Tensor;`),
    '}',
    '',
    'export interface Outputs {',
    ...outputs.map((name) => `  readonly ${name}: Tensor;`),
    '}',
    '',
    `${comment(['The model as a function of its inputs and weights, differentiable in both.'])}export function forward(inputs: Inputs, weights: ReadonlyMap<string, Tensor>): Outputs {`,
    `  const [${outputs.join(', ')}] = differentiable(${block}, [${inputs.map((name) => `inputs.${name}`).join(', ')}], weightsIn(weights));`,
    `  return { ${outputs.map((name) => `${name}: ${name}!`).join(', ')} };`,
    '}',
  ].join('\n');
}
