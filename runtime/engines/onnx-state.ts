/**
 * The state of a program in the memory of this process, as ONNX Runtime reads and writes it: one array for what does not
 * change or may be written where it lies, two that take turns for everything else.
 */
import type { Tensor } from 'onnxruntime-node';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { State } from '../../compiler/lower/program.ts';
import type { Ort } from './onnx-runtime.ts';
import { accept, allocate, type BoundType, stored, wrap } from './onnx-tensor.ts';

export interface Cell {
  readonly name: string;
  readonly type: BoundType;
  /** ONNX names: what the graph reads, and the result that is the next value */
  readonly read?: string;
  readonly written?: string;
  current: Tensor;
  /** where the next value goes; `current` itself where it may be written in place */
  next?: Tensor;
}

export interface CellNames {
  readonly read?: string;
  readonly written?: string;
  readonly inPlace: boolean;
}

/** Bound types of state have no N in them. */
export const stateType = ({ type }: State): BoundType => ({
  dtype: type.dtype,
  shape: type.shape as readonly number[],
});

/** State that changes is copied, so that the caller's arrays stay as they are; the rest is shared with the caller. */
export function makeCell(ort: Ort, state: State, value: HostTensor | undefined, names: CellNames): Cell {
  const type = stateType(state);
  const given = stored(accept(`state ${state.name}`, value, type));
  const { read, written, inPlace } = names;
  if (written === undefined) return { name: state.name, type, read, current: wrap(ort, type, given) };
  const current = wrap(ort, type, given.slice());
  const next = inPlace ? current : wrap(ort, type, allocate(type));
  return { name: state.name, type, read, written, current, next };
}

/** After a step that wrote `next`. */
export function turn(cell: Cell): void {
  if (cell.next !== undefined) [cell.current, cell.next] = [cell.next, cell.current];
}
