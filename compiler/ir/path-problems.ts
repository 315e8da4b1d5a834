/**
 * Finds paths of weights that are made twice without `shared`, and shared ones that disagree. Weights are not listed:
 * what stands alone under its prefix is looked at once for each distinct graph, and only what overlaps is opened, so
 * ten thousand layers with prefixes of their own cost one look at the layer.
 */
import { calledGraphs } from './callees.ts';
import { structureDigest } from './digest.ts';
import type { Graph, Owned, Weight } from './graph.ts';
import { sameType, showType } from './type.ts';
import { joinPath } from './weights.ts';

/** Something owned, by the rest of its path below the prefix at hand. */
interface Claim {
  readonly segments: readonly string[];
  /** how many segments the prefix at hand has taken */
  readonly depth: number;
  readonly owned: Weight | Graph;
  readonly shared: boolean;
}

const isWeight = (owned: Weight | Graph): owned is Weight => 'path' in owned;

const found = new WeakMap<Graph, { own?: readonly string[]; shared?: readonly string[] }>();

/** Enough to see what is wrong; a mistake in a block is one in every call of it. */
const MOST_PROBLEMS = 20;

/** One line for each path that is wrong, with the path as seen from the graph. */
export function pathProblems(root: Graph): readonly string[] {
  const graphs = calledGraphs(root);
  const sharing = graphs.some(({ owns }) => owns.some(({ shared }) => shared));
  // callees first, so that nothing is asked for below what is known
  for (const graph of graphs) {
    problemsOf(graph, false);
    if (sharing) problemsOf(graph, true);
  }
  return problemsOf(root, false);
}

function problemsOf(graph: Graph, shared: boolean): readonly string[] {
  const memo = found.get(graph) ?? {};
  found.set(graph, memo);
  const key = shared ? 'shared' : 'own';
  return (memo[key] ??= overlaps(claimsOf(graph, shared)));
}

const claimsOf = (graph: Graph, shared: boolean): Claim[] => graph.owns.map((owned) => claimOf(owned, shared));

function claimOf(owned: Owned, shared: boolean): Claim {
  const path = owned.kind === 'weight' ? owned.weight.path : owned.prefix;
  return {
    segments: path === '' ? [] : path.split('.'),
    depth: 0,
    owned: owned.kind === 'weight' ? owned.weight : owned.callee,
    shared: shared || owned.shared,
  };
}

/** Problems among claims: prefix by prefix, what overlaps is opened. */
function overlaps(all: readonly Claim[]): readonly string[] {
  const problems: string[] = [];
  const levels = [{ claims: all, prefix: '' }];
  for (let level = levels.pop(); level !== undefined && problems.length < MOST_PROBLEMS; level = levels.pop()) {
    const { claims, prefix } = level;
    const [first] = claims;
    if (claims.length === 1 && first !== undefined && !isWeight(first.owned)) {
      const at = joinPath(prefix, first.segments.slice(first.depth).join('.'));
      for (const problem of problemsOf(first.owned, first.shared)) {
        problems.push(problem.replace('`', `\`${at === '' ? '' : `${at}.`}`));
      }
      continue;
    }
    const { ends, below } = opened(claims);
    for (const end of ends.slice(1)) {
      const problem = disagreement(ends[0]!, end);
      if (problem !== undefined) problems.push(`\`${prefix}\` ${problem}`);
    }
    for (const [segment, inside] of [...below].reverse())
      levels.push({ claims: inside, prefix: joinPath(prefix, segment) });
  }
  return problems.slice(0, MOST_PROBLEMS);
}

/** Claims by the next segment of their paths, and those whose paths end here; graphs that begin here are opened. */
function opened(claims: readonly Claim[]): { ends: readonly Claim[]; below: ReadonlyMap<string, readonly Claim[]> } {
  const ends: Claim[] = [];
  const below = new Map<string, Claim[]>();
  const seen = new Set<Graph>();
  const waiting = [...claims].reverse();
  while (waiting.length > 0) {
    const claim = waiting.pop()!;
    const segment = claim.segments[claim.depth];
    if (segment !== undefined) {
      const same = below.get(segment);
      const deeper = { ...claim, depth: claim.depth + 1 };
      if (same === undefined) below.set(segment, [deeper]);
      else same.push(deeper);
    } else if (isWeight(claim.owned)) ends.push(claim);
    else if (!claim.shared || !seen.has(claim.owned)) {
      // one graph twice under one shared prefix agrees with itself
      if (claim.shared) seen.add(claim.owned);
      for (const inner of claimsOf(claim.owned, claim.shared).reverse()) waiting.push(inner);
    }
  }
  return { ends, below };
}

function disagreement(a: Claim, b: Claim): string | undefined {
  if (!a.shared || !b.shared) return 'is made twice';
  const first = a.owned as Weight;
  const second = b.owned as Weight;
  if (!sameType(first.type, second.type)) {
    return `is shared as \`${showType(first.type)}\` and as \`${showType(second.type)}\``;
  }
  if (first.trained !== second.trained) return 'is shared as trained and as frozen';
  return showStart(first) === showStart(second) ? undefined : 'is shared with two initial values';
}

/** How a weight starts, as a text that is equal for equal starts. */
export const showStart = ({ init }: Weight): string =>
  init.kind === 'tensor' ? structureDigest(init.graph) : JSON.stringify(init, Object.keys(init).sort());
