/** What a page about a grid shows, gathered from its plan as it comes: a page holds a part of a large grid, and counts all. */
import type { FactName } from '../../compiler/cost/facts.ts';
import type { Outcome, PlanPoint } from '../../compiler/grid/plan.ts';
import type { PlanRow } from '../plan-row.ts';

type SetText = ReadonlyMap<string, string>;

export interface FoundPoint {
  readonly name: string;
  readonly set: SetText;
  readonly macs: number;
  readonly flops: number;
  readonly params: number;
  /** estimated, of the whole training and of one image; absent without a recipe that says */
  readonly trainFlops?: number;
  readonly sampleFlops?: number;
  readonly off: ReadonlyMap<FactName, number>;
}

/** Combinations that were rejected by one condition, or for one reason. */
export interface Rejection {
  /** the condition as written, where there is one */
  readonly rule?: string;
  readonly times: number;
  /** the first ones */
  readonly examples: readonly { readonly set: SetText; readonly reason: string }[];
}

export interface Findings {
  /** the first ones */
  readonly points: readonly FoundPoint[];
  readonly rejections: readonly Rejection[];
  readonly duplicates: readonly { readonly set: SetText; readonly of: string }[];
  readonly total: { readonly points: number; readonly rejected: number; readonly duplicates: number };
  readonly macs: { readonly least: number; readonly most: number };
  /** of all points, where any says how long it trains */
  readonly trainFlops?: number;
}

/** Past this many points a table in a page helps nobody. */
const MOST_POINTS = 2000;
const MOST_CAUSES = 100;
const MOST_EXAMPLES = 50;

/** `lengthOf` knows what a point takes to train and to sample. */
export function findingsOf(
  outcomes: Iterable<Outcome>,
  lengthOf: (point: PlanPoint) => Pick<PlanRow, 'train_flops' | 'sample_flops'> = () => ({}),
): Findings {
  const points: FoundPoint[] = [];
  const causes = new Map<string, { rule?: string; times: number; examples: Rejection['examples'][number][] }>();
  const duplicates: Findings['duplicates'][number][] = [];
  const total = { points: 0, rejected: 0, duplicates: 0 };
  const macs = { least: Infinity, most: 0 };
  let trained: number | undefined;
  for (const outcome of outcomes) {
    const { set } = outcome;
    if (outcome.kind === 'point') {
      const { name, facts, off } = outcome;
      total.points++;
      macs.least = Math.min(macs.least, facts.macs);
      macs.most = Math.max(macs.most, facts.macs);
      const { train_flops: trainFlops, sample_flops: sampleFlops } = lengthOf(outcome);
      if (trainFlops !== undefined) trained = (trained ?? 0) + trainFlops;
      if (points.length >= MOST_POINTS) continue;
      const { flops, params } = facts;
      points.push({ name, set, macs: facts.macs, flops, params, trainFlops, sampleFlops, off });
    } else if (outcome.kind === 'duplicate') {
      total.duplicates++;
      if (duplicates.length < MOST_EXAMPLES) duplicates.push({ set, of: outcome.of });
    } else {
      const { reason, rule } = outcome;
      const key = rule ?? reason;
      let cause = causes.get(key);
      total.rejected++;
      if (cause === undefined && causes.size >= MOST_CAUSES) continue;
      if (cause === undefined) causes.set(key, (cause = { rule, times: 0, examples: [] }));
      cause.times++;
      if (cause.examples.length < MOST_EXAMPLES) cause.examples.push({ set, reason });
    }
  }
  return { points, rejections: [...causes.values()], duplicates, total, macs, trainFlops: trained };
}
