/** What to keep, on graphs small enough to see the answer. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { minCut, type Vertex } from '../../compiler/grad/min-cut.ts';

/** can only be kept */
const source = (keep: number): Vertex => ({ keep, make: Infinity, from: [] });
const made = (keep: number, make: number, ...from: number[]): Vertex => ({ keep, make, from });
/** is always there */
const free: Vertex = { keep: Infinity, make: 0, from: [] };

const CASES: readonly {
  readonly name: string;
  readonly vertices: Vertex[];
  readonly wanted: number[];
  readonly kept: number[];
}[] = [
  { name: 'nothing is wanted', vertices: [source(1), made(1, 0.1, 0)], wanted: [], kept: [] },
  { name: 'a source is kept', vertices: [source(5)], wanted: [0], kept: [0] },
  { name: 'what is smaller than its origin is kept', vertices: [source(5), made(2, 0.1, 0)], wanted: [1], kept: [1] },
  { name: 'what is larger is made again', vertices: [source(2), made(5, 0.1, 0)], wanted: [1], kept: [0] },
  { name: 'not if making costs more', vertices: [source(2), made(5, 4, 0)], wanted: [1], kept: [1] },
  {
    name: 'both wanted: the origin serves for both',
    vertices: [source(4), made(4, 0.1, 0)],
    wanted: [0, 1],
    kept: [0],
  },
  { name: 'a tie keeps what is wanted itself', vertices: [source(4), made(4, 0, 0)], wanted: [1], kept: [1] },
  {
    name: 'a sum of two large ones is kept, they are not',
    vertices: [source(4), source(4), made(4, 0.1, 0, 1)],
    wanted: [2],
    kept: [2],
  },
  {
    name: 'unless both are wanted anyhow',
    vertices: [source(4), source(4), made(4, 0.1, 0, 1)],
    wanted: [0, 1, 2],
    kept: [0, 1],
  },
  {
    name: 'three parts of one origin: together as large, so the origin when one more is made of it',
    vertices: [source(3), made(1, 0.01, 0), made(1, 0.01, 0), made(1, 0.01, 0), made(1, 0.01, 0)],
    wanted: [1, 2, 3, 4],
    kept: [0],
  },
  { name: 'constants and weights cost nothing', vertices: [free, made(9, 0.1, 0)], wanted: [0, 1], kept: [] },
  {
    name: 'a chain is cut where it is thinnest',
    vertices: [source(9), made(5, 0.1, 0), made(2, 0.1, 1), made(7, 0.1, 2), made(8, 0.1, 3)],
    wanted: [4],
    kept: [2],
  },
  {
    // 0 → 1 → 3 ← 2: keeping 3 costs 10, keeping 1 and 2 costs 3 + 4
    name: 'a join of thin branches',
    vertices: [source(8), made(3, 0.1, 0), source(4), made(10, 0.1, 1, 2)],
    wanted: [3],
    kept: [1, 2],
  },
];

for (const { name, vertices, wanted, kept } of CASES) {
  test(name, () => assert.equal(minCut(vertices, wanted), kept));
}

/** The cost of the best of all ways to keep, by trying all of them. */
function cheapest(vertices: readonly Vertex[], wanted: readonly number[]): number {
  let best = Infinity;
  for (let set = 0; set < 2 ** vertices.length; set++) {
    const kept = vertices.map((_, i) => (set >> i) % 2 === 1);
    best = Math.min(best, costOf(vertices, wanted, kept));
  }
  return best;
}

function costOf(vertices: readonly Vertex[], wanted: readonly number[], kept: readonly boolean[]): number {
  let cost = vertices.reduce((sum, { keep }, i) => sum + (kept[i] ? keep : 0), 0);
  const needed = new Set(wanted);
  for (const vertex of needed) {
    if (kept[vertex]) continue;
    cost += vertices[vertex]!.make;
    for (const part of vertices[vertex]!.from) needed.add(part);
  }
  return cost;
}

test('no choice is cheaper, on 300 random graphs', () => {
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let round = 0; round < 300; round++) {
    const vertices: Vertex[] = Array.from({ length: 8 }, (_, i) => {
      const keep = 1 + random(9);
      if (i < 2 || random(4) === 0) return source(keep);
      return made(keep, random(3), ...new Set([random(i), random(i)]));
    });
    const wanted = [...new Set([random(8), random(8), random(8)])];
    const kept = new Set(minCut(vertices, wanted));
    const cost = costOf(
      vertices,
      wanted,
      vertices.map((_, i) => kept.has(i)),
    );
    assert.is(cost, cheapest(vertices, wanted), `round ${round}`);
  }
});

test.run();
