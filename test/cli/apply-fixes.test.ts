import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyFixes } from '../../cli/apply-fixes.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';

const source = { path: 'a.dit', text: 'one two three' };
type Edit = [start: number, end: number, text: string];

const diagnostic = (...edits: Edit[]): Diagnostic => ({
  code: 'D0000',
  severity: 'error',
  message: '',
  place: { source, span: { start: 0, end: 1 } },
  labels: [],
  notes: [],
  fixes: [
    { message: '', edits: edits.map(([start, end, text]) => ({ place: { source, span: { start, end } }, text })) },
  ],
});

const cases: [name: string, diagnostics: Diagnostic[], text: string, count: number][] = [
  ['none', [{ ...diagnostic(), fixes: [] }], 'one two three', 0],
  ['replace, whatever the order', [diagnostic([8, 13, '3']), diagnostic([0, 3, '1'])], '1 two 3', 2],
  ['insert and delete', [diagnostic([0, 0, '// ']), diagnostic([3, 7, ''])], '// one three', 2],
  ['all edits of a fix, or none', [diagnostic([0, 3, '1']), diagnostic([8, 13, '3'], [1, 2, 'x'])], '1 two three', 1],
  ['two insertions at one place', [diagnostic([4, 4, 'a ']), diagnostic([4, 4, 'b '])], 'one a two three', 1],
  [
    'another file',
    [{ ...diagnostic([0, 3, '1']), place: { source: { path: 'b.dit', text: '' }, span: { start: 0, end: 0 } } }],
    'one two three',
    0,
  ],
];
for (const [name, diagnostics, text, count] of cases) {
  test(name, () => assert.equal(applyFixes(source, diagnostics), { text, count }));
}

test.run();
