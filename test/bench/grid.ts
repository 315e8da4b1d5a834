/**
 * Plans of 1,000, 10,000 and 100,000 distinct DiTs (no two have a block stack in common), each in a process of its own:
 * time, time a point, and the most memory. Run it as `node --import tsx test/bench/grid.ts [POINTS…]`.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { resolveGrid } from '../../compiler/grid/grid.ts';
import { planGrid } from '../../compiler/grid/plan.ts';
import { specOf } from '../specs/open.ts';

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

function measure(points: number): Measured {
  const spec = specOf(specText(points));
  const begin = performance.now();
  const { grid } = resolveGrid(spec, spec.entry.grids.get('variants')!);
  let accepted = 0;
  let macs = 0;
  for (const outcome of planGrid(spec, grid!)) {
    if (outcome.kind !== 'point') throw new Error('reason' in outcome ? outcome.reason : `the same as ${outcome.of}`);
    accepted++;
    macs += outcome.facts.macs + outcome.facts.params;
  }
  if (macs === 0) throw new Error('nothing was counted');
  const seconds = (performance.now() - begin) / 1000;
  return { points: accepted, seconds, megabytes: process.resourceUsage().maxRSS / 1024 };
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--one') console.log(JSON.stringify(measure(Number(rest[0]))));
else {
  const sizes = first === undefined ? [1000, 10_000, 100_000] : [first, ...rest].map(Number);
  for (const size of sizes) {
    const child = spawnSync(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(import.meta.url), '--one', String(size)],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const { points, seconds, megabytes } = JSON.parse(child.stdout) as Measured;
    const each = (1e6 * seconds) / points;
    console.log(
      `${points} points: ${seconds.toFixed(2)} s, ${each.toFixed(0)} µs a point, at most ${megabytes.toFixed(0)} MB`,
    );
  }
}
