/** `ditc cost` as a person or a program runs it. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc } from '../cli/ditc.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ditc-cost-'));
test.after(() => rmSync(folder, { recursive: true }));
symlinkSync(fileURLToPath(new URL('../../specs', import.meta.url)), path.join(folder, 'specs'));
writeFileSync(
  path.join(folder, 'a.dit'),
  `dit 1
use std.nn { Linear }
model Tiny(width: int = 8, layers: int = 1) {
  input x: image[N, 4]
  for i in 0..layers { x = Linear(x, width) as fc[i] }
  frozen scale: [4] = 1
  output eps = Linear(x, 4, bias: false) as out |> mul(scale[_, :])
}
preset "narrow" = Tiny() expect { macs: 64, params: 70 +- 10 }
preset "wide" = Tiny(width: 16)
preset "a, \\"b\\"" = Tiny(width: 16, layers: 3)
preset "broken" = Tiny(width: 0) expect { error: D0301 }
`,
);
const run = (...words: string[]) => ditc(words, { cwd: folder });

test('--json: the fields that programs rely on', () => {
  const { code, out, err } = run('cost', 'a.dit#narrow', '--json');
  assert.equal([code, err], [0, '']);
  const { targets } = JSON.parse(out);
  assert.is(targets.length, 1);
  const { by, ...target } = targets[0];
  const wanted = {
    name: 'narrow',
    inputs: [{ name: 'x', type: '[N, 4]' }],
    outputs: [{ name: 'eps', type: '[N, 4]' }],
    // 4 · 8 + 8 + 8 · 4, and the frozen 4
    params: { total: 76, trainable: 72, frozen: 4 },
    macs: 64,
    // 2 a MAC, the bias, the scale
    flops: 2 * 64 + 8 + 4,
    tokens: 0,
    weight_bytes: 4 * 76,
    expected: { macs: 64, params: 70 },
  };
  for (const [name, value] of Object.entries(wanted)) assert.equal(target[name], value, name);
  assert.is(target.activation_bytes, 4 * (8 + 8));
  assert.not('train' in target);
  assert.equal(
    by
      .filter(({ op }: { op: string }) => op === 'einsum' || op === 'param')
      .map((row: Record<string, unknown>) => [row.path, row.op, row.count, row.macs, row.flops, row.params, row.bytes]),
    [
      ['fc.0', 'einsum', 1, 32, 64, 0, 4 * (4 + 32 + 8)],
      ['fc.0', 'param', 2, 0, 0, 40, 0],
      ['out', 'einsum', 1, 32, 64, 0, 4 * (8 + 32 + 4)],
      ['out', 'param', 1, 0, 0, 32, 0],
    ],
  );
  for (const [field, total] of [
    ['macs', 64],
    ['flops', 140],
    ['params', 76],
  ] as const)
    assert.is(
      by.reduce((sum: number, row: Record<string, number>) => sum + row[field]!, 0),
      total,
      field,
    );
});

test('--train --json', () => {
  const { train } = JSON.parse(run('cost', 'a.dit#narrow', '--train', '--json', '--batch', '5').out).targets[0];
  // forward, gradients of both weights, gradient of what is between them
  assert.is(train.macs, 64 + 64 + 32);
  assert.is(train.state_bytes, 4 * (76 + 72 + 2 * 72 + 76));
  assert.equal([train.plan.batch, train.plan.step.macs], [5, 5 * 160]);
  assert.ok(train.activation_bytes > 0 && train.flops > 2 * train.macs);
});

test('--memory: what fits, as a table and as JSON; a device names its own', () => {
  const large = run('cost', 'a.dit#narrow', '--memory', '1MB', '--batch', '5');
  assert.match(large.out, /^narrow, a step of training in 1MB$/m);
  assert.match(large.out, /^fewest that run again +5 +0 of 0 +800 +2\.5 /m);
  const { fit } = JSON.parse(run('cost', 'a.dit#narrow', '--memory', '1MB', '--batch', '5', '--json').out).targets[0]
    .train;
  assert.equal([fit.memory_bytes, fit.layers, fit.asked.layers_again, fit.asked.macs], [1e6, 0, 0, 5 * 160]);
  assert.is(fit.largest.length, 1);
  // 4 · (76 + 72 + 144 + 76) bytes of state alone
  const small = run('cost', 'a.dit#narrow', '--memory', '1KB');
  assert.match(small.out, /^not even one sample fits$/m);
  const device = run('cost', 'a.dit#narrow', '--train', '--device', 'rtx-4090');
  assert.match(device.out, /^narrow, a step of training in 24GB$/m);
});

test('--set changes the model, and then nothing is printed beside it', () => {
  const [target] = JSON.parse(run('cost', 'a.dit#narrow', '--json', '--set', 'width=16').out).targets;
  assert.equal([target.macs, target.expected], [128, undefined]);
});

test('a file: its presets in one table, the printed figures beside, what must fail left out', () => {
  const { code, out, err } = run('cost', 'a.dit', '--format', 'csv');
  assert.equal([code, err], [0, '']);
  const lines = out.trimEnd().split('\n');
  assert.is(
    lines[0],
    'target,tokens,macs,macs_expected,flops,params,params_expected,frozen,activation_bytes,attention_share',
  );
  assert.is(lines[1], 'narrow,0,64,64,140,72,70,4,64,0');
  assert.match(lines[2]!, /^wide,0,128,,/);
  assert.match(lines[3]!, /^"a, ""b""",0,/);
  assert.is(lines.length, 4);
});

test('one preset that is no model hides no other', () => {
  const text =
    'dit 1\nuse "./a.dit" { Tiny }\npreset "good" = Tiny()\npreset "bad" = Tiny(widht: 3)\npreset "fine" = Tiny()\n';
  writeFileSync(path.join(folder, 'half.dit'), text);
  const { code, out, err } = run('cost', 'half.dit');
  assert.is(code, 1);
  assert.match(out, /^target .*\ngood +0 +64 .*\nfine +0 +64 .*\n$/);
  assert.match(err, /^error\[D0322\][\s\S]*= preset "bad"/);
  const json = run('cost', 'half.dit', '--json');
  const found = JSON.parse(json.out);
  assert.equal(
    [json.code, found.ok, found.diagnostics.length, found.targets.map(({ name }: { name: string }) => name)],
    [1, false, 1, ['good', 'fine']],
  );
  // two are compared, or none
  assert.is(run('diff', 'half.dit#good', 'half.dit#bad').code, 1);
});

test('counts as the language writes them', () => {
  for (const [text, batch] of [
    ['1e3', 1000],
    ['4K', 4000],
    ['1.5K', 1500],
    ['1.1K', 1100],
    ['2_000', 2000],
  ] as const)
    assert.is(JSON.parse(run('cost', 'a.dit#narrow', '--batch', text, '--json').out).targets[0].run.batch, batch);
});

test('a CSV has one table, names that are distinct, and says what it leaves out', () => {
  const two = ['cost', 'a.dit#narrow', 'a.dit#wide', '--format', 'csv'];
  const { out, err } = run(...two, '--by', 'op', '--batch', '4');
  assert.is(out.split('\n')[0], 'op,flops narrow,flops_share narrow,flops wide,flops_share wide');
  assert.is(
    err,
    'ditc: CSV holds one table; left out: narrow, batch 4; wide, batch 4\n  = help: `--json` has everything\n',
  );
  for (const by of ['module', 'op', 'role']) {
    const head = run('cost', 'a.dit#narrow', '--by', by, '--format', 'csv').out.split('\n')[0]!.split(',');
    assert.is(new Set(head).size, head.length, by);
    assert.ok(
      head.every((name) => /^[a-z_]+$/.test(name)),
      head.join(),
    );
  }
});

test('models of one name have their files before it', () => {
  const other = 'dit 1\nuse "./a.dit" { Tiny }\npreset "wide" = Tiny(width: 32)\n';
  writeFileSync(path.join(folder, 'b.dit'), other);
  const { out } = run('cost', 'a.dit#wide', 'b.dit#wide', 'a.dit#narrow');
  assert.equal(
    out
      .split('\n')
      .slice(1, 4)
      .map((line) => line.split(' ')[0]),
    ['a.dit#wide', 'b.dit#wide', 'narrow'],
  );
});

test('Table 4 in one command', () => {
  const rows = run('cost', 'specs/dit.dit')
    .out.split('\n')
    .map((line) => line.split(/ {2,}/));
  assert.is(rows.filter(([name]) => name?.startsWith('DiT-')).length, 16);
  const find = (name: string) => rows.find(([first]) => first === name)!.slice(0, 4);
  assert.equal(find('DiT-XL/2'), ['DiT-XL/2', '256', '118.62G', '118.64G']);
  assert.equal(find('DiT-XL/2-512'), ['DiT-XL/2-512', '1024', '524.54G', '524.60G']);
});

test('by module, op, role; repeats are one line', () => {
  const modules = run('cost', 'specs/dit.dit#DiT-S/2').out;
  assert.match(modules, /^ {2}blocks\[0\.\.11\] +AdaLNZeroBlock × 12 +6\.05G +99\.9 %/m);
  assert.match(modules, /^DiT-S\/2: x: \[N, 32, 32, 4\], .* -> eps: /m);
  assert.match(run('cost', 'specs/dit.dit#DiT-S/2', '--by', 'op').out, /^einsum +\d+ +6\.054G +12\.11G +99\.\d %/m);
  // 12 · 2 · 256² · 384 of 6,055,673,856
  assert.match(run('cost', 'specs/dit.dit#DiT-S/2', '--by', 'role').out, /^attention scores +604M +10\.0 %/m);
  assert.not.match(run('cost', 'specs/dit.dit#DiT-S/2', '--depth', '1').out, /attn/);
});

test('several targets beside each other', () => {
  const { out } = run(
    'cost',
    'specs/dit.dit#DiT-S/2',
    'specs/sit.dit#SiT-XL/2',
    '--by',
    'role',
    '--format',
    'markdown',
  );
  assert.match(out, /^\| role \| DiT-S\/2 \| % \| SiT-XL\/2 \| % \|\n\| --- \| --: \| --: \| --: \| --: \|$/m);
  assert.match(out, /^\| attention scores \| 604M \| 10\.0 % \| 4\.228G \| 3\.6 % \|$/m);
});

test('layers of models of unequal depth stand beside each other', () => {
  const two = ['specs/dit.dit#DiT-S/2', 'specs/dit.dit#DiT-B/2', 'specs/dit.dit#DiT-L/2'];
  // 2 · 256 · 4 · 384² a block and 12 of them, 768² and 12, 1024² and 24
  const mlps = [12 * 384 ** 2, 12 * 768 ** 2, 24 * 1024 ** 2].map((each) => 2 * 256 * 4 * each);
  const rows = run('cost', ...two, '--by', 'module', '--format', 'csv').out.split('\n');
  const row = rows.find((line) => line.startsWith('blocks[…].mlp,'));
  assert.equal(
    row
      ?.split(',')
      .filter((_, at) => at % 2 === 1)
      .map(Number),
    mlps,
  );
  // where depths agree the layers keep their numbers
  assert.match(run('cost', ...two.slice(0, 2), '--by', 'module').out, /^blocks\[0\.\.11\]\.mlp +3\.624G/m);
  const { modules } = JSON.parse(run('diff', two[0]!, two[2]!, '--json').out);
  const found = modules.find(({ name }: { name: string }) => name === 'blocks[…].mlp');
  assert.equal([found.before.macs, found.after.macs], [mlps[0], mlps[2]]);
});

test('a run, a device', () => {
  const { out } = run(
    'cost',
    'a.dit#narrow',
    '--batch',
    '4',
    '--guidance',
    '--steps',
    '10',
    '--device',
    'h100-sxm',
    '--precision',
    'bf16',
  );
  assert.match(out, /^narrow, batch 4, guidance, which doubles it, 10 steps$/m);
  // 64 · 8 · 10
  assert.match(out, /^5\.12K +/m);
  assert.match(out, /^narrow on NVIDIA H100 SXM5 80 GB, bf16, batch 8: an estimate/m);
});

test('what goes wrong', () => {
  const cases: [words: string[], code: number, err: RegExp][] = [
    [['cost', 'a.dit#narow'], 1, /^error\[D0601\]: [\s\S]*did you mean `narrow`\?/],
    [['cost', 'a.dit#narrow', '--set', 'width=0'], 1, /^error/],
    [['cost', 'a.dit#narrow', '--batch', 'many'], 2, /cannot be `many`: it must be a whole number/],
    [['cost', 'a.dit#narrow', '--batch', '1.5'], 2, /cannot be `1\.5`: it must be a whole number/],
    [['cost', 'a.dit#narrow', '--batch', '0'], 2, /cannot be `0`/],
    [['cost', 'a.dit#narrow', '--batch', '-4'], 2, /cannot be `-4`: it must not be negative/],
    [['cost', 'a.dit#narrow', '--batch', '2G'], 2, /cannot be `2G`: it must be at most 1G/],
    [['cost', 'a.dit#narrow', '--precision', 'bf16'], 2, /`--precision` is of the estimate for a `--device`/],
    [['cost', 'a.dit#narrow', '--device', 'abacus'], 2, /cannot be `abacus`: it is one of h100-sxm/],
    [
      ['cost', 'a.dit#narrow', '--device', 'm3-max', '--precision', 'tf32'],
      2,
      /`m3-max` has no rate for tf32\n.*f32, bf16/,
    ],
    [['cost', 'a.dit#narrow', '--memory', 'much'], 2, /cannot be `much`: it must be an amount of memory, like 80GB/],
    [['cost', 'a.dit#narrow', '--recipe', 'quick'], 2, /there is no recipe `quick`/],
    [['cost', 'none.dit'], 3, /^error\[D0001\]/],
    [['cost'], 2, /missing required argument/],
  ];
  for (const [words, code, expected] of cases) {
    const result = run(...words);
    assert.equal([result.code, result.out], [code, ''], words.join(' '));
    assert.match(result.err, expected);
  }
});

test.run();
