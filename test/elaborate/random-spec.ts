/** Small specs from a seed, whose blocks read records, fields and numbers in all ways, and points of their model. */
import { type Random, seeded } from '../fuzz/random.ts';
import { type Block, call, condition, filling, INTS, int, type Known, record, some } from './random-expression.ts';

export interface RandomSpec {
  readonly text: string;
  /** values of parameters and fields, by path */
  readonly points: readonly ReadonlyMap<string, string>[];
  /** that differ in one value from one another */
  readonly near: readonly ReadonlyMap<string, string>[];
}

const RECORDS = `record In { k: int = 2, on: bool = true }
record Size { depth: int = 3, width: int = 4, more: int = 2, flag: bool = false, inner: In = In(), kind: Kind = plain }
enum Kind { plain, signed }
`;

class Names {
  count = 0;
  next(): string {
    return `p${this.count++}`;
  }
}

const start = (known: Known, random: Random): string =>
  random.pick(['', '', `, init: normal(1 / ${int(known, random)})`, `, init: ${int(known, random)}`]);

/** Statements that go from `h` to `h`. */
function statement(known: Known, random: Random, names: Names, depth: number): string[] {
  const path = names.next();
  const bound = random.chance(0.75) ? int(known, random) : some(known, random);
  const body = (): string[] =>
    depth > 1 ? [`h = -h`] : random.some(2, () => statement(known, random, names, depth + 1), 1).flat();
  const indent = (lines: string[]) => lines.map((line) => `  ${line}`);
  const picky = [
    () => [`require ${int(known, random)} < ${3 + random.below(4)}, "small"`],
    () => [`u${path} = ${call(known, random)}`],
    () => [`h = (if ${condition(known, random)} { ${call(known, random)} } else { h }) as ${path}`],
    () => [`h = Linear(h, ${int(known, random)}) as ${path}`],
    () => [
      `u${path}, v${path} = Two(h, ${some(known, random)})`,
      `h = if v${path} == none { -h } else { h + u${path} }`,
    ],
    () => [`param i${path}: [1, W] = Row(4, ${some(known, random)})`, `h = h + i${path}`],
  ];
  return random.pick([
    ...(known.picky ? picky : []),
    () => [`h = ${call(known, random)} as ${path}`],
    () => [`h = ${call(known, random)} as ${path}`],
    () => [`h = Linear(h, W${start(known, random)}) as ${path}`],
    () => [`h = Linear(h, ${some(known, random)}) as ${path}.in |> Linear(W) as ${path}.out`],
    () => [`h = Linear(h, W) as ${path}[${int(known, random)}]`],
    () => [`h = h * ${some(known, random)}`],
    () => [`f${path} = ${filling(known, random)}`, `h = f${path}(h) as ${path}`],
    () => [
      `for i in ${random.below(3) === 0 ? 1 : 0}..${bound} { h = Linear(h, W${start(known, random)}) as ${path}[i] }`,
    ],
    () => [`for i in 0..${bound} { h = ${call(known, random)} as ${path}[i] }`],
    () => [
      `for i in 0..${bound} {`,
      `  h = ${call(known, random)} as ${path}.a[i]`,
      `  h = Linear(h, W) as ${path}.b[i]`,
      '}',
    ],
    () => [`for k, i in 0..${bound} { h = Linear(h, W) as ${path}[k] }`, ...(random.chance(0.3) ? ['h = h * i'] : [])],
    () => [`for i in 0..${bound} { h = if i == 0 { h } else { Linear(h, W) as ${path}[i] } }`],
    () => [
      `if ${condition(known, random)} {`,
      ...indent(body()),
      '}',
      ...(random.chance(0.5) ? ['else {', ...indent(body()), '}'] : []),
    ],
    () => [`require ${condition(known, random)} or ${int(known, random)} < 7, "seven"`],
    () => [
      `for i in 0..2 {`,
      ...indent(statement(known, random, new Names(), 2)).map((line) => line.replace(/ as p/g, ` as ${path}[i].p`)),
      '}',
    ],
    () => [`param w${path}: [${some(known, random)}, W] = normal(1 / ${int(known, random)})`, `h = h + w${path}[0, :]`],
    () => (known.records.length === 0 ? ['h = 2 * h'] : [`${random.pick(known.records)} = ${record(known, random)}`]),
    () =>
      known.records.length === 0
        ? ['h = -h']
        : [
            `r${path} = ${record(known, random)}`,
            `h = Linear(h, r${path}.${random.pick(INTS)}) as ${path}.in |> Linear(W) as ${path}.out`,
          ],
    () => [`k${path} = ${some(known, random)}`, `h = Linear(h, k${path}) as ${path}.in |> Linear(W) as ${path}.out`],
  ])();
}

function block(
  index: number,
  blocks: readonly Block[],
  random: Random,
  picky: boolean,
): { readonly block: Block; readonly text: string } {
  const made: Block = {
    name: `B${index}`,
    records: random.below(3),
    ints: random.below(3),
    bools: random.below(2),
    fillings: random.below(2),
  };
  const list = (count: number, name: string) => Array.from({ length: count }, (_, i) => `${name}${i}`);
  const known: Known = {
    blocks,
    records: list(made.records, 's'),
    ints: list(made.ints, 'n'),
    bools: list(made.bools, 'b'),
    fillings: list(made.fillings, 'f'),
    picky,
  };
  const before = (records: number, ints: number): Known => ({
    ...known,
    records: known.records.slice(0, records),
    ints: known.ints.slice(0, ints),
    bools: [],
    fillings: [],
  });
  const params = [
    'h: [N, W]',
    ...known.records.map(
      (name, i) => `${name}: Size = ${random.chance(0.5) ? 'Size()' : record(before(i, 0), random)}`,
    ),
    ...known.ints.map(
      (name, i) =>
        `${name}: int = ${random.chance(0.5) ? `${1 + random.below(4)}` : int(before(made.records, i), random)}`,
    ),
    ...known.bools.map((name) => `${name}: bool = ${random.chance(0.5)}`),
    ...known.fillings.map((name) => `${name}: block = ${filling(before(made.records, made.ints), random)}`),
  ];
  const names = new Names();
  const lines = random.some(4, () => statement(known, random, names, 0), 1).flat();
  const text = `block B${index}(${params.join(', ')}) -> [N, W] {\n${lines.map((line) => `  ${line}\n`).join('')}  return h\n}\n`;
  return { block: made, text };
}

const LEAVES = `block Plain(h: [N, W]) -> [N, W] = h + 1
block Filled(h: [N, W], size: Size = Size()) -> [N, W] {
  for i in 0..size.depth { h = Linear(h, W) as blocks[i] }
  return h * size.inner.k
}
block Turning(h: [N, W], n: int = 2) -> [N, W] {
  for i in 0..n { h = Linear(h, W) as blocks[i] }
  return h
}
block Two(h: [N, W], n: int) -> ([N, W], [N, W]?) {
  rest = if n > 3 { h * n } else { none }
  return h, rest
}
block Row(width: int, n: int) -> [1, width] = n * arange(width)[_, :]
`;

const FIRST: readonly Block[] = [{ name: 'Plain', records: 0, ints: 0, bools: 0, fillings: 0 }];

/** Seeds from there on are picky. */
export const PICKY = 10_000;

export function randomSpec(seed: number): RandomSpec {
  const random = seeded(seed);
  const picky = seed >= PICKY;
  const blocks = [...FIRST];
  const texts: string[] = [];
  for (let index = 0; index < 1 + random.below(4); index++) {
    const made = block(index, blocks, random, picky);
    blocks.push(made.block);
    texts.push(made.text);
  }
  const known: Known = {
    blocks,
    records: ['one', 'two', 'three'],
    ints: ['n', 'm'],
    bools: ['on'],
    fillings: ['leaf'],
    picky,
  };
  const names = new Names();
  const lines = random.some(4, () => statement(known, random, names, 0), 1).flat();
  const text = `dit 1

use std.nn { Linear }

${RECORDS}
${LEAVES}
${texts.join('\n')}
model M(one: Size = Size(), two: Size = Size(), three: Size = ${random.pick(['Size()', 'one', 'Size(width: one.more)'])}, n: int = 3, m: int = 2, on: bool = true, leaf: block = Plain) {
  input x: image[N, 4]
  W = 4
  h = x
${lines.map((line) => `  ${line}\n`).join('')}  output eps = h
}
`;
  const axes = [...new Set(random.some(4, () => random.pick(Object.keys(VALUES)), 2))];
  const points = Array.from({ length: 8 }, () => {
    const set = new Map<string, string>();
    for (const axis of axes) if (random.chance(0.8)) set.set(axis, random.pick(VALUES[axis]!));
    return set;
  });
  const base = points[0]!;
  const near = Array.from({ length: 8 }, () => {
    const axis = random.pick(Object.keys(VALUES));
    return new Map(base).set(axis, random.pick(VALUES[axis]!));
  });
  return { text, points, near: [base, ...near] };
}

const SMALL = ['1', '2', '3', '4', '6'];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'one.depth': SMALL,
  'one.width': SMALL,
  'one.more': ['1', '2', '5'],
  'one.flag': ['true', 'false'],
  'one.inner.k': ['1', '3'],
  'one.inner.on': ['true', 'false'],
  'one.kind': ['plain', 'signed'],
  'two.depth': SMALL,
  'two.width': SMALL,
  'two.more': ['1', '2', '5'],
  'two.flag': ['true', 'false'],
  'two.inner.k': ['1', '3'],
  n: SMALL,
  m: SMALL,
  on: ['true', 'false'],
  leaf: ['Plain', 'Filled', 'Turning', 'Turning(n: 4)'],
};
