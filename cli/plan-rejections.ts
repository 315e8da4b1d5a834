/**
 * Rejected combinations and duplicates, in words. A few are listed; of many, each reason once with how often it came, or,
 * where a condition has another reason for every number, each condition.
 */

import type { Sheet } from './sheet.ts';
import { words } from './sheet.ts';

export type SetText = ReadonlyMap<string, string>;

export const setText = (set: SetText): string =>
  set.size === 0 ? 'the base' : [...set].map(([name, value]) => `${name}=${value}`).join(', ');

export interface Rejections {
  /** `rule`: the condition behind it, as written */
  reject(set: SetText, reason: string, rule?: string): void;
  duplicate(set: SetText, of: string): void;
  readonly rejected: number;
  readonly duplicates: number;
  /** below the table */
  notes(): readonly string[];
  /** all of them, for JSON; only when they are kept */
  all(): { readonly rejected: readonly RejectedJson[]; readonly duplicates: readonly DuplicateJson[] };
  /** all of them as a table */
  sheet(): Sheet;
}

type SetJson = Readonly<Record<string, string>>;
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
  const first: (readonly [SetText, string])[] = [];
  const byReason = createGroups();
  const byRule = createGroups();
  const doubles: (readonly [SetText, string])[] = [];
  let [rejected, duplicates] = [0, 0];
  return {
    reject(set, reason, rule) {
      if (keepAll || first.length <= FEW) first.push([set, reason]);
      byReason.add(reason, { first: set, reason });
      byRule.add(rule ?? reason, { first: set, reason, rule });
      rejected++;
    },
    duplicate(set, of) {
      if (keepAll || doubles.length < 3) doubles.push([set, of]);
      duplicates++;
    },
    get rejected() {
      return rejected;
    },
    get duplicates() {
      return duplicates;
    },
    notes() {
      const each = first.map(([set, reason]) => `rejected: ${setText(set)}: ${reason}`);
      const groups = countOf(byReason.all()) === rejected ? byReason.all() : byRule.all();
      const counted = countOf(groups);
      const rest =
        counted < rejected ? [`and ${rejected - counted} more for other reasons: \`--rejected\` lists all`] : [];
      return [
        ...(rejected <= FEW ? each : [...groups.map(groupText), ...rest]),
        ...doubles.slice(0, 3).map(([set, of]) => `left out: ${setText(set)}: the same work as ${of}`),
        ...(duplicates > 3 ? [`and ${duplicates - 3} more that are the same work as another`] : []),
      ];
    },
    all: () => ({
      rejected: first.map(([set, reason]) => ({ set: Object.fromEntries(set), reason })),
      duplicates: doubles.map(([set, of]) => ({ set: Object.fromEntries(set), of })),
    }),
    sheet: () => ({
      columns: ['rejected', 'because'],
      rows: [
        ...first.map(([set, reason]) => [words(setText(set)), words(reason)]),
        ...doubles.map(([set, of]) => [words(setText(set)), words(`the same work as ${of}`)]),
      ],
    }),
  };
}
