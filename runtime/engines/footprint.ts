/**
 * How much memory a program will take on an engine, from the graph alone: so that what cannot fit is refused before
 * anything is allocated, and not killed by the system in the middle. State and the most that lives at once are counted
 * exactly; what an engine makes of them (copies, padding, an arena that grows by doubling) was measured with DiT-S/2 in
 * batches of 8 to 32 on onnx and tensorflow, and is a guess for wasm and cpu.
 */
import { activationBytes } from '../../compiler/cost/memory.ts';
import type { Graph, Value } from '../../compiler/ir/graph.ts';
import { BYTES, countElements } from '../../compiler/ir/type.ts';
import type { Program, State } from '../../compiler/lower/program.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import { fail, type Result, succeed } from '../weights/problem.ts';
import type { Engine } from './engine.ts';
import { gibibytes } from './gibibytes.ts';
import { memoryLeft } from './host-memory.ts';

/** What an engine makes of a program's bytes. */
export interface Footprint {
  /** bytes beside the program: libraries, compiled graphs */
  readonly base: number;
  /** copies of state that no step changes, and of state that it replaces, those included that whoever loads it has */
  readonly kept: number;
  readonly replaced: number;
  /** times the most that lives at once */
  readonly activations: number;
}

const bytesOf = (state: readonly State[], batch: number): number =>
  state.reduce((sum, { type }) => sum + BYTES[type.dtype] * countElements(type.shape, batch), 0);

/** The next values of state: they have a place already. */
function nextValues(graph: Graph, state: readonly State[]): ReadonlySet<Value> {
  const updates = new Set(state.map(({ update }) => update));
  return new Set(graph.results.flatMap(({ name, value }) => (name !== undefined && updates.has(name) ? [value] : [])));
}

/** Bytes of a program with this batch on an engine with that footprint. */
export function bytesNeeded(program: Program, batch: number, { base, kept, replaced, activations }: Footprint): number {
  const graph = asRun(program.graph);
  const stays = program.state.filter(({ update }) => update === undefined);
  const changes = program.state.filter(({ update }) => update !== undefined);
  const live = activationBytes(graph, batch, nextValues(graph, program.state));
  return base + kept * bytesOf(stays, batch) + replaced * bytesOf(changes, batch) + activations * live;
}

/** Whether a program fits, before its state is made; engines that do not say what they take are believed. */
export async function fits(
  engine: Engine,
  program: Program,
  batch: number,
  left: () => number = memoryLeft,
): Promise<Result<void>> {
  const footprint = await engine.footprint?.();
  if (footprint === undefined) return succeed(undefined);
  const needed = bytesNeeded(program, batch, footprint);
  const there = left();
  if (needed <= there) return succeed(undefined);
  return fail({
    kind: 'space',
    file: `${program.name}, batch ${batch}`,
    message: `does not fit in memory: about ${gibibytes(needed)} are needed on ${engine.name}, and ${gibibytes(there)} are left here`,
    remedy: 'use a smaller batch, or try it nevertheless with --force',
  });
}
