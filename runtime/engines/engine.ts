/**
 * One interface to everything that runs programs. State stays with the engine: `run` feeds the inputs, replaces the
 * state that the program updates, and returns the other results.
 */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { Program } from '../../compiler/lower/program.ts';
import type { Footprint } from './footprint.ts';

export interface EngineStatus {
  readonly name: string;
  readonly available: boolean;
  readonly version?: string;
  /** `cpu (2 threads)`, `NVIDIA H100` */
  readonly device?: string;
  /** why not, in words, and the command that would make it so */
  readonly reason?: string;
  readonly remedy?: string;
}

export interface LoadOptions {
  /** what N stands for */
  readonly batch: number;
  readonly threads?: number;
}

export interface Session {
  /** one call of the program; feeds by input name. The returned arrays belong to the caller */
  run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  read(name: string): Promise<HostTensor>;
  write(name: string, value: HostTensor): Promise<void>;
  dispose(): Promise<void>;
}

export interface Engine {
  readonly name: string;
  status(): Promise<EngineStatus>;
  /** what programs take of the machine's memory; nothing where that is not known, or where it is the memory of a GPU */
  footprint?(): Promise<Footprint | undefined>;
  /** `state` holds every state of the program by name */
  load(program: Program, state: ReadonlyMap<string, HostTensor>, options: LoadOptions): Promise<Session>;
}
