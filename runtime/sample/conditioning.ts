/**
 * The stages of a model before its body (`compiler/passes/hoist-conditioning.ts`), each in an engine of its own rows: the
 * times of all evaluations once, the conditions once a batch, both once a step. A condition is computed once for all samples
 * that have it, and "none" once for all; then each sample is handed the rows of its own.
 */
import { workOf } from '../../compiler/cost/work.ts';
import type { Graph, GraphInput } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { isBatch } from '../../compiler/ir/type.ts';
import { CARRIED } from '../../compiler/passes/halves.ts';
import type { StagedModel } from '../../compiler/passes/hoist-conditioning.ts';
import { forwardProgram } from '../../compiler/program/forward.ts';
import type { Engine, LoadOptions } from '../engines/engine.ts';
import { loadProgram } from '../engines/load.ts';
import type { InputRules, Turn } from './model-inputs.ts';

export type Feeds = Record<string, HostTensor>;

export interface ConditioningOptions {
  readonly engine: Engine;
  readonly threads?: number;
  /** rows of the body: images, or twice as many */
  readonly rows: number;
  /** the most conditions that can be distinct among them */
  readonly distinct: number;
  /** what the network is told in each evaluation */
  readonly times: readonly number[];
  readonly rules: InputRules;
  readonly weights: ReadonlyMap<string, HostTensor>;
}

export interface Conditioning {
  /** before the first evaluation of a batch: settles its conditions */
  begin(turn: Turn): Promise<void>;
  /** what is carried into the body in this turn, a row for each of its rows */
  feeds(turn: Turn): Promise<Feeds>;
  setWeights(weights: ReadonlyMap<string, HostTensor>): Promise<void>;
  dispose(): Promise<void>;
}

/** MACs of an evaluation for one row of the body, and what is left of it when stages run as often as they must. */
export interface StagedWork {
  readonly whole: number;
  readonly staged: number;
}

export function stagedWork(
  { conditions, times, conditioning, body }: StagedModel,
  { rows, distinct, times: { length } }: Pick<ConditioningOptions, 'rows' | 'distinct' | 'times'>,
): StagedWork {
  const macs = (graph: Graph | undefined): number => (graph === undefined ? 0 : workOf(graph, 1).macs);
  return {
    whole: macs(conditions) + macs(times) + macs(conditioning) + macs(body),
    staged: macs(body) + (distinct * (macs(conditioning) + macs(conditions) / length) + macs(times)) / rows,
  };
}

/** A stage in an engine; one that the model does not have makes nothing. */
interface Stage {
  readonly inputs: readonly GraphInput[];
  run(feed: (name: string) => HostTensor): Promise<Feeds>;
  /** rows of what it made; what has none, since it is made of weights alone, as it is */
  rows(made: Feeds, places: Int32Array): Feeds;
  setWeights(weights: ReadonlyMap<string, HostTensor>): Promise<void>;
  dispose(): Promise<void>;
}

const NO_STAGE: Stage = {
  inputs: [],
  run: async () => ({}),
  rows: () => ({}),
  setWeights: async () => undefined,
  dispose: async () => undefined,
};

async function openStage(
  graph: Graph | undefined,
  { engine, weights, batch, threads }: Pick<ConditioningOptions, 'engine' | 'weights'> & LoadOptions,
): Promise<Stage> {
  if (graph === undefined) return NO_STAGE;
  const program = forwardProgram(graph.name, graph);
  const session = await loadProgram(engine, program, weights, { batch, threads });
  const { inputs, results, values } = graph;
  const hasRows = new Map(results.map(({ name, value }) => [name!, values[value]!.type.shape.some(isBatch)]));
  return {
    inputs,
    run: (feed) => session.run(Object.fromEntries(inputs.map(({ name }) => [name, feed(name)]))),
    rows: (made, places) =>
      Object.fromEntries(
        Object.entries(made).map(([name, tensor]) => [name, hasRows.get(name) ? pickRows(tensor, places) : tensor]),
      ),
    async setWeights(next) {
      for (const { name } of program.state) if (next.has(name)) await session.write(name, next.get(name)!);
    },
    dispose: () => session.dispose(),
  };
}

export async function openConditioning(
  staged: StagedModel,
  { engine, threads, rows, distinct, times, rules, weights }: ConditioningOptions,
): Promise<Conditioning> {
  const conditions = await openStage(staged.conditions, { engine, weights, batch: distinct, threads });
  // so little work that more threads would only get in the way of those of the body
  const clock = await openStage(staged.times, { engine, weights, batch: times.length, threads: 1 });
  const both = await openStage(staged.conditioning, { engine, weights, batch: distinct, threads: 1 });
  const { body, through } = staged;
  const carried = body.inputs.flatMap(({ name }) => (name.startsWith(CARRIED) ? [name] : []));
  const told: HostTensor = { dtype: 'f32', shape: [times.length], data: Float32Array.from(times) };
  let ofTimes: Feeds | undefined;
  // of the batch at hand; `spread` is `ofConditions` for the rows of the body
  let places: Places = { first: new Int32Array(distinct), of: new Int32Array(rows) };
  let ofConditions: Feeds = {};
  let spread: Feeds = {};

  /** What an input of the model is fed, for the distinct conditions. */
  const given = (name: string, turn: Turn): HostTensor => pickRows(rules.get(name)!(turn), places.first);

  /** The row of this evaluation, again and again. */
  const now = async ({ index }: Turn, count: number): Promise<Feeds> => {
    ofTimes ??= await clock.run(() => told);
    return clock.rows(ofTimes, new Int32Array(count).fill(index));
  };

  return {
    async begin(turn) {
      const inputs = [...conditions.inputs, ...both.inputs].filter(
        ({ name, role }) => !name.startsWith(CARRIED) && role?.kind !== 'timestep',
      );
      const tensors = inputs.map(({ name }) => rules.get(name)!(turn));
      places = distinctRows(tensors, rows, distinct);
      ofConditions = await conditions.run((name) => given(name, turn));
      spread = conditions.rows(ofConditions, places.of);
    },
    async feeds(turn) {
      const known: Feeds = { ...ofConditions, ...(await now(turn, distinct)) };
      const made = both.rows(await both.run((name) => known[name] ?? given(name, turn)), places.of);
      const passed: Feeds = through.size === 0 ? {} : { ...spread, ...(await now(turn, rows)) };
      return Object.fromEntries(
        carried.map((name) => [name, through.has(name) ? passed[through.get(name)!]! : made[name]!]),
      );
    },
    async setWeights(next) {
      ofTimes = undefined;
      for (const stage of [conditions, clock, both]) await stage.setWeights(next);
    },
    async dispose() {
      for (const stage of [conditions, clock, both]) await stage.dispose();
    },
  };
}

interface Places {
  /** for each distinct condition a row that has it; rows that are left over take the first */
  readonly first: Int32Array;
  /** for each row the place of its condition among the distinct ones */
  readonly of: Int32Array;
}

function distinctRows(tensors: readonly HostTensor[], rows: number, most: number): Places {
  const known = new Map<string, number>();
  const first = new Int32Array(most);
  const of = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const key = tensors.map((tensor) => pickRows(tensor, Int32Array.of(row)).data.join()).join(' ');
    const at = known.get(key) ?? known.size;
    if (at === most) throw new Error(`there are more than ${most} conditions`);
    if (at === known.size) first[at] = row;
    known.set(key, at);
    of[row] = at;
  }
  return { first, of };
}

function pickRows({ dtype, shape, data }: HostTensor, places: Int32Array): HostTensor {
  const size = data.length / shape[0]!;
  const Kind = data.constructor as new (length: number) => HostTensor['data'];
  const picked = new Kind(places.length * size);
  for (let at = 0; at < places.length; at++)
    picked.set(data.subarray(places[at]! * size, (places[at]! + 1) * size), at * size);
  return { dtype, shape: [places.length, ...shape.slice(1)], data: picked };
}
