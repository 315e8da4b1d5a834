/** What docs/cost.md shows is true: its commands run, and print what stands below them; … stands for any lines. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROLE_NAMES, ROLES } from '../../compiler/cost/role.ts';
import { ditc } from '../cli/ditc.ts';

const root = path.join(import.meta.dirname, '..', '..');
const page = readFileSync(path.join(root, 'docs', 'cost.md'), 'utf8');
const sessions = [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)]
  .flatMap(([, text]) => text!.split(/^(?=\$ )/m))
  .filter((text) => text !== '');

for (const session of sessions) {
  const [command, ...lines] = session.trimEnd().split('\n');
  test(command!, () => {
    assert.match(command!, /^\$ ditc (cost|diff) /);
    const { code, out, err } = ditc(command!.slice('$ ditc '.length).split(' '), { cwd: root });
    assert.equal([code, err], [0, '']);
    let rest = out;
    for (const part of lines.join('\n').split(/^…$/m)) {
      const text = part.replace(/^\n|\n$/g, '');
      const at = rest.indexOf(text);
      assert.ok(at >= 0, `not printed, or not in this order:\n${text}\nprinted:\n${out}`);
      rest = rest.slice(at + text.length);
    }
    if (!lines.includes('…')) assert.is(out.trimEnd(), lines.join('\n'));
  });
}

test('the table of roles has every role and the names that tell it', () => {
  const rows = [...page.matchAll(/^\| ([a-z ]+) \| (.*) \|$/gm)]
    .map(([, role, names]) => [role!, [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)] as const)
    .filter(([role]) => (ROLES as readonly string[]).includes(role));
  assert.equal(rows.map(([role]) => role).sort(), [...ROLES].sort());
  assert.equal(
    rows.filter(([, names]) => names.length > 0),
    ROLE_NAMES,
  );
});

test('there are commands', () => assert.ok(sessions.length >= 8));

test.run();
