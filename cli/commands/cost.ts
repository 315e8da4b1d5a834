/** `ditc cost TARGET…`: what a model takes, counted on its graph before anything runs. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { PRECISIONS, type Precision } from '../../compiler/cost/devices/device.ts';
import { DEVICE_NAMES, DEVICES, type DeviceName } from '../../compiler/cost/devices/devices.ts';
import { costDocument } from '../../compiler/cost/document.ts';
import { modelCost } from '../../compiler/cost/module.ts';
import { type Estimate, estimate } from '../../compiler/cost/roofline.ts';
import { type Scaling, scalingOf } from '../../compiler/cost/scaling.ts';
import { type RunCost, type RunSize, runCost, type TargetCost, targetCost } from '../../compiler/cost/target-cost.ts';
import type { TrainCost } from '../../compiler/cost/train-cost.ts';
import { byteCount } from '../byte-count.ts';
import { type CommandModule, type Invocation, printJson, refuse, wholeNumber } from '../command.ts';
import { estimateSheet, runSheet, scalingSheets, trainSheets } from '../cost-run-sheets.ts';
import {
  BY,
  type By,
  besideSheet,
  comparisonSheet,
  headLines,
  moduleSheet,
  opSheet,
  roleSheet,
} from '../cost-sheets.ts';
import { type CostTarget, headingsOf, openSoundTargets } from '../cost-targets.ts';
import { EXIT, type Exit } from '../exit.ts';
import { collect } from '../instantiate-target.ts';
import { diagnosticsJson, sayDiagnostics } from '../say.ts';
import { FORMATS, printSheets, type Sheet, type SheetFormat } from '../sheet.ts';

interface Costed extends Pick<CostTarget, 'expected'> {
  readonly target: TargetCost;
  readonly scaling: readonly Scaling[];
  readonly run?: RunCost;
  readonly train?: TrainCost;
  readonly estimate?: Estimate;
}

function positive(text: string): number {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('it must be at least 1');
  if (number > 1e9) throw new InvalidArgumentError('it must be at most 1G');
  return number;
}

const describe = (command: Command): Command =>
  command
    .argument('<target...>', 'FILE#NAME (a preset or model; quote it), or FILE: all presets of it in one table')
    .option('--batch <n>', 'also the cost of a batch', positive)
    .option('--steps <n>', 'of so many steps of sampling', positive)
    .option('--guidance', 'with guidance, which runs the model on twice the batch')
    .option('--train', 'also the cost of training: a whole step, and the whole run where a recipe says how long it is')
    .option('--recipe <name>', 'the recipe that `--train` counts; the first of the file unless said')
    .option('--memory <bytes>', 'what a step of training gives up to fit: layers that run again, or batch', byteCount)
    .addOption(new Option('--by <what>', 'what the table lists').choices(BY))
    .option('--depth <levels>', 'how many levels of modules are shown', wholeNumber, 2)
    .addOption(new Option('--device <name>', 'an estimate of the time it takes').choices(DEVICE_NAMES))
    .addOption(new Option('--precision <name>', 'of that estimate; f32 unless said').choices(PRECISIONS))
    .addOption(new Option('--format <format>', 'how to write tables').choices(FORMATS).default('table'))
    .option('--set <path=value>', 'change a parameter of the model (repeatable)', collect);

const sizeOf = ({ batch, steps, guidance }: Invocation['options']): RunSize => ({
  batch: (batch as number | undefined) ?? 1,
  steps: (steps as number | undefined) ?? 1,
  guidance: guidance === true,
});

const precisionOf = ({ precision = 'f32' }: Invocation['options']): Precision => precision as Precision;

async function costOf(
  each: CostTarget,
  alone: boolean,
  { options }: Invocation,
): Promise<Costed | { readonly problem: string; readonly help?: string }> {
  const { name, model, expected, spec } = each;
  const target = targetCost(name, model);
  const size = sizeOf(options);
  const whole = options.batch !== undefined || options.steps !== undefined || options.guidance === true;
  const { batch } = size;
  let train: TrainCost | undefined;
  const device = options.device as DeviceName | undefined;
  const named = options.memory as number | undefined;
  if (options.train || options.recipe !== undefined || named !== undefined) {
    const [{ trainPrograms }, { trainCost }] = await Promise.all([
      import('../cost-training.ts'),
      import('../../compiler/cost/train-cost.ts'),
    ]);
    const programs = await trainPrograms(spec, model, options.recipe as string | undefined);
    if ('problem' in programs) return programs;
    const asked = options.batch === undefined ? {} : { batch };
    const memory = named ?? (device && DEVICES[device].memory);
    train = trainCost({ ...programs, ...asked }, target.work.macs, memory);
  }
  const n = batch * (size.guidance ? 2 : 1);
  const rows = n === 1 ? target.rows : modelCost(target.graph, n).rows;
  return {
    target,
    expected,
    scaling: alone ? scalingOf(model, (side) => each.changed({ path: 'side', value: String(side) })) : [],
    run: whole ? runCost(target.graph, size) : undefined,
    train,
    estimate: device && estimate(rows, device, DEVICES[device], precisionOf(options), n),
  };
}

function sheetsOf(costed: readonly Costed[], options: Invocation['options']): readonly Sheet[] {
  const by = options.by as By | undefined;
  const depth = options.depth as number;
  const [first] = costed;
  const main =
    costed.length > 1
      ? by === undefined
        ? comparisonSheet(costed)
        : besideSheet(costed, by, depth)
      : by === 'op'
        ? opSheet(first!.target)
        : by === 'role'
          ? roleSheet(first!.target)
          : moduleSheet(first!.target, depth);
  return [
    main,
    ...(by === undefined ? costed.flatMap(({ scaling }) => scalingSheets(scaling)) : []),
    ...costed.flatMap(({ target, run }) => (run ? [runSheet(target.name, run)] : [])),
    ...costed.flatMap(({ target, train }) => (train ? trainSheets(target.name, train, target.work.macs) : [])),
    ...costed.flatMap(({ target, estimate: time }) => (time ? [estimateSheet(target.name, time)] : [])),
  ];
}

async function run(invocation: Invocation): Promise<Exit> {
  const { args, options, terminal } = invocation;
  const device = options.device as DeviceName | undefined;
  if (device === undefined && options.precision !== undefined) {
    const help = `one of ${DEVICE_NAMES.join(', ')}`;
    return refuse(invocation, EXIT.usage, 'cost: `--precision` is of the estimate for a `--device`', help);
  }
  if (device !== undefined && DEVICES[device].matmul[precisionOf(options)] === undefined) {
    const help = `it has ${Object.keys(DEVICES[device].matmul).join(', ')}`;
    return refuse(invocation, EXIT.usage, `cost: \`${device}\` has no rate for ${precisionOf(options)}`, help);
  }
  const opened = await openSoundTargets(args, invocation);
  if ('exit' in opened) return opened.exit;
  const { targets, faults } = opened;
  const exit = faults.length > 0 ? EXIT.faults : EXIT.fine;
  const costed: Costed[] = [];
  for (const target of targets) {
    const cost = await costOf(target, targets.length === 1, invocation);
    if ('problem' in cost) return refuse(invocation, EXIT.usage, `cost: ${cost.problem}`, cost.help);
    costed.push(cost);
  }
  if (options.json) {
    const problems = faults.length > 0 && { ok: false, diagnostics: diagnosticsJson(faults) };
    printJson(terminal, { ...problems, targets: costed.map(costDocument) });
    return exit;
  }
  sayDiagnostics(faults, terminal);
  const format = options.format as SheetFormat;
  // one name in two files is two targets
  const headings = headingsOf(targets);
  const shown = costed.map((each, at) => ({ ...each, target: { ...each.target, name: headings[at]! } }));
  const alone = costed.length === 1 && format !== 'csv';
  const head = alone ? `${headLines(costed[0]!).join(format === 'markdown' ? '\n\n' : '\n')}\n\n` : '';
  terminal.out(head);
  printSheets(sheetsOf(shown, options), format, terminal);
  return exit;
}

export const cost: CommandModule = { describe, run, example: "ditc cost 'specs/dit.dit#DiT-XL/2'" };
