/** How much of a backend's memory a program needs at once, where that is known to be little: WebAssembly has 4 GiB. */
import { bindShape, countElements } from '../../compiler/ir/type.ts';
import type { Program } from '../../compiler/lower/program.ts';
import type { LoweredGraph } from '../../compiler/lower/tfjs/lower.ts';
import { engineError } from './engine-error.ts';
import { gibibytes } from './gibibytes.ts';
import type { TfjsBackend } from './tfjs-backend.ts';

/** Every element takes 4 bytes at most. */
const BYTES = 4;

/** State, constants and the most that lives at once between two steps, in bytes: at least this much is needed. */
export function bytesNeeded(program: Program, { steps, constants }: LoweredGraph): number {
  const kept = program.state.reduce((sum, { type }) => sum + countElements(bindShape(type.shape, 1), 1), 0);
  const constant = constants.tensors.reduce((sum, { data }) => sum + data.length, 0);
  const sizes = new Map<number, number>();
  let [live, most] = [0, 0];
  for (const { result, elements, frees } of steps) {
    sizes.set(result, elements);
    live += elements;
    most = Math.max(most, live);
    for (const value of frees) live -= sizes.get(value)!;
  }
  return BYTES * (kept + constant + most);
}

/** Refuses before anything is allocated: a backend whose memory runs out may compute nonsense instead of saying so. */
export function needMemory(backend: TfjsBackend, program: Program, lowered: LoweredGraph, batch: number): void {
  if (backend.mostBytes === undefined) return;
  const needed = bytesNeeded(program, lowered);
  if (needed <= backend.mostBytes) return;
  throw engineError(
    'missing',
    `${program.name} with batch ${batch} does not fit in memory: it needs ${gibibytes(needed)}, and ${backend.name} has ` +
      `${gibibytes(backend.mostBytes)}; use a smaller batch, or another engine`,
  );
}
