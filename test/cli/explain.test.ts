import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { showPage } from '../../cli/page.ts';
import { ditc } from './ditc.ts';

const folder = new URL('../../docs/errors/', import.meta.url);
const codes = readdirSync(folder)
  .map((name) => name.replace('.md', ''))
  .sort();

test('without a code all are listed, each with its title', () => {
  const lines = ditc(['explain']).out.trimEnd().split('\n');
  assert.equal(
    lines.map((line) => line.slice(0, 5)),
    codes,
  );
  for (const line of lines) assert.match(line, /^D\d{4} {2}\S/);
});

test('a page, whatever the spelling of its code', () => {
  const { code, out, err } = ditc(['explain', 'D0101']);
  assert.equal([code, err], [0, '']);
  assert.match(out, /^D0101: .+\n\n[\s\S]*\n\nWith the mistake:\n\n {4}dit 1\n[\s\S]*\n\nWithout it:\n\n {4}dit 1\n/);
  for (const spelling of ['d0101', '0101']) assert.is(ditc(['explain', spelling]).out, out);
});

test('as JSON', () => {
  const document = JSON.parse(ditc(['explain', 'D0101', '--json']).out);
  const text = readFileSync(new URL('D0101.md', folder), 'utf8');
  assert.equal(document, { code: 'D0101', title: /^# D0101: (.*)$/m.exec(text)![1], text });
  assert.equal(
    JSON.parse(ditc(['explain', '--json']).out).codes.map(({ code }: { code: string }) => code),
    codes,
  );
});

test('an unknown code gets the nearest', () => {
  const { code, out, err } = ditc(['explain', 'D0100']);
  assert.equal([code, out], [2, '']);
  assert.match(err, /^ditc: no diagnostic `D0100`\n {2}= help: did you mean D0101 \(.+\)\?/);
  assert.is(ditc(['explain', '../../package']).code, 2);
});

test('pages on a terminal', () => {
  const text = '# A title\n\nOne\ntwo `x y`.\n\n- item\n  more\n- item\n\n```dit\ndit 1\n\n# b\n```\n';
  assert.is(showPage(text, false), 'A title\n\nOne two `x y`.\n\n- item more\n- item\n\n    dit 1\n\n    # b\n');
  assert.ok(showPage(text, true).startsWith('\u001b[1mA title\u001b[22m\n'));
  const long = showPage('word '.repeat(100), false);
  for (const line of long.split('\n')) assert.ok(line.length <= 90);
});

test.run();
