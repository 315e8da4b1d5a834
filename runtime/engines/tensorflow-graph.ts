/**
 * A lowered program as one TensorFlow graph, run by one call of tfjs-node's binding: the library's passes over graphs see
 * all of it, and no time goes into calls.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRecorder, type Recorded } from '../../compiler/lower/tensorflow/record.ts';
import { encodeSavedModel, TAG } from '../../compiler/lower/tensorflow/saved-model.ts';
import type { LoweredGraph } from '../../compiler/lower/tfjs/lower.ts';
import type { CompiledGraph, Tfjs, TfjsTensor } from './tfjs-backend.ts';
import { runSteps } from './tfjs-run.ts';

/** What tfjs-node's backend has besides tfjs. */
interface NodeBackend {
  readonly binding: {
    loadSavedModel(folder: string, tags: string): number;
    deleteSavedModel(id: number): void;
    runSavedModel(id: number, tensors: readonly number[], inputs: string, outputs: string): object[];
  };
  getInputTensorIds(tensors: readonly TfjsTensor[]): number[];
  createOutputTensor(metadata: object): TfjsTensor;
}

const nameOf = ({ name }: Recorded): string => (name.includes(':') ? name : `${name}:0`);

export async function compileGraph(tf: Tfjs, lowered: LoweredGraph): Promise<CompiledGraph> {
  const backend = tf.backend() as unknown as NodeBackend;
  const recorder = createRecorder();
  const given = new Map(
    [...lowered.inputs, ...lowered.state].map(({ value, type }) => [value, recorder.placeholder(type)] as const),
  );
  const constants = lowered.constants.tensors.map(recorder.constant);
  const results = runSteps(lowered, recorder.kernel, constants, given) as Recorded[];
  const folder = mkdtempSync(path.join(tmpdir(), 'ditc-graph-'));
  let id: number;
  try {
    writeFileSync(path.join(folder, 'saved_model.pb'), await encodeSavedModel(recorder.nodes));
    id = backend.binding.loadSavedModel(folder, TAG);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const inputs = [...given.values()].map(nameOf).join();
  const outputs = results.map(nameOf).join();
  return {
    run(tensors) {
      const ids = backend.getInputTensorIds([...given.keys()].map((value) => tensors.get(value)!));
      return backend.binding.runSavedModel(id, ids, inputs, outputs).map((made) => backend.createOutputTensor(made));
    },
    dispose: () => backend.binding.deleteSavedModel(id),
  };
}
