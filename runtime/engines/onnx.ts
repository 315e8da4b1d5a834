/** The engine over ONNX Runtime: a program is one ONNX model with its batch fixed, run on the CPU with all cores. */
import type { InferenceSession } from 'onnxruntime-node';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { type BoundGraph, bindBatch } from '../../compiler/lower/bind-batch.ts';
import { flatten } from '../../compiler/lower/flatten.ts';
import { inPlace } from '../../compiler/lower/onnx/in-place.ts';
import { type LoweredGraph, lowerGraph } from '../../compiler/lower/onnx/lower.ts';
import { encodeModel } from '../../compiler/lower/onnx/proto.ts';
import type { Program, State } from '../../compiler/lower/program.ts';
import type { Engine, LoadOptions, Session } from './engine.ts';
import { engineError } from './engine-error.ts';
import { explainFailure } from './onnx-errors.ts';
import { runInto, withStop } from './onnx-run.ts';
import { defaultThreads, explainMissing, loadOrt, type Ort, onnxStatus, sessionOptions } from './onnx-runtime.ts';
import { type Cell, makeCell, turn } from './onnx-state.ts';
import { accept, allocate, type BoundType, stored, wrap } from './onnx-tensor.ts';

async function open(): Promise<Ort> {
  try {
    return await loadOrt();
  } catch (error) {
    const { reason, remedy } = explainMissing(error);
    throw engineError('missing', `the engine onnx is not available: ${reason}; ${remedy}`, error);
  }
}

/** One cell for every state, whether the graph reads it or not. */
function makeCells(
  ort: Ort,
  program: Program,
  lowered: LoweredGraph,
  state: ReadonlyMap<string, HostTensor>,
): Map<string, Cell> {
  const written = ({ update }: State) => (update === undefined ? undefined : lowered.results.get(update));
  const pairs = program.state.flatMap((each): [string, string][] => {
    const [read, result] = [lowered.state.get(each.name), written(each)];
    return read !== undefined && result !== undefined ? [[read, result]] : [];
  });
  const safe = inPlace(lowered.model, pairs);
  return new Map(
    program.state.map((each) => {
      const read = lowered.state.get(each.name);
      const names = { read, written: written(each), inPlace: read !== undefined && safe.has(read) };
      return [each.name, makeCell(ort, each, state.get(each.name), names)];
    }),
  );
}

/** What goes in and comes out beside state, by the names of the program. */
function ports(graph: BoundGraph, program: Program) {
  const updates = new Set(program.state.map(({ update }) => update));
  const typeOf = (value: number): BoundType => graph.values[value]!.type;
  const inputs = graph.inputs.map(({ name, value }) => ({ name, type: typeOf(value) }));
  const results = graph.results
    .map(({ name, value }, at) => ({ name: name ?? String(at), type: typeOf(value) }))
    .filter(({ name }) => !updates.has(name));
  return { inputs, results };
}

export const onnx: Engine = {
  name: 'onnx',
  status: onnxStatus,
  // weights that change have two places; the arena doubles when it is full
  footprint: async () => ({ base: 170 * 2 ** 20, kept: 1, replaced: 2.25, activations: 1.6 }),
  async load(program: Program, state: ReadonlyMap<string, HostTensor>, { batch, threads }: LoadOptions) {
    const ort = await open();
    const occasion = { program: program.name, batch };
    const graph = bindBatch(flatten(program.graph), batch);
    const lowered = lowerGraph(graph, { audience: 'onnxruntime' });
    const cells = makeCells(ort, program, lowered, state);
    const model = await encodeModel(withStop(lowered.model));
    const session = await ort.InferenceSession.create(model, sessionOptions(threads ?? defaultThreads())).catch(
      (error) => {
        throw explainFailure(error, occasion);
      },
    );
    return makeSession({ ort, session, lowered, cells, occasion, ...ports(graph, program) });
  },
};

interface Loaded extends ReturnType<typeof ports> {
  readonly ort: Ort;
  readonly session: InferenceSession;
  readonly lowered: LoweredGraph;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly occasion: { readonly program: string; readonly batch: number };
}

function makeSession({ ort, session, lowered, cells, occasion, inputs, results }: Loaded): Session {
  const cellOf = (name: string): Cell => {
    const cell = cells.get(name);
    if (cell === undefined) throw new Error(`${occasion.program} has no state \`${name}\``);
    return cell;
  };

  let last: Promise<unknown> = Promise.resolve();
  /** One call after the other: a step starts from the state that the step before left. */
  const queued = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };

  const run: Session['run'] = async (feeds) => {
    const unknown = Object.keys(feeds).find((name) => !inputs.some((input) => input.name === name));
    if (unknown !== undefined) throw new Error(`${occasion.program} has no input \`${unknown}\``);
    const fed = Object.fromEntries(
      inputs.map(({ name, type }) => {
        const tensor = accept(`input ${name}`, feeds[name], type);
        return [lowered.inputs.get(name)!, wrap(ort, type, stored(tensor))];
      }),
    );
    const made = results.map(({ name, type }) => ({ name, type, data: allocate(type) }));
    const fetched = Object.fromEntries(
      made.map(({ name, type, data }) => [lowered.results.get(name)!, wrap(ort, type, data)]),
    );
    for (const { read, written, current, next } of cells.values()) {
      if (read !== undefined) fed[read] = current;
      if (written !== undefined) fetched[written] = next!;
    }
    await runInto(session, fed, fetched).catch((error) => {
      throw explainFailure(error, occasion);
    });
    for (const cell of cells.values()) turn(cell);
    return Object.fromEntries(
      made.map(({ name, type, data }) => [name, { dtype: type.dtype, shape: type.shape, data }]),
    );
  };

  return {
    run: (feeds) => queued(() => run(feeds)),
    read: (name) =>
      queued(async () => {
        const { type, current } = cellOf(name);
        return { dtype: type.dtype, shape: type.shape, data: (current.data as Float32Array).slice() };
      }),
    write: (name, value) =>
      queued(async () => {
        const cell = cellOf(name);
        const data = stored(accept(`state ${name}`, value, cell.type));
        if (cell.written === undefined) cell.current = wrap(ort, cell.type, data);
        else (cell.current.data as Float32Array).set(data as Float32Array);
      }),
    dispose: () => queued(() => session.release()),
  };
}
