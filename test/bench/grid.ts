/**
 * Plans of 1,000, 10,000 and 100,000 distinct DiTs (no two have a block stack in common), written as CSV by the command:
 * time of the whole process, time for each point more, and the most memory. Run it as
 * `node --import tsx test/bench/grid.ts [POINTS…]`.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** 4 conditionings × 10 depths × 5 ratios × 5 patches × as many widths as it takes */
const specText = (points: number): string => `dit 1
use "./dit.dit" { "DiT-S/2", imagenet, in_context, cross_attention, adaln, adaln_zero }
grid variants of "DiT-S/2" with imagenet {
  size.width: [${Array.from({ length: Math.ceil(points / 1000) }, (_, index) => 192 + 24 * index).join(', ')}]
  conditioning: [in_context, cross_attention, adaln, adaln_zero]
  size.depth: [4, 6, 8, 10, 12, 16, 20, 24, 28, 32]
  size.ratio: [2, 3, 4, 6, 8]
  patch: [1, 2, 4, 8, 16]
}
`;

interface Measured {
  readonly points: number;
  readonly seconds: number;
  readonly megabytes: number;
}

const root = path.join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(path.join(tmpdir(), 'ditc-grid-'));
for (const file of ['dit', 'objectives', 'optim'])
  copyFileSync(path.join(root, 'specs', `${file}.dit`), path.join(folder, `${file}.dit`));

/** Runs the command in a process that says at its end how much memory it had at most. */
function measure(points: number): Measured {
  const spec = path.join(folder, 'grid.dit');
  const csv = path.join(folder, 'plan.csv');
  writeFileSync(spec, specText(points));
  const out = openSync(csv, 'w');
  const begin = performance.now();
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(LAST_WORDS)}`, path.join(root, 'cli', 'ditc.mjs')].concat(
      'grid',
      'plan',
      `${spec}#variants`,
      '--format',
      'csv',
    ),
    { encoding: 'utf8', stdio: ['ignore', out, 'pipe'] },
  );
  const seconds = (performance.now() - begin) / 1000;
  closeSync(out);
  if (status !== 0) throw new Error(stderr);
  const lines = readFileSync(csv, 'utf8').trimEnd().split('\n').length - 1;
  if (lines !== points) throw new Error(`${lines} points instead of ${points}`);
  return { points, seconds, megabytes: Number(/MAXRSS (\d+)/.exec(stderr)![1]) / 1024 };
}

const LAST_WORDS = "process.on('exit', () => process.stderr.write('MAXRSS ' + process.resourceUsage().maxRSS))";

const asked = process.argv.slice(2).map(Number);
let before: Measured | undefined;
for (const size of asked.length > 0 ? asked : [1000, 10_000, 100_000]) {
  const now = measure(size);
  const more = before === undefined ? now : { points: size - before.points, seconds: now.seconds - before.seconds };
  const each = (1e6 * more.seconds) / more.points;
  console.log(
    `${size} points: ${now.seconds.toFixed(2)} s, ${each.toFixed(0)} µs a point${before ? ' more' : ''}, at most ${now.megabytes.toFixed(0)} MB`,
  );
  before = now;
}
rmSync(folder, { recursive: true });
