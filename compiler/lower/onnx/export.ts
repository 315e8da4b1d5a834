/**
 * A forward program with its weights as a file that other tools open: standard ONNX only, inputs and outputs as in the
 * spec, weights by their paths. Protobuf ends at 2 GiB, so large weights go into a second file beside the first.
 */
import type { HostTensor } from '../../ir/tensor.ts';
import { countElements } from '../../ir/type.ts';
import { bindBatch } from '../bind-batch.ts';
import { flatten } from '../flatten.ts';
import type { Program } from '../program.ts';
import { freeBatch, PROBES } from './free-batch.ts';
import { type LoweredGraph, lowerGraph } from './lower.ts';
import { isExternal, type OnnxModel, type OnnxTensor } from './model.ts';
import { encodeModel } from './proto.ts';

export interface ExportOptions {
  /** a number, or the first dim of the inputs left open */
  readonly batch: number | 'dynamic';
  /** what is said of the model in its `metadata_props`: `spec`, `digest`, `licence` */
  readonly metadata?: Readonly<Record<string, string>>;
  /** the name of the second file, which the first one refers to */
  readonly dataFile?: string;
  /** bytes of weights from which on they go there; 1.5 GiB unless said */
  readonly externalFrom?: number;
}

export interface ExportedModel {
  /** the `.onnx` file */
  readonly model: Uint8Array;
  /** the file beside it, in parts to be written one after the other; absent where the weights are in the model */
  readonly data?: { readonly name: string; readonly parts: readonly Uint8Array[] };
}

/** Why a model cannot be exported as asked. */
export interface ExportProblem {
  readonly problem: string;
  readonly help?: string;
}

const EXTERNAL_FROM = 1.5 * 2 ** 30;
/** Small tensors stay in the model: shapes must be read without the second file. */
const SMALL = 1024;
/** Where tensors begin in the second file, so that it can be mapped into memory. */
const PAGE = 4096;

function lowerAt(program: Program, weights: ReadonlyMap<string, HostTensor>, batch: number): LoweredGraph {
  return lowerGraph(bindBatch(flatten(program.graph), batch), { stored: weights });
}

/** What the weights must be for the file to be whole. */
function weightProblem({ name, state }: Program, weights: ReadonlyMap<string, HostTensor>): ExportProblem | undefined {
  const changing = state.find(({ update }) => update !== undefined);
  if (changing !== undefined) {
    return { problem: `${name} changes its state \`${changing.name}\``, help: 'only forward programs are exported' };
  }
  for (const { name: path, type } of state) {
    const tensor = weights.get(path);
    if (tensor === undefined) return { problem: `the weight \`${path}\` is missing` };
    if (tensor.shape.join() !== type.shape.join() || tensor.data.length !== countElements(type.shape, 1)) {
      return { problem: `the weight \`${path}\` is [${tensor.shape.join(', ')}], not [${type.shape.join(', ')}]` };
    }
  }
  return undefined;
}

const roles = ({ graph }: Program): Record<string, string> =>
  Object.fromEntries(graph.inputs.flatMap(({ name, role }) => (role ? [[`role.${name}`, role.kind]] : [])));

/** Moves the bytes of large tensors out of the model. */
function moveOut(model: OnnxModel, location: string): { model: OnnxModel; parts: Uint8Array[] } {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const initialisers = model.initialisers.map((tensor): OnnxTensor => {
    const { data } = tensor;
    if (isExternal(data) || data.byteLength < SMALL) return tensor;
    const gap = -offset & (PAGE - 1);
    if (gap > 0) parts.push(new Uint8Array(gap));
    parts.push(data);
    const place = { location, offset: offset + gap, length: data.byteLength };
    offset = place.offset + place.length;
    return { ...tensor, data: place };
  });
  return { model: { ...model, initialisers }, parts };
}

export async function exportOnnx(
  program: Program,
  weights: ReadonlyMap<string, HostTensor>,
  { batch, metadata = {}, dataFile = 'model.onnx.data', externalFrom = EXTERNAL_FROM }: ExportOptions,
): Promise<ExportedModel | ExportProblem> {
  const problem = weightProblem(program, weights);
  if (problem !== undefined) return problem;
  const lowered =
    batch === 'dynamic'
      ? freeBatch(...(PROBES.map((probe) => lowerAt(program, weights, probe).model) as [OnnxModel, OnnxModel]))
      : { model: lowerAt(program, weights, batch).model };
  if ('problem' in lowered) {
    return {
      problem: `${program.name} has no form with a free batch: ${lowered.problem}`,
      help: 'export it with a number for the batch',
    };
  }
  const model = { ...lowered.model, name: program.name, metadata: { ...roles(program), ...metadata } };
  const bytes = model.initialisers.reduce((sum, { data }) => sum + (isExternal(data) ? 0 : data.byteLength), 0);
  if (bytes < externalFrom) return { model: await encodeModel(model) };
  const moved = moveOut(model, dataFile);
  return { model: await encodeModel(moved.model), data: { name: dataFile, parts: moved.parts } };
}
