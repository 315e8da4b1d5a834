/** Every code of the parser has a page; its first example fails with exactly that code, its second is fine. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic, Fix } from '../../dsl/diagnostic.ts';
import { parse } from '../../dsl/parse.ts';
import { report } from '../../dsl/syntax-codes.ts';

const folder = new URL('../../docs/errors/', import.meta.url);
const codes = Object.keys(report.table);
/** What fails only at a size that no page has room for. */
const UNSHOWN = ['D0111', 'D0122'];

const diagnose = (text: string): readonly Diagnostic[] => parse({ path: 'example.dit', text }).diagnostics;
const examples = (page: string) => [...page.matchAll(/^```dit\n(.*?)^```$/gms)].map((match) => match[1]!);

function apply(text: string, fixes: readonly Fix[]): string {
  const edits = fixes.flatMap((fix) => fix.edits).sort((a, b) => b.place.span.start - a.place.span.start);
  let out = text;
  for (const { place, text: replacement } of edits) {
    out = out.slice(0, place.span.start) + replacement + out.slice(place.span.end);
  }
  return out;
}

test('the pages are those of the codes', () => {
  const pages = readdirSync(folder).filter((name) => /^D01/.test(name));
  assert.equal(pages.sort(), codes.map((code) => `${code}.md`).sort());
});

for (const code of codes) {
  test(code, () => {
    const page = readFileSync(new URL(`${code}.md`, folder), 'utf8');
    assert.match(page, new RegExp(`^# ${code}: [^A-Z].*[^.]\n\n`));
    const [failing, fixed] = UNSHOWN.includes(code) ? [undefined, ...examples(page)] : examples(page);
    assert.equal(diagnose(fixed!), []);
    if (failing === undefined) return;
    const diagnostics = diagnose(failing);
    assert.ok(diagnostics.length > 0);
    assert.equal([...new Set(diagnostics.map((diagnostic) => diagnostic.code))], [code]);
    // what a machine may change, it changes to something that is right
    const fixes = diagnostics.flatMap((diagnostic) => diagnostic.fixes);
    if (diagnostics.every((diagnostic) => diagnostic.fixes.length === 1))
      assert.equal(diagnose(apply(failing, fixes)), []);
  });
}

test.run();
