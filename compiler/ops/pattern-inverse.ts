/** The pattern that undoes another: sides swapped, and the sizes that the way back cannot know. */
import { type Dim, isBatch, type Shape } from '../ir/type.ts';
import { isMistake } from './op.ts';
import { ELLIPSIS, type Factor, type Group, isRest } from './pattern.ts';
import { type Axis, factorsOf, nameOf, type PatternKind, resolvePattern, type Sizes } from './pattern-sizes.ts';

interface Inverse {
  readonly pattern: string;
  readonly sizes?: Sizes;
}

/** `text` fits an operand of `shape`; the inverse goes from the shape of its result back to `shape`. */
export function inversePattern(kind: PatternKind, text: string, sizes: Sizes | undefined, shape: Shape): Inverse {
  const found = resolvePattern(kind, text, sizes ?? {}, shape);
  if (isMistake(found)) throw new Error(found.misfit);
  const { left, right } = found.pattern;
  const dims = new Map<string, Dim>([...found.left, ...found.right].flat().map((axis: Axis) => [axis.key, axis.dim]));
  const rest = [...dims.keys()].filter((key) => key.startsWith(ELLIPSIS));

  // `...` keeps its name only where it stands for the same axes, apart, on both sides
  const stays = [left, right].every((side) => side.some(isRest)) || rest.length === 0;
  const taken = new Set(factorsOf([...left, ...right]).map((factor) => factor.key));
  let stem = 'r';
  while (rest.some((_, i) => taken.has(`${stem}${i}`))) stem += 'r';
  const named: Factor[] = rest.map((_, i) => ({ key: `${stem}${i}` }));
  for (const [i, key] of rest.entries()) dims.set(named[i]!.key, dims.get(key)!);
  const spread = (side: readonly Group[]): readonly Group[] =>
    side.flatMap((group): Group[] => {
      if (isRest(group))
        return stays && rest.length > 0 ? [group] : named.map((factor) => ({ factors: [factor], grouped: false }));
      return [{ ...group, factors: group.factors.flatMap((factor) => (factor.key === ELLIPSIS ? named : [factor])) }];
    });

  const [from, to] = [spread(right), spread(left)];
  const needed: Record<string, Dim> = {};
  for (const { factors } of from) {
    const unknown = factors.filter((factor) => factor.size === undefined);
    // one of a group follows from the rest: N if it is among them
    const implied = unknown.find((factor) => isBatch(dims.get(factor.key)!)) ?? unknown[0];
    for (const { key } of unknown) if (key !== implied!.key) needed[key] = dims.get(key)!;
  }
  const known = new Set(factorsOf(from).map((factor) => factor.key));
  for (const { key, size } of factorsOf(to)) {
    if (size === undefined && key !== ELLIPSIS && !known.has(key)) needed[key] = dims.get(key)!;
  }
  const show = (side: readonly Group[]) =>
    side
      .map(({ factors, grouped }) => (grouped ? `(${factors.map(nameOf).join(' ')})` : nameOf(factors[0]!)))
      .join(' ');
  const pattern = `${show(from)} -> ${show(to)}`.trim();
  return Object.keys(needed).length > 0 ? { pattern, sizes: needed } : { pattern };
}
