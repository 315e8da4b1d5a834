/**
 * A program on its way into an engine. Programs are made to be read, costed and differentiated; what an engine gets is what
 * the passes leave of them: constants that are computed once and not in every step, equal nodes once, and nothing that no
 * result needs. Results are the same, bit for bit.
 */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { asRun } from '../../compiler/passes/as-run.ts';
import type { Engine, LoadOptions, Session } from './engine.ts';

export const loadProgram = (
  engine: Engine,
  program: Program,
  state: ReadonlyMap<string, HostTensor>,
  options: LoadOptions,
): Promise<Session> => engine.load({ ...program, graph: asRun(program.graph) }, state, options);
