/**
 * The test runner: every `*.test.ts` is a process of its own with a time limit, as many at once as there are cores. A
 * file that runs no test fails. `npm test -- WORD…` runs the files whose path holds one of the words. A file that needs
 * longer than the usual limit says so in a line `// limit: 300 s`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ending, judge, type Verdict } from './verdict.ts';

const LIMIT_SECONDS = 120;
const OUTPUT_BYTES = 1 << 20;
const root = fileURLToPath(new URL('..', import.meta.url));

const words = process.argv.slice(2);
const files = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !file.startsWith(`fixtures${path.sep}`))
  .map((file) => path.posix.join('test', file.split(path.sep).join('/')))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();

const running = new Set<ChildProcess>();

/** Ends a test with everything that it started. */
function kill(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function runFile(file: string): Promise<Ending> {
  const own = /^\/\/ limit: (\d+) s$/m.exec(readFileSync(path.join(root, file), 'utf8'));
  const limit = own ? Number(own[1]) : LIMIT_SECONDS;
  const { FORCE_COLOR: _, ...env } = process.env;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      cwd: root,
      env: { ...env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.add(child);
    let output = '';
    let exceeded: number | undefined;
    const collect = (text: string): void => {
      output = (output + text).slice(-OUTPUT_BYTES);
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    const timer = setTimeout(() => {
      exceeded = limit;
      kill(child);
    }, limit * 1000);
    child.on('exit', () => setTimeout(() => kill(child), 1000).unref());
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ output, code, signal, exceeded });
    });
  });
}

process.on('SIGINT', () => {
  for (const child of running) kill(child);
  process.exit(130);
});

const sum = { passed: 0, failed: 0, skipped: 0 };
const skips: string[] = [];
const failed: { file: string; verdict: Verdict; output: string }[] = [];
const width = Math.max(0, ...files.map((file) => file.length));

async function worker(queue: string[]): Promise<void> {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const begin = performance.now();
    const ending = await runFile(file);
    const verdict = judge(ending);
    sum.passed += verdict.passed;
    sum.failed += verdict.failed;
    sum.skipped += verdict.skipped;
    skips.push(...verdict.skips.map((skip) => `${file}: ${skip}`));
    if (verdict.failed > 0) failed.push({ file, verdict, output: ending.output });
    const counts = `${verdict.passed} passed${verdict.failed ? `, ${verdict.failed} FAILED` : ''}${verdict.skipped ? `, ${verdict.skipped} skipped` : ''}`;
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(`${verdict.failed ? 'not ok' : 'ok    '} ${file.padEnd(width)}  ${seconds.padStart(5)} s  ${counts}`);
  }
}

const queue = [...files];
await Promise.all(Array.from({ length: availableParallelism() }, () => worker(queue)));

if (skips.length > 0) console.log(`\nskipped:\n${skips.map((skip) => `  ${skip}`).join('\n')}`);
for (const { file, output } of failed) console.log(`\n---- ${file}\n${output.trimEnd()}`);
if (failed.length > 0) {
  const lines = failed.flatMap(({ file, verdict }) => verdict.failures.map((failure) => `  ${file}: ${failure}`));
  console.log(`\nfailed:\n${lines.join('\n')}`);
}
if (files.length === 0) console.log(`no test file matches ${words.join(' ')}`);
console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 || files.length === 0 ? 1 : 0;
