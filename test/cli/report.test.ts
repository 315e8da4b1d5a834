/** `ditc report`: one page that needs nothing else, says what `ditc cost` says, and cannot be broken by a spec. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc } from './ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-report-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('a page of DiT-S/2 is self-contained and has its figures', () => {
  const out = path.join(folder, 'page.html');
  const { code, err } = ditc(['report', 'specs/dit.dit#DiT-S/2', '--out', out]);
  assert.is(code, 0, err);
  const page = readFileSync(out, 'utf8');
  assert.ok(page.length < 1_000_000);
  assert.not.match(page, /(src|href)="(https?:)?\/\//);
  assert.match(page, /default-src 'none'/);
  for (const text of [
    'DiT-S/2',
    '6.056G',
    '32.87M',
    'blocks[0..11]',
    'attention scores',
    'AdaLNZeroBlock × 12',
    'specs/dit.dit',
    '6.06G expected',
    // the line of the spec beside the node, attention at 64 × 64, a step of training
    'x = layer(x, c, memory, size, attn, mlp) as blocks[i]',
    'attention against the number of tokens',
    'a step of training: recipe imagenet',
  ])
    assert.ok(page.includes(text), text);
  const data = /<script type="application\/json" id="cost">(.*?)<\/script>/s.exec(page);
  const cost = JSON.parse(data![1]!) as { targets: [{ macs: number; params: { trainable: number } }] };
  // the same document as that of the command
  const said = JSON.parse(ditc(['cost', 'specs/dit.dit#DiT-S/2', '--train', '--json']).out);
  assert.equal(cost, said);
  // Table 4 of the paper: 6.06 G, 33 M
  assert.ok(Math.abs(cost.targets[0].macs / 1e9 - 6.06) < 0.01);
  assert.is(cost.targets[0].params.trainable, 32_865_056);
});

test('text of a spec stays text', () => {
  const file = path.join(folder, 'evil.dit');
  const evil = '</script><img src=x onerror=alert(1)>';
  writeFileSync(
    file,
    `dit 1\n/// ${evil}\n\n/// ${evil}\nmodel M(kind: string = "${evil}") {\n  input x: image[N, 8]\n  require kind != "", "${evil}"\n  output eps = 2 * x\n}\n`,
  );
  const out = path.join(folder, 'evil.html');
  assert.is(ditc(['report', file, '--out', out]).code, 0);
  const page = readFileSync(out, 'utf8');
  assert.not.ok(page.includes('<img src=x'));
  assert.is(page.split('</script>').length - 1, 2, 'the data and the script of the page');
});

test('a file of many models needs a name', () => {
  const { code, err } = ditc(['report', 'specs/dit.dit', '--out', path.join(folder, 'many.html')]);
  assert.is(code, 2);
  assert.match(err, /`specs\/dit\.dit` has several models\n.*`specs\/dit\.dit#DiT-S\/8`/);
});

test('the page of a grid is of another base when it is asked for, and says so; what an axis sets it is told', () => {
  const out = path.join(folder, 'grid.html');
  const page = (...set: string[]) =>
    ditc(['report', 'specs/studies.dit#scaling', '--out', out, ...set.flatMap((each) => ['--set', each])]);
  // as many tokens as DiT-S/2, 6.056 GMACs: 256 · 384 more for each of 64 - 16 numbers of a patch and 128 - 32 put out
  assert.is(page('side=64', 'recipe.steps=1000').code, 0);
  const text = readFileSync(out, 'utf8');
  const [, macs] = /data-value="size\.depth=12,size\.width=384,size\.heads=6,patch=4">.*?data-value="(\d+)"/.exec(
    text,
  )!;
  assert.ok(Math.abs(Number(macs) - (6.056e9 + 256 * 384 * (48 + 96))) < 1e6);
  assert.ok(text.includes('--set &#39;side=64&#39; --set &#39;recipe.steps=1000&#39;'));
  const { code, err } = page('patch=2');
  assert.is(code, 2);
  assert.match(err, /`patch` is set by the grid `scaling` itself/);
});

test('a page that cannot be written is said', () => {
  const { code, err } = ditc([
    'report',
    'specs/dit.dit#DiT-S/2',
    '--out',
    path.join(folder, 'no', 'such', 'page.html'),
  ]);
  assert.is(code, 3);
  assert.match(err, /cannot write/);
});

test.run();
