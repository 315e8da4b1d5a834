/** parse ∘ format = id, on random trees. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { format } from '../../dsl/format.ts';
import { parse } from '../../dsl/parse.ts';
import { seeded } from '../fuzz/random.ts';
import { randomFile } from '../fuzz/random-file.ts';
import { bare } from './bare.ts';

const TREES = 600;

test(`${TREES} random trees`, () => {
  for (let seed = 1; seed <= TREES; seed++) {
    const file = randomFile(seeded(seed));
    const text = format(file);
    const { file: read, diagnostics } = parse({ path: 'random.dit', text });
    assert.equal(
      diagnostics.map(({ message }) => message),
      [],
      `seed ${seed}\n${text}`,
    );
    assert.equal(bare(read.decls), bare(file.decls), `seed ${seed}\n${text}`);
    assert.is(read.doc, file.doc, `seed ${seed}`);
    assert.is(format(read), text, `seed ${seed}: formatting twice differs`);
  }
});

test.run();
