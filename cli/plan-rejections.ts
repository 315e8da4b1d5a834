/**
 * Rejected combinations and duplicates, in words. A few are listed; of many, each reason once with how often it came, or,
 * where a condition has another reason for every number, each condition.
 */

import type { Duplicate, Rejected } from '../compiler/grid/plan.ts';
import { type Plain, plainSet } from './plan-row.ts';
import type { Sheet } from './sheet.ts';
import { words } from './sheet.ts';

export type SetText = ReadonlyMap<string, string>;

export const setText = (set: SetText): string =>
  set.size === 0 ? 'the base' : [...set].map(([name, value]) => `${name}=${value}`).join(', ');

export interface Rejections {
  reject(outcome: Pick<Rejected, 'set' | 'assignments' | 'reason' | 'rule'>): void;
  duplicate(outcome: Pick<Duplicate, 'set' | 'assignments' | 'of'>): void;
  readonly rejected: number;
  readonly duplicates: number;
  /** below the table */
  notes(): readonly string[];
  /** all of them, for JSON; only when they are kept */
  all(): { readonly rejected: readonly RejectedJson[]; readonly duplicates: readonly DuplicateJson[] };
  /** all of them as a table */
  sheet(): Sheet;
}

type SetJson = Readonly<Record<string, Plain>>;
interface RejectedJson {
  readonly set: SetJson;
  readonly reason: string;
}
interface DuplicateJson {
  readonly set: SetJson;
  readonly of: string;
}

const FEW = 12;

interface Group {
  times: number;
  readonly first: SetText;
  readonly reason: string;
  readonly rule?: string;
}

/** Counts what has one key; the first few keys are remembered. */
function createGroups(): { add(key: string, first: Omit<Group, 'times'>): void; all(): readonly Group[] } {
  const groups = new Map<string, Group>();
  return {
    add(key, first) {
      const known = groups.get(key);
      if (known !== undefined) known.times++;
      else if (groups.size < FEW) groups.set(key, { times: 1, ...first });
    },
    all: () => [...groups.values()],
  };
}

const countOf = (groups: readonly Group[]): number => groups.reduce((sum, { times }) => sum + times, 0);

function groupText({ times, reason, rule, first }: Group): string {
  if (times === 1) return `rejected: ${setText(first)}: ${reason}`;
  return rule === undefined
    ? `rejected ${times} times: ${reason} (${setText(first)} …)`
    : `rejected ${times} times by \`${rule}\`: ${reason} (${setText(first)} …)`;
}

export function createRejections(keepAll: boolean): Rejections {
  const first: Parameters<Rejections['reject']>[0][] = [];
  const byReason = createGroups();
  const byRule = createGroups();
  const doubles: Parameters<Rejections['duplicate']>[0][] = [];
  let [rejected, duplicates] = [0, 0];
  return {
    reject(outcome) {
      const { set, reason, rule } = outcome;
      if (keepAll || first.length <= FEW) first.push(outcome);
      byReason.add(reason, { first: set, reason });
      byRule.add(rule ?? reason, { first: set, reason, rule });
      rejected++;
    },
    duplicate(outcome) {
      if (keepAll || doubles.length < 3) doubles.push(outcome);
      duplicates++;
    },
    get rejected() {
      return rejected;
    },
    get duplicates() {
      return duplicates;
    },
    notes() {
      const each = first.map(({ set, reason }) => `rejected: ${setText(set)}: ${reason}`);
      const groups = countOf(byReason.all()) === rejected ? byReason.all() : byRule.all();
      const counted = countOf(groups);
      const rest =
        counted < rejected ? [`and ${rejected - counted} more for other reasons: \`--rejected\` lists all`] : [];
      return [
        ...(rejected <= FEW ? each : [...groups.map(groupText), ...rest]),
        ...doubles.slice(0, 3).map(({ set, of }) => `left out: ${setText(set)}: the same work as ${of}`),
        ...(duplicates > 3
          ? [`and ${duplicates - 3} more that ${duplicates === 4 ? 'is' : 'are'} the same work as another`]
          : []),
      ];
    },
    all: () => ({
      rejected: first.map(({ assignments, reason }) => ({ set: plainSet(assignments), reason })),
      duplicates: doubles.map(({ assignments, of }) => ({ set: plainSet(assignments), of })),
    }),
    sheet: () => ({
      columns: ['rejected', 'because'],
      rows: [
        ...first.map(({ set, reason }) => [words(setText(set)), words(reason)]),
        ...doubles.map(({ set, of }) => [words(setText(set)), words(`the same work as ${of}`)]),
      ],
      notes: rejected + duplicates === 0 ? ['nothing is rejected, and no two points are the same work'] : undefined,
    }),
  };
}
