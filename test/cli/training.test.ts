// limit: 240 s
/** The commands that train: what they leave, say and end with. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readEvents } from '../../runtime/train/event-log.ts';
import { scratchFolder } from '../data/scratch.ts';
import { tinySpec, writeData } from '../train/small-run.ts';
import { bin, ditc, plainEnvironment } from './ditc.ts';

const folder = writeData(scratchFolder());
const at = (...names: string[]): string => path.join(folder, ...names);
const json = (...names: string[]) => JSON.parse(readFileSync(at(...names), 'utf8'));
const train = (run: string, ...more: string[]) =>
  ditc(['train', `${tinySpec}#Tiny`, '--data', folder, '--out', at(run), ...more]);

test('train, then sample from the run folder alone', () => {
  const trained = train('run', '--set', 'recipe.steps=4', '--set', 'width=12', '--json');
  assert.is(trained.code, 0, trained.err);
  assert.is(JSON.parse(trained.out).ending, 'finished');
  assert.match(trained.err, /^step 4\/4 {2}loss /m);
  const { model, recipe, data } = json('run', 'manifest.json');
  assert.is(model.settings.width, '12');
  assert.equal([recipe.steps, recipe.batch, recipe.optimizer], [4, 4, 'adamw']);
  assert.equal([data.size, data.classes], [24, 3]);

  const words = ['sample', at('run'), '--labels', '0,2', '--count', '4', '--steps', '3', '--guidance', '1.5'];
  const sampled = ditc([...words, '--out', at('a.png'), '--arrays', at('a.safetensors')]);
  assert.is(sampled.code, 0, sampled.err);
  assert.is(sampled.out, `${at('a.png')}\n${at('a.safetensors')}\n`);
  assert.is(ditc([...words, '--out', at('b.png'), '--batch', '3']).code, 0);
  assert.ok(readFileSync(at('a.png')).equals(readFileSync(at('b.png'))), 'the batch changes nothing');
  const other = ditc([...words, '--out', at('c.png'), '--sampler', 'ddim', '--trajectory', at('d.png')]);
  assert.is(other.code, 0, other.err);
  assert.not.ok(readFileSync(at('a.png')).equals(readFileSync(at('c.png'))));
  assert.ok(existsSync(at('d.png')));
});

test('wrong words are answered', () => {
  const run = at('run');
  const cases: [string[], number, RegExp][] = [
    [['sample', run, '--labels', '7', '--out', at('x.png')], 1, /has the label 7, and there are 0 to 2/],
    [['sample', run, '--labels', 'seven', '--out', at('x.png')], 1, /is no list of labels/],
    [['sample', run, '--sampler', 'ddmi', '--out', at('x.png')], 1, /did you mean `ddim`\?/],
    [['sample', at('nothing'), '--out', at('x.png')], 3, /no such file/],
    [['sample', tinySpec, '--out', at('x.png')], 2, /no weights yet/],
    [['train', tinySpec, '--out', at('y')], 3, /names no data that is here/],
    [['train', tinySpec, '--data', at('nothing'), '--out', at('y')], 3, /nothing: there is no such file or folder/],
    [['train', tinySpec, '--data', folder, '--out', at('y'), '--recipe', 'quik'], 1, /did you mean `quick`\?/],
    [['train', tinySpec, '--data', folder, '--out', at('y'), '--set', 'recipe.setps=3'], 1, /no field `setps`/],
    [
      ['train', tinySpec, '--data', folder, '--out', at('y'), '--set', 'side=16'],
      1,
      /images of 8 x 8 x 1, and Tiny takes 16 x 16 x 1/,
    ],
    [['train', tinySpec, '--data', folder, '--out', run], 1, /holds a run already/],
    [['evaluate', run], 1, /looks at images of 28 x 28 x 1, and these are 8 x 8 x 1/],
    [['run', `${tinySpec}#sids`, '--out', at('y')], 1, /did you mean `sides`\?/],
  ];
  for (const [words, code, expected] of cases) {
    const result = ditc(words);
    assert.match(result.err, expected, words.join(' '));
    assert.is(result.code, code, words.join(' '));
  }
  assert.not.ok(existsSync(at('y')));
});

test('SIGINT saves and ends with 130', async () => {
  const words = ['train', tinySpec, '--data', folder, '--out', at('stopped'), '--set', 'recipe.steps=1000000'];
  const child = spawn(process.execPath, [bin, ...words, '--set', 'recipe.save_every=1000000'], {
    env: plainEnvironment(),
  });
  let said = '';
  let sent = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (sent || !/^step /m.test(said)) return;
    sent = true;
    child.kill('SIGINT');
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.is(code, 130, said);
  assert.match(said, /stopped after step \d+, which is saved/);
  const events = readEvents(at('stopped'));
  assert.is(events.at(-1)?.event, 'interrupted');
  const step = String(events.at(-1)?.step).padStart(8, '0');
  assert.ok(existsSync(at('stopped', 'checkpoints', `${step}.json`)));
});

test('a study: a point that fails stops no other, and resuming does what is missing', () => {
  const words = ['run', `${tinySpec}#sides`, '--data', folder, '--out', at('study'), '--set', 'recipe.steps=3'];
  const plan = ditc([...words, '--dry-run', '--json']);
  assert.is(plan.code, 0, plan.err);
  assert.equal(
    JSON.parse(plan.out).points.map(({ name, steps }: { name: string; steps: number }) => [name, steps]),
    [
      ['side=8', 3],
      ['side=12', 3],
    ],
  );
  assert.not.ok(existsSync(at('study')));

  const first = ditc([...words, '--jobs', '2']);
  assert.is(first.code, 1, first.err);
  const results = json('study', 'results.json').points;
  assert.equal(
    results.map(({ ending }: { ending: string }) => ending),
    ['finished', 'failed'],
  );
  assert.match(results[0].unevaluated, /images of 28 x 28 x 1/);
  assert.match(results[1].problem, /images of 8 x 8 x 1, and Tiny takes 12 x 12 x 1/);
  assert.match(readFileSync(at('study', 'points', 'side=12', 'log.txt'), 'utf8'), /Tiny takes 12 x 12 x 1/);
  assert.match(ditc(words).err, /holds a study already/);

  const weights = at('study', 'points', 'side=8', 'weights.safetensors');
  const before = statSync(weights).mtimeMs;
  const again = ditc([...words, '--resume']);
  assert.is(again.code, 1, again.err);
  assert.match(again.err, /1 to do/);
  assert.is(statSync(weights).mtimeMs, before);

  // longer: the same run goes on; another rate: it begins anew, and the old one is kept
  const longer = [...words.slice(0, -1), 'recipe.steps=5', '--set', 'recipe.lr=1e-3', '--resume'];
  assert.is(ditc([...longer, '--only', '0']).code, 0);
  assert.is(json('study', 'points', 'side=8', 'result.json').step, 5);
  assert.ok(existsSync(at('study', 'replaced')));
});

test('a point that has another name by now is found by what was done', () => {
  const spec = at('renamed.dit');
  symlinkSync(path.resolve(tinySpec, '../../../specs'), at('specs'));
  writeFileSync(at('tiny.dit'), readFileSync(tinySpec, 'utf8').replaceAll('"../../specs/', '"./specs/'));
  const grid = (axes: string) =>
    writeFileSync(spec, `dit 1\nuse "./tiny.dit" { Tiny, quick }\ngrid g of Tiny with quick { ${axes} }\n`);
  const run = (...more: string[]) =>
    ditc(['run', `${spec}#g`, '--data', folder, '--out', at('renamed'), '--set', 'recipe.steps=3', ...more]);
  grid('width: [8, 12]\nseed: [3, 4]');
  assert.is(run('--only', '0').code, 0);
  assert.is(run('--only', '1').code, 0);
  const weights = (name: string) => readFileSync(at('renamed', 'points', name, 'weights.safetensors'));
  const [third, fourth] = [weights('width=8,seed=3'), weights('width=8,seed=4')];

  grid('width: [8]\nseed: [4, 3, 5]');
  const dry = run('--dry-run');
  assert.match(dry.out, /seed=4: its work is in points\/width=8,seed=4, which gets its name/);
  assert.match(dry.out, /^1 to do/m);
  assert.ok(existsSync(at('renamed', 'points', 'width=8,seed=4')), 'a dry run renames nothing');
  const ran = run();
  assert.is(ran.code, 0, ran.err);
  assert.ok(weights('seed=3').equals(third));
  assert.ok(weights('seed=4').equals(fourth));
  assert.not.match(ran.err, /seed=3\nstep/);
  const started = readEvents(at('renamed')).flatMap(({ event, name }) => (event === 'point started' ? [name] : []));
  assert.equal(started, ['seed=5']);
  assert.equal(readdirSync(at('renamed', 'points')).sort(), ['seed=3', 'seed=4', 'seed=5']);

  // other images are asked for: the training of that name is gone on with
  grid('width: [8]\nseed: [4]');
  assert.is(run('--resume', '--count', '50').code, 0);
  assert.equal(readdirSync(at('renamed', 'points')).sort(), ['base', 'seed=3', 'seed=5']);
  assert.ok(weights('base').equals(fourth));
  assert.equal(readEvents(at('renamed', 'points', 'base')).filter(({ event }) => event === 'start').length, 1);
});

test.run();
