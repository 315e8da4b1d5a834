/** Random patterns with what they mean, worked out element by element from the axes they were made of. */

/** Park & Miller 1988: the same numbers every day. */
export function randomInts(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

interface Token {
  readonly text: string;
  readonly size: number;
}

export interface PatternCase {
  readonly pattern: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly shape: readonly number[];
  readonly result: readonly number[];
  /** for each element of the result, the elements of the operand that it is made of */
  readonly sources: readonly (readonly number[])[];
}

export const volume = (sizes: readonly number[]): number => sizes.reduce((product, size) => product * size, 1);

/** Every list of coordinates, the last one fastest. */
export function* coordinates(sizes: readonly number[]): Generator<number[]> {
  for (let at = 0; at < volume(sizes); at++) {
    const place: number[] = [];
    let rest = at;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      place[axis] = rest % sizes[axis]!;
      rest = Math.floor(rest / sizes[axis]!);
    }
    yield place;
  }
}

const flat = (place: readonly number[], sizes: readonly number[]): number =>
  place.reduce((at, coordinate, axis) => at * sizes[axis]! + coordinate, 0);

const LETTERS = 'abcdefghij';

export function patternCase(kind: 'rearrange' | 'repeat' | 'reduce', seed: number): PatternCase {
  const below = randomInts(seed);
  const tokens: Token[] = Array.from({ length: below(6) }, (_, i) => {
    const size = 1 + below(3);
    return below(4) === 0 ? { text: String(size), size } : { text: LETTERS[i]!, size };
  });
  const shuffled = <T>(items: readonly T[]): T[] => {
    const left = [...items];
    return items.map(() => left.splice(below(left.length), 1)[0]!);
  };
  const one: Token = { text: '1', size: 1 };
  const lost = kind === 'reduce' ? tokens.filter(() => below(3) === 0) : [];
  const added =
    kind === 'repeat'
      ? [{ text: 'x', size: 3 }, { text: '2', size: 2 }, one].filter(() => below(2) === 0)
      : below(2)
        ? [one]
        : [];
  const left = below(3) === 0 ? [...tokens, one] : tokens;
  const right = shuffled([...tokens.filter((token) => !lost.includes(token)), ...added]);

  const groups = (items: readonly Token[]): Token[][] => {
    const made: Token[][] = [];
    for (const item of items) {
      if (made.length > 0 && below(2) === 0) made.at(-1)!.push(item);
      else made.push([item]);
    }
    return made;
  };
  const [before, after] = [groups(left), groups(right)];
  const show = (side: Token[][]) =>
    side
      .map((group) => (group.length === 1 ? group[0]!.text : `(${group.map(({ text }) => text).join(' ')})`))
      .join(' ');
  const sizes: Record<string, number> = {};
  for (const group of before) {
    const named = group.filter(({ text }) => /[a-z]/.test(text));
    for (const { text, size } of named.slice(1)) sizes[text] = size;
  }
  if (right.some(({ text }) => text === 'x')) sizes.x = 3;

  // the i-th 2 of the right is the i-th 2 of the left
  const partner = right.map(({ text }, at) => {
    const nth = right.slice(0, at).filter((token) => token.text === text).length;
    return left.map((token, i) => (token.text === text ? i : -1)).filter((i) => i >= 0)[nth] ?? -1;
  });
  const gone = [...left.keys()].filter((i) => !partner.includes(i));
  const sizesOf = (items: readonly Token[]) => items.map(({ size }) => size);
  const sources = [...coordinates(sizesOf(right))].map((place) =>
    [...coordinates(gone.map((i) => left[i]!.size))].map((summed) => {
      const own = left.map((_, i) => (gone.includes(i) ? summed[gone.indexOf(i)]! : place[partner.indexOf(i)]!));
      return flat(own, sizesOf(left));
    }),
  );
  return {
    pattern: `${show(before)} -> ${show(after)}`,
    sizes,
    shape: before.map((group) => volume(sizesOf(group))),
    result: after.map((group) => volume(sizesOf(group))),
    sources,
  };
}
