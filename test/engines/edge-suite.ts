/** Every op at its edges on an engine, against numbers by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { buildEdge, feedEdge, misses, titleOf } from '../ops/edge-case.ts';
import { EDGE_CASES } from '../ops/edge-cases.ts';

/** `apart`: titles of those that come out otherwise on this engine, and must, or else stand there no longer. */
export function testEdges(engine: Engine, apart: readonly string[] = []): void {
  test(`${engine.name}: every op at its edges`, async () => {
    const build = createBuilder();
    const results = EDGE_CASES.map((example, at) => ({ name: `y${at}`, value: buildEdge(build, example, `x${at}`) }));
    const graph = build.finish(results, { name: 'edges' });
    const feeds = Object.assign({}, ...EDGE_CASES.map((example, at) => feedEdge(example, `x${at}`)));
    const session = await engine.load({ name: 'edges', graph, state: [] }, new Map(), { batch: 1, threads: 1 });
    const got = await session.run(feeds);
    await session.dispose();
    const missed = EDGE_CASES.flatMap((example, at) => {
      const miss = misses(got[`y${at}`]!, example.expected);
      return miss === undefined ? [] : [{ title: titleOf(example), miss }];
    });
    const unknown = missed.filter(({ title }) => !apart.includes(title)).map(({ title, miss }) => `${title}: ${miss}`);
    assert.equal(unknown, []);
    assert.equal(missed.map(({ title }) => title).sort(), [...apart].sort());
  });
}
