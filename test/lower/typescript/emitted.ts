/** Modules that are emitted into a folder where tfjs can be imported, and the compiler of a user. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { ModelInstance } from '../../../compiler/elaborate/model.ts';
import type { HostTensor } from '../../../compiler/ir/tensor.ts';
import { saveModel } from '../../../compiler/lower/typescript/model-json.ts';
import { emitModule } from '../../../compiler/lower/typescript/module.ts';
import { runPasses } from '../../../compiler/passes/pipeline.ts';
import { planLayers } from '../../../runtime/layers/layer-plan.ts';
import { root } from '../../source-tree.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-emitted-'));
symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export const support = (name: string): string =>
  readFileSync(path.join(root, 'compiler/lower/typescript/support', name), 'utf8');

export function sourcesOf(model: ModelInstance): ReadonlyMap<string, string> {
  const graph = runPasses(model.inference);
  return emitModule(graph, { target: model.target, plan: planLayers(graph), support });
}

export interface EmittedLayers {
  buildModel(): tfl.LayersModel;
}

/** What `ditc emit --to layers` writes, as tfjs reads it. */
export function savedModel(model: ModelInstance, weights: ReadonlyMap<string, HostTensor>): tf.io.IOHandler {
  const graph = runPasses(model.inference);
  const { json, shards } = saveModel(graph.name, planLayers(graph), weights);
  const { modelTopology, weightsManifest } = JSON.parse(json) as tf.io.ModelJSON;
  const bytes = Buffer.concat([...shards.values()].flat());
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  return { load: async () => ({ modelTopology, weightSpecs: weightsManifest[0]!.weights, weightData }) };
}

export interface EmittedModel {
  initialWeights(seed?: number): Map<string, tf.Tensor>;
  readWeights(file: ArrayBuffer): Map<string, tf.Tensor>;
  forward(
    inputs: Readonly<Record<string, tf.Tensor>>,
    weights: ReadonlyMap<string, tf.Tensor>,
  ): Readonly<Record<string, tf.Tensor>>;
}

/** Writes a module under a name, which is a word. */
export function writeModule(name: string, sources: ReadonlyMap<string, string>): string {
  for (const [file, text] of sources) {
    const to = path.join(folder, name, file);
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, text);
  }
  return path.join(folder, name);
}

export const load = (module: string, file = 'index.ts'): Promise<unknown> =>
  import(pathToFileURL(path.join(module, file)).href);

/** What `tsc` says of all that was written, as strict as it gets; nothing where all is well. */
export function typeCheck(): string {
  const config = {
    compilerOptions: {
      target: 'es2022',
      lib: ['es2023', 'dom'],
      module: 'nodenext',
      strict: true,
      noUncheckedIndexedAccess: true,
      noImplicitOverride: true,
      noImplicitReturns: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      skipLibCheck: true,
      noEmit: true,
      types: [],
    },
    include: ['*/**/*.ts'],
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  const tsc = path.join(root, 'node_modules/.bin/tsc');
  try {
    return execFileSync(tsc, ['-p', folder], { encoding: 'utf8' });
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? error);
  }
}
