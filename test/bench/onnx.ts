/**
 * DiT-S/2 and the MNIST model on onnx, beside PyTorch where DITC_PYTHON names a Python that has it, and as a fraction of what the
 * machine's own matrix product reaches: `node --import tsx test/bench/onnx.ts [forward|train] [mnist|DiT-S/2] [--threads N] [--runs N]`.
 * Each number is the best of its runs, and both sides take turns, since other work on the machine only ever slows down.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createBuilder } from '../../compiler/ir/builder.ts';
import { f32 } from '../../compiler/ir/type.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { onnx } from '../../runtime/engines/onnx.ts';
import { countMacs, programs, startFeeds, startState } from './dit-step.ts';

/** A preset, and the same sizes for the peer. */
interface Subject {
  readonly file: string;
  readonly preset: string;
  readonly sizes: Readonly<
    Record<'width' | 'depth' | 'heads' | 'patch' | 'side' | 'channels' | 'classes' | 'batch', number>
  >;
}

const SUBJECTS: readonly Subject[] = [
  {
    file: 'dit.dit',
    preset: 'DiT-S/2',
    sizes: { width: 384, depth: 12, heads: 6, patch: 2, side: 32, channels: 4, classes: 1000, batch: 8 },
  },
  {
    file: 'mnist.dit',
    preset: 'mnist',
    sizes: { width: 128, depth: 4, heads: 4, patch: 4, side: 28, channels: 1, classes: 10, batch: 128 },
  },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: 'string', default: '2' }, runs: { type: 'string', default: '5' } },
});
const [threads, runs] = [Number(values.threads), Number(values.runs)];

/** Milliseconds of the best run; the first one, which meets fresh memory, does not count. */
async function best(program: Program, batch: number): Promise<number> {
  const session = await onnx.load(program, startState(program), { batch, threads });
  const feeds = startFeeds(program, batch);
  let least = Infinity;
  for (let run = 0; run <= runs; run++) {
    const start = performance.now();
    await session.run(feeds);
    if (run > 0) least = Math.min(least, performance.now() - start);
  }
  await session.dispose();
  return least;
}

/** x w^T with x: [rows, inner], as a program with a batch of rows. */
function productProgram(inner: number, outer: number): Program {
  const build = createBuilder();
  const x = build.input('x', f32({ batch: 1 }, inner));
  const w = build.input('w', f32(outer, inner));
  const y = build.op('einsum', [x, w], { pattern: 'n i, o i -> n o' });
  return { name: 'product', graph: build.finish([{ name: 'y', value: y }], { name: 'product' }), state: [] };
}

interface PeerRun {
  readonly milliseconds: readonly number[];
  readonly version: string;
  readonly peak_bytes: number;
}

function peer({ sizes }: Subject, train: boolean): PeerRun | undefined {
  const python = process.env.DITC_PYTHON;
  if (python === undefined) return undefined;
  const script = path.join(import.meta.dirname, 'peer-dit.py');
  const job = JSON.stringify({ ...sizes, threads, runs: runs + 1, train });
  const { status, stdout, stderr, error } = spawnSync(python, [script], { input: job, encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout);
  console.log(`no PyTorch: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
  return undefined;
}

const product = productProgram(1536, 1536);
const measureSgemm = async (): Promise<number> => (2 * countMacs(product, 2048)) / (await best(product, 2048)) / 1e6;

async function compare(subject: Subject, kind: 'forward' | 'train'): Promise<void> {
  const { batch } = subject.sizes;
  const program = programs(subject.file, subject.preset)[kind];
  const before = await measureSgemm();
  const other = peer(subject, kind === 'train');
  const milliseconds = await best(program, batch);
  const sgemm = Math.max(before, await measureSgemm());
  const rate = (2 * countMacs(program, batch)) / milliseconds / 1e6;
  const share = `${rate.toFixed(0)} Gflop/s, ${((100 * rate) / sgemm).toFixed(0)} % of its sgemm of ${sgemm.toFixed(0)}`;
  console.log(`${`${subject.preset} ${kind}`.padEnd(16)} ${milliseconds.toFixed(0)} ms, ${share}`);
  if (other === undefined) return;
  const theirs = Math.min(...other.milliseconds.slice(1));
  const ratio = (theirs / milliseconds).toFixed(2);
  console.log(`${''.padEnd(16)} PyTorch ${other.version} ${theirs.toFixed(0)} ms: onnx is ${ratio} times as fast`);
}

for (const subject of SUBJECTS) {
  for (const kind of ['forward', 'train'] as const) {
    const names = [kind, subject.preset];
    if (positionals.every((each) => names.includes(each))) await compare(subject, kind);
  }
}
if (process.env.DITC_PYTHON === undefined) console.log('no PyTorch to compare with: set DITC_PYTHON');
