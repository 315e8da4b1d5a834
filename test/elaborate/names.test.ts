/** Names that are not known: where they could come from, and what those of PyTorch are called here. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { STANDARD_MODULES } from '../../compiler/elaborate/standard.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { checkText, specsFolder } from '../specs/open.ts';

const model = (body: string, before = ''): string =>
  `dit 1\n${before}model M() {\n  input x: image[N, 16, 32]\n${body}\n  output eps = x\n}\n`;
const said = (text: string): readonly Diagnostic[] => checkText(text).diagnostics;

/** The text after the first fix of each diagnostic. */
function fixed(text: string): string {
  const edits = said(text).flatMap(({ fixes }) => fixes[0]?.edits ?? []);
  return edits
    .sort((a, b) => b.place.span.start - a.place.span.start)
    .reduce((now, { place, text: by }) => now.slice(0, place.span.start) + by + now.slice(place.span.end), text);
}

test('the standard modules are the files of specs/std', () => {
  const files = readdirSync(path.join(specsFolder, 'std')).map((file) => `std.${path.basename(file, '.dit')}`);
  assert.equal([...STANDARD_MODULES].sort(), files.sort());
});

test('a forgotten import is added once, whatever the file imports already', () => {
  const text = model('  x = Linear(x, 32) as a\n  x = Linear(x, 32) as b');
  assert.equal(
    said(text).map(({ code, help }) => [code, help]),
    [['D0201', 'it is in `std.nn`: write `use std.nn { Linear }`']],
  );
  assert.equal(fixed(text), text.replace('dit 1\n', 'dit 1\nuse std.nn { Linear }\n'));
  assert.equal(said(fixed(text)), []);
});

test('a layer that is misspelt and not imported is meant all the same', () => {
  const text = model('  x = LayerNrm(x) as a');
  assert.equal(
    said(text).map(({ help }) => help),
    ['did you mean `LayerNorm`, with `use std.nn { LayerNorm }`?'],
  );
  assert.equal(said(fixed(text)), []);
});

for (const [body, help] of [
  ['  x = relu(x)', 'write `max(x, 0)`'],
  ['  x = x.silu', 'write `silu(x)`: a tensor has no methods'],
  ['  x = x.mean', 'write `reduce(x, "n t d -> n d", "mean")`; `"sum"`, `"max"` and `"min"` likewise'],
  ['  for i in range(4) { x += x }', 'write `for i in 0..4`'],
  ['  x = where(True, x, x)', 'write `true`'],
] as const) {
  test(`${body.trim()}: ${help}`, () => {
    assert.equal(
      said(model(body)).map((each) => each.help),
      [help],
    );
  });
}

test('a dim of a result that is not in the signature is said once, with the help', () => {
  const block =
    'block heads(x: [N, T, D], count: int) -> ([N, H, T], [N, H, T]) {\n  a = x[:, :count, 0]\n  return a, a\n}\n';
  assert.equal(
    said(model('', block)).map(({ message, help }) => [message, help?.slice(0, 62)]),
    [['unknown name `H`', 'dims of a result are made of the dims and parameters of the bl']],
  );
});

test('a mistake that shows inside of the standard library points at the call too', () => {
  const text = model('  x = SelfAttention(x, 5) as attn', 'use std.blocks { SelfAttention }\n');
  const [first] = said(text);
  assert.is(first!.code, 'D0304');
  assert.equal(
    first!.labels.map(({ place, text: label }) => [
      place.source.path,
      place.source.text.slice(place.span.start, place.span.end),
      label,
    ]),
    [['example.dit', 'SelfAttention(x, 5)', 'called here']],
  );
});

test('`training` is known in bodies, and not by what is settled once for both graphs of a model', () => {
  const once = said(model('  x = k * x', 'const k = if training { 1 } else { 2 }\n'));
  assert.equal(
    once.map(({ code, message }) => [code, message]),
    [['D0305', 'expected a value that is settled once, found `training`']],
  );
  const record = 'record R { k: float = if training { 1 } else { 2 } }\n';
  assert.equal(said(model('  x = x * R().k', record)), []);
  const block = 'block B(x: [N, ...], k: float = if training { 1 } else { 2 }) -> [N, ...] = x * k\n';
  assert.equal(said(model('  x = B(x)\n  if training { x = 2 * x }', block)), []);
});

test('of a file that does not parse nothing is said to be unused', () => {
  const text = model('  h = Linear(', 'use std.nn { Linear, LayerNorm }\n');
  assert.equal(
    said(text).filter(({ severity }) => severity === 'warning'),
    [],
  );
});

test('a recipe of one that an import failed to bring is not spoken of again', () => {
  const text = model('', 'use "./nowhere.dit" { imagenet }\n') + 'recipe r of imagenet { batch: 4 }\n';
  assert.equal(
    said(text).map(({ code }) => code),
    ['D0203'],
  );
});

test.run();
