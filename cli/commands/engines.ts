/** `ditc engines`: what can run models here, on what device, how fast, or what is missing and the command that helps. */
import path from 'node:path';
import { gradientGraph } from '../../compiler/grad/gradient.ts';
import type { Program } from '../../compiler/lower/program.ts';
import { forwardProgram } from '../../compiler/program/forward.ts';
import { defaultEngine } from '../../runtime/engines/choose.ts';
import type { EngineStatus } from '../../runtime/engines/engine.ts';
import { ENGINE_NAMES, ENGINES } from '../../runtime/engines/registry.ts';
import { type CommandModule, type Invocation, printJson } from '../command.ts';
import { EXIT, type Exit } from '../exit.ts';
import { packageRoot } from '../package-root.ts';
import { alignRows } from '../table.ts';

interface Row extends EngineStatus {
  /** what runs where none is named */
  readonly default: boolean;
  /** FLOPs a second; absent where not measured */
  readonly sgemm_flops?: number;
  readonly dit_flops?: number;
}

const BATCH = 4;
const SETTINGS = [
  ['size.depth', '3'],
  ['size.width', '192'],
  ['size.heads', '3'],
  ['side', '16'],
].map(([at, value]) => ({ path: at!, value: value! }));

/** An engine slower than this would spend all the time there is on the model. */
const LEAST_SPEED = 2e9;

/** Forward and backward of a small DiT of 64 tokens. */
async function smallStep(): Promise<Program | undefined> {
  const [{ openSpecFile }, { instantiate }] = await Promise.all([
    import('../open-file.ts'),
    import('../../compiler/elaborate/spec.ts'),
  ]);
  const spec = await openSpecFile(path.join(packageRoot, 'specs', 'dit.dit'));
  if ('exit' in spec) return undefined;
  const { model } = instantiate(spec, 'DiT-S/2', SETTINGS);
  if (model === undefined) return undefined;
  const graph = gradientGraph(model.training, { cotangents: ['eps', 'sigma'] });
  return forwardProgram('a small DiT', graph);
}

async function measure(row: Row, step: Program | undefined): Promise<Row> {
  const { productSpeed, programSpeed } = await import('../../runtime/engines/measure.ts');
  const engine = await ENGINES[row.name as keyof typeof ENGINES]();
  const sgemm = await productSpeed(engine);
  const dit = step === undefined || sgemm < LEAST_SPEED ? undefined : await programSpeed(engine, step, BATCH);
  return { ...row, sgemm_flops: sgemm, dit_flops: dit };
}

const giga = (flops: number | undefined): string =>
  flops === undefined ? '' : `${(flops / 1e9).toPrecision(3)} Gflop/s`;

function table(rows: readonly Row[], measured: boolean): string {
  const head = ['engine', 'version', 'device', ...(measured ? ['sgemm', 'small DiT'] : []), ''];
  const lines = rows.map((row) => [
    row.name,
    row.version ?? '',
    row.available ? (row.device ?? '') : 'not available',
    ...(measured ? [giga(row.sgemm_flops), giga(row.dit_flops)] : []),
    row.default ? 'runs where no other is named' : '',
  ]);
  const missing = rows
    .filter(({ available }) => !available)
    .map(({ name, reason, remedy }) => `\n${name}: ${reason}\n  = help: ${remedy}`);
  const alignment = measured ? '<<<>>' : '';
  return `${[...alignRows([head, ...lines], alignment), ...missing].join('\n')}\n`;
}

async function run({ options, terminal }: Invocation): Promise<Exit> {
  const chosen = await defaultEngine();
  const statuses: Row[] = [];
  for (const name of ENGINE_NAMES) {
    const status = await (await ENGINES[name]()).status();
    statuses.push({ ...status, default: chosen?.name === name });
  }
  const rows: Row[] = [];
  const step = options.measure === true ? await smallStep() : undefined;
  for (const row of statuses) {
    rows.push(options.measure === true && row.available ? await measure(row, step) : row);
  }
  if (options.json === true) printJson(terminal, { engines: rows });
  else terminal.out(table(rows, options.measure === true));
  return chosen === undefined ? EXIT.missing : EXIT.fine;
}

export const engines: CommandModule = {
  describe: (command) =>
    command.option('--measure', 'how fast each is, in about ten seconds: a product of matrices, and a small DiT'),
  example: 'ditc engines --measure',
  run,
};
