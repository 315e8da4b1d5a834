/**
 * The fuzzer: `npm run fuzz -- --seconds 60 [--seed 1]`. Cases follow each other by their seeds, so a finding is repeated
 * by its seed. The cases run in a thread; this one watches that each comes to an end. A finding is saved to `corpus/`,
 * which a test replays from then on, and the exit code is 1.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { makeCase } from './cases.ts';
import { runStages } from './stages.ts';

const SLOW_MS = 1000;
/** A machine may be busy with other things: a case that stands still this long does not end. */
const HANG_MS = 30_000;

interface Finding {
  readonly seed: number;
  readonly what: string;
}

function timed(text: string): number {
  const start = performance.now();
  runStages(text);
  return performance.now() - start;
}

/** In the thread. `counter` holds the seed that is being tried. */
function work(first: number, seconds: number, counter: Int32Array): void {
  const end = performance.now() + seconds * 1000;
  let seed = first;
  for (; performance.now() < end; seed++) {
    Atomics.store(counter, 0, seed);
    const text = makeCase(seed);
    try {
      // the fastest of three: slow is what is slow each time
      let ms = timed(text);
      for (let i = 0; i < 2 && ms > SLOW_MS; i++) ms = Math.min(ms, timed(text));
      if (ms > SLOW_MS) parentPort!.postMessage({ seed, what: `takes ${Math.round(ms)} ms` } satisfies Finding);
    } catch (error) {
      parentPort!.postMessage({ seed, what: error instanceof Error ? error.message : String(error) } satisfies Finding);
    }
  }
  parentPort!.postMessage(seed - first);
}

function save({ seed, what }: Finding): void {
  const text = makeCase(seed);
  const name = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const folder = new URL('corpus/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.dit`, folder), text);
  console.error(`seed ${seed}, saved as corpus/${name}.dit: ${what}\n`);
}

async function watch(): Promise<number> {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
  });
  const seconds = Number(values.seconds);
  const first = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
  const shared = new SharedArrayBuffer(4);
  const counter = new Int32Array(shared);
  // a thread does not inherit the loader of TypeScript
  const start = `import { register } from '${import.meta.resolve('tsx/esm/api')}'; register(); await import('${import.meta.url}');`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(start)}`), {
    workerData: { first, seconds, shared },
  });
  let found = 0;
  let tried: number | undefined;
  let last = { seed: -1, at: performance.now() };
  const ended = new Promise<void>((resolve) => {
    worker.on('message', (message: Finding | number) => {
      if (typeof message === 'number') tried = message;
      else if (++found <= 20) save(message);
    });
    worker.on('error', (error) => {
      found++;
      save({ seed: Atomics.load(counter, 0), what: `ends the thread: ${error.message}` });
    });
    worker.on('exit', () => resolve());
  });
  const clock = setInterval(() => {
    const seed = Atomics.load(counter, 0);
    if (seed !== last.seed) last = { seed, at: performance.now() };
    else if (performance.now() - last.at > HANG_MS && tried === undefined) {
      found++;
      save({ seed, what: 'does not end' });
      void worker.terminate();
    }
  }, 500);
  await ended;
  clearInterval(clock);
  console.log(`${tried ?? '?'} cases from seed ${first}, ${found} found`);
  return found === 0 && tried !== undefined && tried > 0 ? 0 : 1;
}

if (isMainThread) process.exitCode = await watch();
else {
  const { first, seconds, shared } = workerData as { first: number; seconds: number; shared: SharedArrayBuffer };
  work(first, seconds, new Int32Array(shared));
}
