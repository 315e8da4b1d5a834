import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wantsColor } from '../../cli/terminal.ts';

const cases: [env: Record<string, string>, isTerminal: boolean, expected: boolean][] = [
  [{}, true, true],
  [{}, false, false],
  [{ TERM: 'dumb' }, true, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: '' }, false, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
];
for (const [env, isTerminal, expected] of cases) {
  test(`${JSON.stringify(env)}, ${isTerminal ? 'terminal' : 'pipe'}`, () =>
    assert.is(wantsColor(env, isTerminal), expected));
}

test.run();
