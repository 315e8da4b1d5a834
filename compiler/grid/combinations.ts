import type { Assignment, Group } from './move.ts';

/** All combinations of the moves of groups, the last group fastest. */
export function* combinations(groups: readonly Group[]): Generator<readonly Assignment[]> {
  const at = new Array<number>(groups.length).fill(0);
  if (groups.some((group) => group.moves.length === 0)) return;
  for (;;) {
    const all: Assignment[] = [];
    for (let index = 0; index < groups.length; index++) all.push(...groups[index]!.moves[at[index]!]!);
    yield all;
    let last = groups.length - 1;
    for (; last >= 0; last--) {
      if (++at[last]! < groups[last]!.moves.length) break;
      at[last] = 0;
    }
    if (last < 0) return;
  }
}
