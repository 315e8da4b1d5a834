/** `docs/ops.md` says what the op files say. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { documentOps } from '../../compiler/ops/document.ts';
import type { Op } from '../../compiler/ops/op.ts';
import { OPS } from '../../compiler/ops/registry.ts';

test('docs/ops.md is up to date', () => {
  const written = readFileSync(new URL('../../docs/ops.md', import.meta.url), 'utf8');
  assert.is(written, documentOps(), 'run `npm run docs:ops`');
});

test('every op has a section, and every part of it', () => {
  const text = documentOps();
  for (const op of Object.values<Op>(OPS)) {
    assert.ok(text.includes(`\n## ${op.name}\n`), op.name);
    for (const part of [op.doc, op.formula, op.shapeDoc, op.costDoc, op.gradientDoc])
      assert.ok(part.length > 3, op.name);
    assert.ok(op.doc.endsWith('.'), `${op.name}: a sentence`);
  }
});

test('signatures are written as in a spec', () => {
  const text = documentOps();
  const signatures = [
    '`add(a, b)`',
    '`layernorm(x, eps: float = 1e-6)`',
    '`conv2d(x, w, stride: int = 1, padding: int = 0)`',
    '`scatter(gradient, index, rows: int, axis: int = 0, batch: int = 0)`',
    '`einsum(pattern: string, a, b)`',
    '`arange(size: int)`',
  ];
  for (const signature of signatures) assert.ok(text.includes(`\n${signature}\n`), signature);
});

test.run();
