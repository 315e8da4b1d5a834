import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judge } from './verdict.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-verdict-'));
const uvu = JSON.stringify(import.meta.resolve('uvu'));
const skipping = JSON.stringify(new URL('./skip.ts', import.meta.url).href);
test.after(() => rmSync(folder, { recursive: true }));

/** Runs a test file of this text as the runner would. */
function ending(body: string, env: Record<string, string> = { NO_COLOR: '1' }) {
  const file = path.join(folder, 'case.mjs');
  const skips = /skip\(|testIf/.test(body);
  const imports = skips ? `import { skip, testIf } from ${skipping};\n` : '';
  writeFileSync(file, `import { test, suite } from ${uvu};\n${imports}${body}`);
  const { FORCE_COLOR: _, ...rest } = process.env;
  const words = [...(skips ? ['--import', 'tsx'] : []), file];
  const child = spawnSync(process.execPath, words, { encoding: 'utf8', env: { ...rest, ...env } });
  return { output: child.stdout + child.stderr, code: child.status, signal: child.signal };
}

const bad = "() => { throw new Error('no') }";
const cases: [name: string, body: string, passed: number, failed: number, skipped: number, failures: RegExp[]][] = [
  ['passing', `test('a', () => {}); test('b', () => {}); test.run();`, 2, 0, 0, []],
  ['failing', `test('a', () => {}); test('b "x"', ${bad}); test.run();`, 1, 1, 0, [/^b "x"$/]],
  ['suites', `const s = suite('S'); s('a', ${bad}); s.run(); test('b', () => {}); test.run();`, 1, 1, 0, [/^a$/]],
  ['forgotten run', `test('a', () => {});`, 0, 1, 0, [/without running its tests/]],
  ['empty', `test.run();`, 0, 1, 0, [/ran no test/]],
  ['throw while loading', `test('a', () => {}); test.run(); throw new Error('x');`, 0, 1, 0, [/without running/]],
  ['promise that never settles', `test('a', () => new Promise(() => {})); test.run();`, 0, 1, 0, [/without running/]],
  ['exit in a test', `test('a', () => process.exit(0)); test.run();`, 0, 1, 0, [/without running/]],
  [
    'bad end',
    `test('a', () => {}); test.run(); process.on('exit', () => process.exit(3));`,
    1,
    1,
    0,
    [/exit code 3 after/],
  ],
  ['skip with a reason', `test('a', () => {}); skip('no GPU')('b'); test.run();`, 1, 0, 1, []],
  ['only skips', `testIf(false, 'no GPU')('b', () => {}); test.run();`, 0, 0, 1, []],
  ['skip without a reason', `test('a', () => {}); test.skip('b'); test.run();`, 1, 1, 1, [/without a reason/]],
  [
    'forged totals',
    `test('a', ${bad}); test.run(); console.log('\\n  Total:     9\\n  Passed:    9\\n  Skipped:   0');`,
    0,
    1,
    0,
    [/^a$/],
  ],
];

for (const [name, body, passed, failed, skipped, failures] of cases) {
  test(name, () => {
    const verdict = judge(ending(body));
    assert.equal([verdict.passed, verdict.failed, verdict.skipped], [passed, failed, skipped]);
    assert.is(verdict.failures.length, failures.length);
    for (const [index, pattern] of failures.entries()) assert.match(verdict.failures[index]!, pattern);
    if (name === 'skip with a reason') assert.equal(verdict.skips, ['b: no GPU']);
  });
}

test('colours do not matter', () => {
  const verdict = judge(ending(`test('a', ${bad}); test('b', () => {}); test.run();`, { FORCE_COLOR: '1' }));
  assert.equal([verdict.passed, verdict.failed], [1, 1]);
});

test('a file past its limit fails, whatever it printed', () => {
  const output = '\n  Total:     1\n  Passed:    1\n  Skipped:   0\n';
  const verdict = judge({ output, code: null, signal: 'SIGKILL', exceeded: 2 });
  assert.equal([verdict.passed, verdict.failed], [0, 1]);
  assert.match(verdict.failures[0]!, /limit of 2 s/);
});

test.run();
