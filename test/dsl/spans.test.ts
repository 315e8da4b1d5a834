/** Spans are exact: the text of every node, and of every name in it, stands where its span says. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../dsl/parse.ts';
import type { Span } from '../../dsl/span.ts';

const TEXT = `dit 1

export use "./a.dit" { A as B, "p/q" } // c
const x = -(a + b) ^ 2 |> f(k: 1) as shared p[i].0.1 |> g
record R { a: label(3, null: 3)[N, ...]?, b: int = 3 }
block F(x: [N]) -> (y: [N], [M]) {
  a, _ += x[1:, _..., -1].b
  frozen w as q.r: [2 * D] = if a { 1 } else if b { 2 } else { 3 }
  if a { } else if b { x = 1 }
  return match x { 1 | _ => "s" }, none
}
preset "p/q" = "r"(a: 1) expect { macs: 3G +- 1% }
grid g of M with r { a.b: [1], zip { c: [2] } match macs +- 1 to 2 by a.b step 1/16 path to "p" }
`;

/** `kind: text` of every object with a span, in the order of a walk. */
function texts(node: unknown, text: string, label = ''): string[] {
  if (Array.isArray(node)) return node.flatMap((one) => texts(one, text, label));
  if (typeof node !== 'object' || node === null) return [];
  const { span, kind, ...rest } = node as { span?: Span; kind?: string };
  const own = span === undefined ? [] : [`${kind ?? label}: ${text.slice(span.start, span.end)}`];
  return own.concat(Object.entries(rest).flatMap(([key, value]) => (key === 'source' ? [] : texts(value, text, key))));
}

test('spans', () => {
  const { file, diagnostics } = parse({ path: 'test.dit', text: TEXT });
  assert.equal(diagnostics, []);
  assert.is(TEXT.slice(file.version.start, file.version.end), 'dit 1');
  const found = texts(file.decls, TEXT);
  for (const expected of [
    'use: export use "./a.dit" { A as B, "p/q" }',
    'path: "./a.dit"',
    'name: A as B',
    'as: B',
    'preset: "p/q"',
    'pipe: -(a + b) ^ 2 |> f(k: 1) as shared p[i].0.1 |> g',
    'pipe: -(a + b) ^ 2 |> f(k: 1) as shared p[i].0.1',
    'unary: -(a + b) ^ 2',
    'binary: (a + b) ^ 2',
    'paren: (a + b)',
    'binary: a + b',
    'args: k: 1',
    'path: as shared p[i].0.1',
    'computed: [i]',
    'word: 0',
    'word: 1',
    'fields: a: label(3, null: 3)[N, ...]?',
    'type: label(3, null: 3)[N, ...]?',
    'dim: N',
    'rest: ...',
    'results: y: [N]',
    'results: [M]',
    'assign: a, _ += x[1:, _..., -1].b',
    'targets: _',
    'member: x[1:, _..., -1].b',
    'index: x[1:, _..., -1]',
    'slice: 1:',
    'new: _...',
    'at: -1',
    'weight: frozen w as q.r: [2 * D] = if a { 1 } else if b { 2 } else { 3 }',
    'choice: if a { 1 } else if b { 2 } else { 3 }',
    'choice: if b { 2 } else { 3 }',
    'if: if a { } else if b { x = 1 }',
    'if: if b { x = 1 }',
    'match: match x { 1 | _ => "s" }',
    'arms: 1 | _ => "s"',
    'any: _',
    'preset: preset "p/q" = "r"(a: 1) expect { macs: 3G +- 1% }',
    'point: "r"(a: 1)',
    'of: "r"',
    'expect: macs: 3G +- 1%',
    'tolerance: +- 1%',
    'axis: a.b: [1]',
    'zip: zip { c: [2] }',
    'match-cost: match macs +- 1 to 2 by a.b step 1/16',
    'path: path to "p"',
  ]) {
    assert.ok(found.includes(expected), `${expected}\nnot in\n${found.join('\n')}`);
  }
});

test('children lie inside their parents', () => {
  const { file } = parse({ path: 'test.dit', text: TEXT });
  const walk = (node: unknown, outer: Span): void => {
    if (Array.isArray(node)) for (const one of node) walk(one, outer);
    else if (typeof node === 'object' && node !== null) {
      const { span, ...rest } = node as { span?: Span };
      if (span !== undefined) {
        const inside = outer.start <= span.start && span.start < span.end && span.end <= outer.end;
        assert.ok(inside, `${JSON.stringify(span)} in ${JSON.stringify(outer)}`);
      }
      for (const value of Object.values(rest)) walk(value, span ?? outer);
    }
  };
  for (const decl of file.decls) walk(decl, { start: 0, end: TEXT.length });
});

test.run();
