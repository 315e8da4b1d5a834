/** Lists of what a loop leaves behind, written as the list that it fills, or as a part of it. */
import { type Expression, list, text } from './expression.ts';
import type { Loop, Looped } from './loops.ts';

/** Elements of lists that follow each other are the list, or a part of it. */
export function compressed(
  expression: Expression,
  looped: Looped,
  listNames: ReadonlyMap<string, string>,
  key: (loop: Loop, slot: number) => string,
): Expression {
  const again = (one: Expression): Expression => compressed(one, looped, listNames, key);
  if (expression.kind === 'record')
    return { ...expression, fields: expression.fields.map(([name, value]) => [name, again(value)] as const) };
  if (expression.kind !== 'list') return expression;
  interface Found {
    readonly source: string;
    readonly at: number;
    readonly count: number;
    readonly spread: boolean;
  }
  const find = (item: Expression): Found | undefined => {
    const inner = item.kind === 'spread' ? item.of : item;
    if (inner.kind !== 'variable' || inner.suffix !== undefined) return undefined;
    const spread = item.kind === 'spread';
    const spot = looped.spotOf(inner.id);
    if (spot !== undefined) {
      const source = listNames.get(key(spot.loop, spot.slot));
      return source === undefined ? undefined : { source, at: spot.turn, count: spot.loop.run.turns, spread };
    }
    const inList = looped.listOf(inner.id);
    return inList && { source: listNames.get(`list ${inList.first}`)!, at: inList.at, count: inList.count, spread };
  };
  const items: Expression[] = [];
  for (let at = 0; at < expression.items.length; ) {
    const first = find(expression.items[at]!);
    const run = first === undefined ? [] : [first];
    if (first !== undefined) {
      for (let more = at + 1; more < expression.items.length; more++) {
        const other = find(expression.items[more]!);
        const direction = run.length > 1 ? run[1]!.at - run[0]!.at : other === undefined ? 0 : other.at - first.at;
        if (other?.source !== first.source || Math.abs(direction) !== 1 || other.at !== run.at(-1)!.at + direction)
          break;
        run.push(other);
      }
    }
    if (first === undefined || run.length < 3) {
      items.push(again(expression.items[at]!));
      at += 1;
      continue;
    }
    at += run.length;
    const last = run.at(-1)!;
    const [low, high] = [Math.min(first.at, last.at), Math.max(first.at, last.at) + 1];
    const whole = low === 0 && high === first.count;
    const part = whole ? first.source : `${first.source}.slice(${low}, ${high})`;
    const turned = first.at < last.at ? part : `${part}.reverse()`;
    items.push({ kind: 'spread', of: text(first.spread ? `${turned}.flat()` : turned) });
  }
  const [only] = items;
  if (items.length === 1 && only?.kind === 'spread') return only.of;
  return list(items);
}
