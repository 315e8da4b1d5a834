/** Sessions on any backend of tfjs. State stays with the backend: what a step returns as its next value takes its place. */
import type { Value } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindBatch } from '../../compiler/lower/bind-batch.ts';
import { flatten } from '../../compiler/lower/flatten.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { DTYPE } from '../../compiler/lower/tfjs/kernels.ts';
import { type LoweredGraph, lowerGraph } from '../../compiler/lower/tfjs/lower.ts';
import type { BoundType } from '../../compiler/ops/op.ts';
import type { Session } from './engine.ts';
import { accept, stored } from './onnx-tensor.ts';
import { kernelsOf, type TfjsBackend, type TfjsTensor } from './tfjs-backend.ts';
import { explainKernel } from './tfjs-errors.ts';
import { needMemory } from './tfjs-memory.ts';
import { runSteps } from './tfjs-run.ts';

interface Cell {
  readonly name: string;
  readonly type: BoundType;
  current: TfjsTensor;
}

/** How results come of what is given: by one call, where the backend makes one of a program, else kernel by kernel. */
async function evaluator(backend: TfjsBackend, lowered: LoweredGraph, upload: (tensor: HostTensor) => TfjsTensor) {
  const compiled = await backend.compile?.(lowered);
  if (compiled !== undefined) return { compute: compiled.run, dispose: compiled.dispose };
  const kernel = kernelsOf(backend.tf, backend.name);
  const constants = lowered.constants.tensors.map(upload);
  return {
    compute: (given: ReadonlyMap<Value, TfjsTensor>) => runSteps(lowered, kernel, constants, given) as TfjsTensor[],
    dispose: () => {
      for (const tensor of constants) tensor.dispose();
    },
  };
}

export async function openSession(
  backend: TfjsBackend,
  program: Program,
  state: ReadonlyMap<string, HostTensor>,
  batch: number,
): Promise<Session> {
  const { tf } = backend;
  const lowered = lowerGraph(bindBatch(flatten(program.graph), batch), backend);
  needMemory(backend, program, lowered, batch);
  backend.use();

  /** Memory is copied: backends keep arrays that they are given. */
  const upload = (tensor: HostTensor): TfjsTensor => {
    const values = stored(tensor);
    const copy = values === tensor.data ? values.slice() : values;
    return tf.engine().makeTensor(copy, [...tensor.shape], DTYPE[tensor.dtype]) as TfjsTensor;
  };
  const download = async (tensor: TfjsTensor, { dtype, shape }: BoundType): Promise<HostTensor> => {
    const data = (await tensor.data()) as Float32Array | Int32Array | Uint8Array;
    // floats that were ints are ints still on some backends
    const values = stored({ dtype, shape, data });
    return { dtype, shape, data: values === data ? data.slice() : values };
  };

  const typeOf = ({ type }: Program['state'][number]): BoundType => type as BoundType;
  const given = program.state.map((each) => {
    const type = typeOf(each);
    return { name: each.name, type, tensor: accept(`state ${each.name}`, state.get(each.name), type) };
  });
  const cells = new Map(
    given.map(({ name, type, tensor }): [string, Cell] => [name, { name, type, current: upload(tensor) }]),
  );
  const { compute: evaluate, dispose: release } = await evaluator(backend, lowered, upload);
  const updates = new Map(program.state.flatMap(({ name, update }) => (update === undefined ? [] : [[update, name]])));
  const cellOf = (name: string): Cell => {
    const cell = cells.get(name);
    if (cell === undefined) throw new Error(`${program.name} has no state \`${name}\``);
    return cell;
  };
  for (const { path } of lowered.state) cellOf(path);

  let last: Promise<unknown> = Promise.resolve();
  /** One call after the other: a step starts from the state that the step before left. */
  const queued = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };

  /** From the inputs to all results, without a pause in which another backend could become current. */
  function compute(feeds: Readonly<Record<string, HostTensor>>): TfjsTensor[] {
    const fed = lowered.inputs.map(({ name, type, value }) => {
      return { value, tensor: accept(`input ${name}`, feeds[name], type) };
    });
    backend.use();
    const inputs = fed.map(({ value, tensor }) => [value, upload(tensor)] as const);
    const states = lowered.state.map(({ path, value }) => [value, cellOf(path).current] as const);
    try {
      return evaluate(new Map([...inputs, ...states]));
    } catch (error) {
      throw explainKernel(error, { program: program.name, batch, backend: backend.name });
    } finally {
      for (const [, tensor] of inputs) tensor.dispose();
    }
  }

  async function run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>> {
    const unknown = Object.keys(feeds).find((name) => !lowered.inputs.some((input) => input.name === name));
    if (unknown !== undefined) throw new Error(`${program.name} has no input \`${unknown}\``);
    const tensors = compute(feeds);
    const outputs: (readonly [string, BoundType, TfjsTensor])[] = [];
    for (const [at, { name, type }] of lowered.results.entries()) {
      const state = updates.get(name);
      if (state === undefined) outputs.push([name, type, tensors[at]!]);
      else {
        const cell = cellOf(state);
        cell.current.dispose();
        cell.current = tensors[at]!;
      }
    }
    const found: Record<string, HostTensor> = {};
    for (const [name, type, tensor] of outputs) {
      found[name] = await download(tensor, type);
      tensor.dispose();
    }
    return found;
  }

  return {
    run: (feeds) => queued(() => run(feeds)),
    read: (name) => queued(async () => download(cellOf(name).current, cellOf(name).type)),
    write: (name, value) =>
      queued(async () => {
        const cell = cellOf(name);
        const accepted = accept(`state ${name}`, value, cell.type);
        backend.use();
        cell.current.dispose();
        cell.current = upload(accepted);
      }),
    dispose: () =>
      queued(async () => {
        backend.use();
        for (const { current } of cells.values()) current.dispose();
        release();
        cells.clear();
      }),
  };
}
