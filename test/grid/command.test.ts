/** `ditc grid plan` as a person or a program runs it. */
import { rmSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ditc } from '../cli/ditc.ts';
import { planIn, SPEC, toyFolder } from './toy-file.ts';

const folder = toyFolder();
test.after(() => rmSync(folder, { recursive: true }));
const { run, json } = planIn(folder);

test('of many rejected for different numbers, each condition is said once, with the first of them', () => {
  const { out } = run('toy.dit#costly');
  // macs = 16 · depth · hidden: above are hidden 13 … 20 at depth 1, 7 … 20 at depth 2
  assert.match(out, /^rejected 22 times by `macs < 200`: macs 224 is not below 200 \(hidden=7, depth=2 …\)$/m);
  assert.match(out, /^rejected 2 times by `hidden != 3`: hidden is 3 \(hidden=3, depth=1 …\)$/m);
  assert.match(out, /^16 points$/m);
});

test('a table, what is rejected with the reason, what is left out, and the total', () => {
  const { code, out, err } = run('toy.dit#sizes');
  assert.equal([code, err], [0, '']);
  const [head, ...lines] = out.trimEnd().split('\n');
  assert.match(head!, /point +params +MACs +training FLOPs +FLOPs an image/);
  // hidden 4, depth 1: 2 · 8 · 4 = 64
  assert.match(lines[0]!, /^0 {2}hidden=4,depth=1 +64 +64 +/);
  assert.is(lines.filter((line) => /^\d+ {2}hidden=/.test(line)).length, 4);
  assert.ok(lines.includes('rejected: hidden=100, depth=1: the hidden layer is too wide'));
  assert.ok(lines.includes('left out: hidden=8, depth=2: the same work as hidden=8,depth=2'));
  assert.match(lines.at(-1)!, /^4 points; training them all takes about \S+ FLOPs, an image of each \S+: an estimate/);
});

const flopsOf = (plan: { readonly points: readonly { readonly flops: number }[] }, index: number): number =>
  plan.points[index]!.flops;

test('as JSON', () => {
  const plan = json('toy.dit#sizes');
  assert.equal(Object.keys(plan), ['grid', 'points', 'rejected', 'duplicates', 'total']);
  assert.is(plan.grid, 'sizes');
  assert.is(plan.points.length, 4);
  const [point] = plan.points;
  assert.equal(
    [point.index, point.name, point.set, point.params, point.macs, point.seed],
    [0, 'hidden=4,depth=1', { hidden: 4, depth: 1 }, 64, 64, 0],
  );
  assert.equal(point.settings, { hidden: 4, depth: 1, act: 'silu' });
  // what no axis sets, too
  assert.is(point.recipe.batch * point.recipe.steps, 1000);
  assert.match(point.digest, /^[0-9a-f]{64}$/);
  // 3 forward passes, 10 samples, 100 steps; 50 steps of twice the batch
  assert.is(point.train_flops, 3 * point.flops * 10 * 100);
  assert.is(point.sample_flops, 2 * point.flops * 50);
  assert.equal(plan.rejected, [
    { set: { hidden: 100, depth: 1 }, reason: 'the hidden layer is too wide' },
    { set: { hidden: 100, depth: 2 }, reason: 'the hidden layer is too wide' },
  ]);
  assert.equal(
    plan.duplicates,
    [1, 2].map((depth) => ({ set: { hidden: 8, depth }, of: `hidden=8,depth=${depth}` })),
  );
  const { total } = json('toy.dit#sizes', '--where', 'depth == 1', '--limit', '1');
  assert.equal(total, {
    points: 4,
    fitting: 2,
    shown: 1,
    train_flops: 3 * (flopsOf(plan, 0) + flopsOf(plan, 2)) * 1000,
    sample_flops: 2 * (flopsOf(plan, 0) + flopsOf(plan, 2)) * 50,
  });
  // nothing says how long
  assert.equal(json('toy.dit#matched').total, { points: 3, fitting: 3, shown: 3 });
});

test('a match shows what it chose and how near it came', () => {
  const { out, err } = run('toy.dit#matched');
  assert.is(err, '');
  // depth 1: hidden 16; depth 3: 48 · hidden = 256, and 5 gives 240
  assert.match(out, /depth=1 +16 +256 +256 +equal/);
  assert.match(out, /depth=2 +as is +256 +256 +equal/);
  assert.match(out, /depth=3 +5 +240 +240 +-6\.3 %/);
  const { points } = json('toy.dit#matched');
  assert.equal(points[2].off, { macs: -0.0625 });
  assert.equal(
    points.map(({ set }: { set: object }) => set),
    [
      { depth: 1, hidden: 16 },
      { depth: 2, hidden: 8 },
      { depth: 3, hidden: 5 },
    ],
  );
  const [head, , second] = run('toy.dit#matched', '--format', 'csv').out.split('\n');
  assert.match(head!, /^index,name,digest,depth,hidden,/);
  assert.match(second!, /^1,depth=2,[0-9a-f]{64},2,8,/);
});

test('CSV is for spreadsheets: numbers bare, messages apart', () => {
  const { code, out, err } = run('toy.dit#sizes', '--format', 'csv');
  assert.is(code, 0);
  const [head, ...lines] = out.trimEnd().split('\n');
  assert.is(
    head,
    'index,name,digest,hidden,depth,params,frozen,macs,flops,tokens,weight_bytes,train_flops,sample_flops',
  );
  assert.is(lines.length, 4);
  assert.match(lines[3]!, /^3,"hidden=8,depth=2",[0-9a-f]{64},8,2,256,0,256,\d+,0,1024,\d+,\d+$/);
  assert.match(err, /^rejected: hidden=100, depth=1: the hidden layer is too wide$/m);
});

test('Markdown', () => {
  const { out } = run('toy.dit#sizes', '--format', 'markdown');
  assert.match(out, /^\| {2}\| point \| params \| MACs \|/);
  assert.match(out, /\| 0 \| hidden=4,depth=1 \| 64 \| 64 \|/);
});

test('sorted, filtered, limited, summed up', () => {
  const names = (...words: string[]) =>
    json('toy.dit#sizes', ...words).points.map((each: { name: string }) => each.name);
  assert.equal(names('--sort', '-macs'), [
    'hidden=8,depth=2',
    'hidden=4,depth=2',
    'hidden=8,depth=1',
    'hidden=4,depth=1',
  ]);
  assert.equal(names('--sort', 'params', '--limit', '1'), ['hidden=4,depth=1']);
  assert.equal(names('--where', 'macs < 256 and depth == 2'), ['hidden=4,depth=2']);
  const { out } = run('toy.dit#sizes', '--by', 'depth');
  // depth 2: 128 and 256
  assert.match(out, /^depth +points +params +MACs/);
  assert.match(out, /^2 +2 +128 to 256 +128 to 256/m);
  assert.equal(run('toy.dit#sizes', '--by', 'depth', '--format', 'csv').out.split('\n').slice(0, 3), [
    'depth,points,params_least,params_most,macs_least,macs_most,train_flops,sample_flops',
    ...[1, 2].map((depth) => {
      const of = json('toy.dit#sizes', '--where', `depth == ${depth}`);
      const facts = (fact: string): number[] => of.points.map((point: Record<string, number>) => point[fact]!);
      const ranges = ['params', 'macs'].flatMap((fact) => [Math.min(...facts(fact)), Math.max(...facts(fact))]);
      return [depth, 2, ...ranges, of.total.train_flops, of.total.sample_flops].join();
    }),
  ]);
  // as it was written
  assert.match(run('toy.dit#rates', '--by', 'recipe.lr').out, /^1e-3 .*\n2e-3 /m);
  const limited = run('toy.dit#sizes', '--limit', '1').out;
  assert.match(limited, /^and 3 more points/m);
});

test('a condition that cannot be told of some points', () => {
  const { code, out } = run('toy.dit#sizes', '--where', '1 / (depth - 1) > 0');
  assert.is(code, 0);
  assert.match(out, /^`--where` cannot be told of 2 points, not shown: division by zero$/m);
  assert.match(out, /^4 points; 2 shown/m);
});

test('a condition on what is frozen', () => {
  assert.is(json('toy.dit#sizes', '--where', 'frozen == 0').points.length, 4);
});

test('the base and its recipe are changed before the axes', () => {
  // 16 · depth · hidden
  const { points } = json('toy.dit#rates', '--set', 'depth=3', '--set', 'recipe.steps=7');
  assert.equal(
    points.map(({ macs, train_flops, flops }: Record<string, number>) => [macs, train_flops! / flops!]),
    [
      [384, 3 * 10 * 7],
      [384, 3 * 10 * 7],
    ],
  );
  // the base that a match brings all points to
  assert.equal(
    json('toy.dit#matched', '--set', 'hidden=10').points.map(({ set }: { set: { hidden: number } }) => set.hidden),
    [20, 10, 7],
  );
});

test('every rejection', () => {
  const { out } = run('toy.dit#nothing', '--rejected');
  assert.match(out, /^hidden=100 +the hidden layer is too wide$/m);
  assert.match(out, /^hidden=200 +the hidden layer is too wide$/m);
});

test('a plan without points fails', () => {
  const { code, out } = run('toy.dit#nothing');
  assert.is(code, 1);
  assert.match(out, /rejected: hidden=100/);
});

test('too large is refused at once, with the size and what to do', () => {
  const { code, err } = run('toy.dit#huge');
  assert.is(code, 1);
  assert.match(err, /error\[D0901\]: the grid `huge` has 8\.1G combinations: more than 10M/);
  assert.match(err, /help: `hidden` has 90K values, `depth` has 90K values: shorten an axis, `zip`/);
});

const WRONG: readonly [words: readonly string[], code: number, said: RegExp][] = [
  [['toy.dit#sises'], 1, /has no grid `sises`\n {2}= help: did you mean `sizes`\?/],
  [['toy.dit'], 2, /which grid of `toy\.dit`\?\n {2}= help: it has `sizes`, `matched`/],
  [['none.dit#a'], 3, /none\.dit/],
  [['toy.dit#sizes', '--sort', 'price'], 2, /cannot sort by `price`/],
  [['toy.dit#sizes', '--sort', 'off'], 2, /cannot sort by `off`: the grid matches nothing/],
  [['toy.dit#matched', '--sort', '-train_flops'], 2, /cannot sort by `train_flops`: the grid has no recipe/],
  [['toy.dit#sizes', '--by', 'price'], 2, /no axis `price`/],
  [['toy.dit#sizes', '--where', 'mcas < 2'], 2, /unknown name `mcas`[\s\S]*did you mean `macs`/],
  [['toy.dit#sizes', '--where', 'macs <'], 2, /expected an expression, found the end\n --> --where:1:7\n1 \| macs <\n/],
  [
    ['toy.dit#sizes', '--where', 'macs'],
    2,
    /expected a condition, found a number\n --> --where:1:1\n1 \| macs\n {2}\| \^{4}\n/,
  ],
  [
    ['toy.dit#sizes', '--where', 'hidden.x == 3'],
    2,
    /`hidden`, an int, has no field `x`\n --> --where:1:8\n1 \| hidden\.x == 3/,
  ],
  [['toy.dit#sizes', '--where', 'depth == 1/0'], 2, /division by zero\n --> --where:1:10/],
  [['toy.dit#sizes', '--where', 'macs < "3"'], 2, /found the string "3"/],
  [['toy.dit#sizes', '--where', 'macs < 3\nconst b = 2'], 2, /expected one condition, found something else/],
  [['toy.dit#sizes', '--where', 'macs < 3, seed: [1]'], 2, /expected one condition, found something else/],
  [['toy.dit#sizes', '--where', 'macs = 3'], 2, /a comparison takes `==`, not `=`\n --> --where:1:6\n/],
  [['toy.dit#sizes', '--where', 'macs < 3 K'], 2, /found more behind it\n[\s\S]*= help: .*`3K`/],
  [['toy.dit#sizes', '--where', 'macs < 3 (4)'], 2, /expected `and`, `or` or the end, found `\(`/],
  [['toy.dit#sizes', '--where', ''], 2, /expected an expression, found the end/],
  [['toy.dit#sizes', '--lock', ''], 2, /`--lock` needs the name of a file/],
  [['toy.dit#sizes', '--lock', 'none/a.lock'], 3, /^ditc: cannot write `none\/a\.lock`: its folder does not exist$/m],
  [['toy.dit#sizes', '--lock', '/dev/full'], 3, /^ditc: cannot read `\/dev\/full`: it is no regular file$/m],
  [['toy.dit#sizes', '--lock', 'specs'], 3, /it is a folder/],
  [['toy.dit#sizes', '--lock', 'toy.dit'], 1, /cannot be read as a lock: it is no JSON/],
  [
    ['toy.dit#sizes', '--set', 'depth=2'],
    2,
    /`depth` is set by the grid `sizes` itself\n {2}= help: `--set` changes what no axis/,
  ],
  [['toy.dit#sizes', '--set', 'dpth=2'], 1, /`Toy` has no parameter `dpth`[\s\S]*did you mean `depth`/],
  [['toy.dit#rates', '--set', 'recipe.stps=2'], 1, /no field `stps`[\s\S]*did you mean `steps`/],
  [['toy.dit#matched', '--set', 'recipe.steps=2'], 2, /the grid `matched` has no recipe to change/],
  [['toy.dit#sizes', '--set', 'act=relu', '--lock', 'a.lock'], 2, /a lock holds a grid as it is written/],
  [['toy.dit#sizes', '--update'], 2, /--update` needs a lock file/],
];
for (const [words, code, said] of WRONG) {
  test(`wrong: ${words.join(' ')}`, () => {
    const result = run(...words);
    assert.is(result.code, code);
    assert.match(result.err, said);
    assert.is(result.out, '');
  });
}

test('a spec on standard input', () => {
  const piped = (...words: string[]) => ditc(['grid', 'plan', ...words], { cwd: folder, input: SPEC });
  assert.match(piped('-#sizes').out, /^4 points/m);
  assert.is(piped('-').code, 2);
  assert.match(piped('-').err, /which grid of standard input\?\n {2}= help: it has `sizes`/);
  assert.match(piped('-#sises').err, /standard input has no grid `sises`/);
});

test('a grid where something else is wanted', () => {
  const help = '`sizes` is a grid: `ditc grid plan toy.dit#sizes` shows its points';
  for (const command of ['cost', 'graph', 'check']) {
    const { code, out, err } = ditc([command, 'toy.dit#sizes'], { cwd: folder });
    assert.is.not(code, 0);
    assert.ok(`${out}${err}`.includes(help), out + err);
  }
});

test('no name where a file has several models', () => {
  const input =
    'dit 1\nmodel A() { input x: image[N, 8] output eps = x }\nmodel B() { input x: image[N, 8] output eps = x }\n';
  const { err } = ditc(['graph', '-'], { input });
  assert.match(err, /expected a preset or model of \S+ by its name, found none[\s\S]*help: it has `A`, `B`/);
});

test('another word than plan', () => {
  const { code, err } = ditc(['grid', 'paln', 'toy.dit#sizes'], { cwd: folder });
  assert.is(code, 2);
  assert.match(err, /knows `plan`, not `paln`/);
});

test.run();
