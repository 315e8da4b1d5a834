/**
 * `npm run bench -- [forward|train|loop] [DiT-S/2|mnist] [onnx|tensorflow|wasm] [--threads N] [--rounds N]`: how fast the
 * engines are and how much memory they take, beside eager PyTorch where DITC_PYTHON names a Python that has it, and as
 * a share of what the machine's own product of matrices reaches. A figure is the best of its rounds; all sides of a
 * comparison take turns.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openSide, type Said, type Side } from './side.ts';
import { type Kind, LOOP_STEPS, SUBJECTS, type Subject, type Task } from './subjects.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: 'string', default: '2' }, rounds: { type: 'string', default: '6' } },
});
const [threads, rounds] = [Number(values.threads), Number(values.rounds)];
const ENGINES = ['onnx', 'tensorflow', 'wasm'];
const wanted = (names: readonly string[]): readonly string[] => {
  const named = names.filter((name) => positionals.includes(name));
  return named.length > 0 ? named : names;
};

const script = path.join(import.meta.dirname, 'engine-side.ts');
const engineSide = (task: Task) =>
  openSide(process.execPath, ['--import', 'tsx', script], task, { TF_NUM_INTRAOP_THREADS: String(threads) });

const python = process.env.DITC_PYTHON;
const peerSide = (kind: string, sizes: object = {}) =>
  python === undefined
    ? Promise.resolve({ reason: 'set DITC_PYTHON to a Python that has torch' })
    : openSide(python, [path.join(import.meta.dirname, 'peer-dit.py')], { kind, threads, steps: LOOP_STEPS, ...sizes });

interface Figures extends Said {
  /** of the best round */
  readonly milliseconds: number;
  readonly cpu: number;
}

/** Sides by turns, the first round of each, which meets fresh memory, not counting; what they said at their end. */
async function takeTurns(sides: readonly (Side | undefined)[]): Promise<(Figures | undefined)[]> {
  const said = sides.map((): Said[] => []);
  for (let round = 0; round <= rounds; round++)
    for (const [at, side] of sides.entries()) if (side !== undefined) said[at]!.push(await side.step());
  const figures: (Figures | undefined)[] = [];
  for (const [at, side] of sides.entries()) {
    const least = (of: 'milliseconds' | 'cpu'): number => Math.min(...said[at]!.slice(1).map((each) => each[of]!));
    figures.push(side && { ...(await side.end()), milliseconds: least('milliseconds'), cpu: least('cpu') });
  }
  return figures;
}

const noted = new Set<string>();
function opened(name: string, side: Side | { readonly reason: string }): Side | undefined {
  if (!('reason' in side)) return side;
  if (!noted.has(name)) console.log(`${name} is left out: ${side.reason}`);
  noted.add(name);
  return undefined;
}

const PRODUCT = { file: '', preset: '', kind: 'sgemm', batch: 2048 } as const;
const PRODUCT_FLOPS = 2 * 2048 * 1536 * 1536;

/** FLOPs a second of the machine's own product of matrices, the faster of ours and PyTorch's. */
async function productSpeed(): Promise<number> {
  const sides = [
    opened('onnx', await engineSide({ ...PRODUCT, engine: 'onnx', threads })),
    opened('PyTorch', await peerSide('sgemm')),
  ];
  const times = (await takeTurns(sides)).map((figures) => figures?.milliseconds ?? Number.POSITIVE_INFINITY);
  return PRODUCT_FLOPS / (Math.min(...times) / 1000);
}

const mebibytes = (bytes: number | undefined): string =>
  bytes === undefined ? '' : `${Math.round(bytes / 2 ** 20)} MiB`;
const ratio = (theirs: number | undefined, ours: number | undefined): string =>
  theirs === undefined || ours === undefined ? '' : `${(theirs / ours).toFixed(2)}x`;

async function row(subject: Subject, kind: Kind, name: string, sgemm: number): Promise<readonly string[] | undefined> {
  const { file, preset, sizes } = subject;
  const ours = opened(name, await engineSide({ engine: name, file, preset, kind, batch: sizes.batch, threads }));
  if (ours === undefined) return undefined;
  const [mine, theirs] = await takeTurns([ours, opened('PyTorch', await peerSide(kind, sizes))]);
  const { milliseconds, macs, peak_bytes: peak } = mine!;
  const steps = kind === 'loop' ? LOOP_STEPS : 1;
  const images = (steps * sizes.batch) / (milliseconds / 1000);
  const speed = (2 * macs! * steps) / (milliseconds / 1000);
  return [
    `${preset} ${kind}`,
    name,
    `${(milliseconds / steps).toFixed(0)} ms`,
    images.toFixed(images < 100 ? 1 : 0),
    `${((100 * speed) / sgemm).toFixed(0)} %`,
    ratio(theirs?.milliseconds, milliseconds),
    ratio(theirs?.cpu, mine!.cpu),
    mebibytes(peak),
    theirs === undefined ? '' : ratio(peak, theirs.peak_bytes),
  ];
}

const WIDTHS = [15, 10, 9, 9, 9, 12, 12, 9, 12];
const show = (cells: readonly string[]): void =>
  console.log(cells.map((cell, at) => (at < 2 ? cell.padEnd(WIDTHS[at]!) : cell.padStart(WIDTHS[at]!))).join(' '));

const sgemm = await productSpeed();
console.log(`${threads} threads; this machine multiplies matrices at ${(sgemm / 1e9).toFixed(0)} Gflop/s`);
console.log('of PyTorch: how many times as fast by the clock, and by CPU time; and how many times the memory');
show(['', 'engine', 'a step', 'images/s', 'of sgemm', 'of PyTorch', 'by CPU', 'memory', 'of PyTorch']);
for (const subject of SUBJECTS.filter(({ preset }) => wanted(SUBJECTS.map((each) => each.preset)).includes(preset)))
  for (const kind of wanted(['forward', 'train', 'loop']))
    for (const name of subject.kinds.includes(kind as Kind) ? wanted(ENGINES) : []) {
      const cells = await row(subject, kind as Kind, name, sgemm);
      if (cells !== undefined) show(cells);
    }
process.exit(0);
