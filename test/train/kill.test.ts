// limit: 600 s
/**
 * A run that is killed again and again ends with the bytes of one that never was: 20 times where everything must hold, and
 * else as often as `DITC_KILLS` says.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createStream } from '../../runtime/random/stream.ts';
import { newestCheckpoint } from '../../runtime/train/checkpoint.ts';
import { scratchFolder } from '../data/scratch.ts';
import { must, trainTiny, writeData } from './small-run.ts';

const KILLS = Number(process.env.DITC_KILLS ?? (process.env.CI ? 20 : 5));
const script = fileURLToPath(new URL('train-child.ts', import.meta.url));
const folder = writeData(scratchFolder());

const namesIn = (run: string): string[] => {
  const checkpoints = path.join(folder, run, 'checkpoints');
  return existsSync(checkpoints) ? readdirSync(checkpoints) : [];
};

const start = (run: string): { child: ChildProcess; ended: Promise<boolean> } => {
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return { child, ended: new Promise((resolve) => child.on('close', () => resolve(said.includes('finished')))) };
};

/** Looks again as often as it can. */
const until = (condition: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => void (condition() ? resolve() : setImmediate(look));
    look();
  });

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('killed at random moments and during writes, a run ends with the same bytes', async () => {
  must(await trainTiny(folder, 'whole'));
  const stream = createStream(Date.now(), 'kills');
  let inWrites = 0;
  let finished = false;
  for (let turn = 0; turn < KILLS && !finished; turn++) {
    const before = new Set(namesIn('killed'));
    const { child, ended } = start('killed');
    let gone = false;
    void ended.then(() => {
      gone = true;
    });
    // something new was saved, so that it gets on; then a moment later, or in the midst of the next write
    await until(() => gone || namesIn('killed').some((name) => name.endsWith('.json') && !before.has(name)));
    if (turn % 2 === 0) await until(() => gone || namesIn('killed').some((name) => name.endsWith('.partial')));
    else await wait(stream.integer(60));
    child.kill('SIGKILL');
    finished = await ended;
    if (namesIn('killed').some((name) => name.endsWith('.partial'))) inWrites++;
  }
  assert.ok(inWrites > 0, 'no kill fell into a write');
  if (!finished) finished = await start('killed').ended;
  assert.ok(finished, 'it does not get to its end');
  const bytes = (run: string, file: string) => readFileSync(path.join(folder, run, file)).toString('hex');
  for (const file of ['weights.safetensors', 'checkpoints/00000040.safetensors'])
    assert.ok(bytes('killed', file) === bytes('whole', file), `${file} differs`);
  const { checkpoint, damaged } = await newestCheckpoint(path.join(folder, 'killed'));
  assert.is(checkpoint?.step, 40);
  assert.equal(damaged, []);
});

test.run();
