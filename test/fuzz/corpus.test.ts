/** What the fuzzer found once stays mended. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import { makeCase } from './cases.ts';
import { runStages } from './stages.ts';

const folder = new URL('corpus/', import.meta.url);

for (const name of readdirSync(folder).filter((name) => name.endsWith('.dit'))) {
  test(name, () => {
    runStages(readFileSync(new URL(name, folder), 'utf8'));
  });
}

test('some hundred cases', () => {
  for (let seed = 0; seed < 300; seed++) runStages(makeCase(seed));
});

test.run();
