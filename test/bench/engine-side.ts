/** A program on an engine, or the training loop of a recipe, as one side of a comparison. Standard input tells the rest. */
import { createInterface } from 'node:readline';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { Program } from '../../compiler/lower/program.ts';
import type { Engine } from '../../runtime/engines/engine.ts';
import { ENGINES, type EngineName } from '../../runtime/engines/registry.ts';
import { countMacs, productProgram, programs, startFeeds, startState } from './dit-step.ts';
import { loopSteps } from './loop.ts';
import type { Task } from './subjects.ts';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (said: object): void => void process.stdout.write(`${JSON.stringify(said)}\n`);
/** Kilobytes on Linux. */
const peak = (): number => process.resourceUsage().maxRSS * 1024;

interface Loaded {
  readonly program: Program;
  step(): Promise<unknown>;
}

async function open(engine: Engine, { file, preset, kind, batch, threads }: Task): Promise<Loaded> {
  const program =
    kind === 'sgemm' ? productProgram() : programs(file, preset)[kind === 'forward' ? 'forward' : 'train'];
  let state: ReadonlyMap<string, HostTensor> | undefined = startState(program);
  const session = await engine.load(program, state, { batch, threads });
  state = undefined;
  const feeds = startFeeds(program, batch);
  return { program, step: () => session.run(feeds) };
}

const task = JSON.parse((await lines.next()).value) as Task;
const engine = await ENGINES[task.engine as EngineName]();
const { version, available, reason } = await engine.status();
if (!available) throw reason;
const base = peak();
const { program, step } = task.kind === 'loop' ? await loopSteps(engine, task.threads) : await open(engine, task);
say({ version });
for (;;) {
  const { value, done } = await lines.next();
  if (done || value === 'end') break;
  const [begun, worked] = [performance.now(), process.cpuUsage()];
  await step();
  const { user, system } = process.cpuUsage(worked);
  say({ milliseconds: performance.now() - begun, cpu: (user + system) / 1000 });
}
say({ peak_bytes: peak(), base_bytes: base, macs: countMacs(program, task.batch) });
process.exit(0);
