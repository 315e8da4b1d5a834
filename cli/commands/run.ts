/** `ditc run FILE#GRID --out STUDY`: the plan, then every point of it trained, sampled and evaluated. */
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Engine } from '../../runtime/engines/engine.ts';
import { EVALUATION_DEFAULTS, type EvaluationDefaults } from '../../runtime/study/evaluation.ts';
import { type FeatureNet, openFeatureNet } from '../../runtime/study/feature-net.ts';
import { matmulSpeed } from '../../runtime/study/machine-speed.ts';
import { renamedPoints, takeOver } from '../../runtime/study/renamed-points.ts';
import { isDone, runPoint } from '../../runtime/study/run-point.ts';
import { runStudy, writeStudy } from '../../runtime/study/study.ts';
import { planStudy, type StudyPlan, type StudyPoint } from '../../runtime/study/study-plan.ts';
import { openEventLog } from '../../runtime/train/event-log.ts';
import { type ProgressOf, progressLine } from '../../runtime/train/progress.ts';
import { imageShapeOf, labelOf } from '../../runtime/train/run-data.ts';
import { type CommandModule, type Invocation, printJson, refuse, wholeNumber } from '../command.ts';
import { chooseEngine } from '../engine-choice.ts';
import { EXIT, type Exit } from '../exit.ts';
import { featureSource } from '../feature-source.ts';
import { collect } from '../instantiate-target.ts';
import { openRecorded, overridesOf, type Recorded } from '../open-recorded.ts';
import { pinned } from '../pin.ts';
import { startPoint } from '../point-process.ts';
import { openProgress, versions } from '../progress.ts';
import { refuseProblem, refuseRefusal } from '../refuse-problem.ts';
import { planJson, planText, resultsText } from '../study-text.ts';

export const run: CommandModule = {
  describe: (command) =>
    command
      .argument('<grid>', 'FILE#GRID')
      .requiredOption('--out <study>', 'the folder of the study')
      .option('--data <path>', 'a folder or file, or `mnist`; what the recipe names unless said')
      .option('--set <recipe.path=value>', 'change a field of the recipe of every point; repeatable', collect)
      .option('--jobs <n>', 'points at once, each with its share of the cores', wholeNumber, 1)
      .option('--resume', 'do only what is missing or has changed')
      .option('--only <index>', 'do one point, in this process', wholeNumber)
      .option('--dry-run', 'show the plan and do nothing')
      .option('--count <n>', 'images that each point is evaluated on; 0: none', wholeNumber, EVALUATION_DEFAULTS.count)
      .option('--features <spec>', 'FILE#MODEL with an output `features`')
      .option('--feature-weights <file>', 'of that model')
      .option('--engine <name>', 'onnx unless said')
      .option('--threads <n>', 'of the engine', wholeNumber),
  example: 'ditc run specs/digits.dit#conditioning --out runs/conditioning --jobs 2',
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const opened = await openRecorded(args[0]!, invocation);
    if ('exit' in opened) return opened.exit;
    const overrides = overridesOf(invocation);
    if ('exit' in overrides) return overrides.exit;
    if (overrides.model.length > 0)
      return refuse(
        invocation,
        EXIT.usage,
        'a grid sets the parameters of its models',
        'change the recipe only: --set recipe.steps=500',
      );
    const source = await featureSource(invocation);
    if ('exit' in source) return source.exit;
    const evaluation = { ...EVALUATION_DEFAULTS, count: options.count as number, net: source.name };
    const plan = planStudy(opened.spec, opened.name, overrides.recipe, evaluation);
    if (!plan.ok) return refuseRefusal(plan.refusal, invocation);
    const engine = await chooseEngine(invocation);
    if ('exit' in engine) return engine.exit;

    const study = path.normalize(options.out as string);
    const only = options.only as number | undefined;
    const work: Work = { invocation, opened, plan: plan.value, engine, study, evaluation };
    if (only !== undefined) return onePoint(work, only, source);
    if (existsSync(path.join(study, 'study.json')) && options.resume !== true && options.dryRun !== true)
      return refuse(
        invocation,
        EXIT.faults,
        `${study} holds a study already`,
        'go on with it by --resume, or name another folder',
      );
    const speed = await matmulSpeed(engine, options.threads as number | undefined);
    const renamed = renamedPoints(study, plan.value.points);
    const text = planText(plan.value, speed, (point) => isDone(study, point), renamed);
    if (options.dryRun === true) {
      if (options.json) printJson(terminal, { ok: true, ...planJson(plan.value) });
      else terminal.out(text);
      return EXIT.fine;
    }
    terminal.say(text);
    if (plan.value.points.length === 0)
      return refuse(
        invocation,
        EXIT.faults,
        'no point of the grid is left',
        'see why above, and loosen a `where` or `match`',
      );
    return allPoints(work);
  },
};

interface Work {
  readonly invocation: Invocation;
  readonly opened: Recorded;
  readonly plan: StudyPlan;
  readonly engine: Engine;
  readonly study: string;
  readonly evaluation: EvaluationDefaults & { readonly net: string };
}

/** The point alone: what workers and job arrays do. */
async function onePoint(
  { invocation, opened, plan, engine, study, evaluation }: Work,
  index: number,
  source: Parameters<typeof openFeatureNet>[0],
): Promise<Exit> {
  const { options, terminal } = invocation;
  const point = plan.points[index];
  if (point === undefined)
    return refuse(invocation, EXIT.usage, `there is no point ${index}`, `the plan has ${plan.points.length}, from 0`);
  const threads = options.threads as number | undefined;
  takeOver(study, renamedPoints(study, plan.points, [point]));
  const net = await netFor(point, source, engine, threads, evaluation.count);
  if (typeof net === 'object' && 'ok' in net) return refuseRefusal(net.refusal, invocation);
  let isInterrupted = false;
  terminal.onInterrupt(() => {
    isInterrupted = true;
  });
  const progress = openProgress(terminal);
  let about: ProgressOf | undefined;
  const ending = await runPoint({
    study,
    point,
    evaluation: { ...evaluation, onStep: (done, of) => progress.line(`sampling: ${done}/${of}`, done === of) },
    net,
    spec: opened.record,
    data: options.data as string | undefined,
    engine,
    threads,
    versions: versions(),
    interrupted: () => isInterrupted,
    onStart({ from, seconds, steps, flopsPerImage }) {
      about = { from, seconds, steps, flopsPerImage, limit: point.job.recipe.seconds };
    },
    onStep(report) {
      progress.line(progressLine(report, about!), report.step === about!.steps);
    },
    onNote: (note) => progress.note(note),
  });
  if (typeof net !== 'string') await net.dispose();
  if (options.json) printJson(terminal, { ok: ending.kind !== 'failed', index, name: point.name, ending: ending.kind });
  switch (ending.kind) {
    case 'failed':
      return refuseRefusal(ending.refusal, { ...invocation, options: {} });
    case 'claimed':
      progress.note(`${point.name} is being done by process ${ending.by.pid} on ${ending.by.host}`);
      return EXIT.fine;
    case 'interrupted':
      return EXIT.interrupted;
    default:
      return EXIT.fine;
  }
}

/** The net, or why there is no evaluation. */
async function netFor(
  { job }: StudyPoint,
  source: Parameters<typeof openFeatureNet>[0],
  engine: Engine,
  threads: number | undefined,
  count: number,
): Promise<FeatureNet | string | Extract<Awaited<ReturnType<typeof openFeatureNet>>, { ok: false }>> {
  if (count === 0) return 'no images were asked for';
  const [wanted, has] = [imageShapeOf(source.model.inference), imageShapeOf(job.model.inference)];
  if (String(wanted) !== String(has))
    return `${source.name} looks at images of ${wanted.join(' x ')}, and these are ${has.join(' x ')}`;
  if (labelOf(job.model.inference) === undefined && count < 2) return 'there are too few images';
  const net = await openFeatureNet(source, engine, threads);
  return net.ok ? net.value : net;
}

async function allPoints({ invocation, opened, plan, engine, study, evaluation }: Work): Promise<Exit> {
  const { options, terminal } = invocation;
  const { name, version, device } = await engine.status();
  const written = await writeStudy(study, plan, {
    spec: opened.record,
    data: options.data as string | undefined,
    evaluation,
    versions: versions(),
    engine: { name, version, device },
  });
  if (!written.ok) return refuseProblem(written.problem, invocation);
  const log = await openEventLog(study);
  if (!log.ok) return refuseProblem(log.problem, invocation);
  for (const { point, from } of takeOver(study, renamedPoints(study, plan.points)))
    log.value.add('point renamed', { index: point.index, name: point.name, from });
  const jobs = Math.max(1, Math.min(options.jobs as number, plan.points.length));
  const threads =
    (options.threads as number | undefined) ??
    (jobs === 1 ? undefined : Math.max(1, Math.floor(availableParallelism() / jobs)));
  const children = new Set<ChildProcess>();
  let isInterrupted = false;
  terminal.onInterrupt(() => {
    isInterrupted = true;
    for (const child of children) child.kill('SIGINT');
  });
  const progress = openProgress(terminal);
  log.value.add('study', { points: plan.points.length, jobs });
  const isComplete = await runStudy({
    study,
    plan,
    jobs,
    log: log.value,
    interrupted: () => isInterrupted,
    start(point, slot) {
      progress.note(`${point.index + 1}/${plan.points.length} ${point.name}`);
      // threads that were asked for may be more than a share
      const pin = options.threads === undefined ? pinned(slot, jobs) : [];
      return startPoint(
        invocation,
        point,
        { threads, pin, prefix: jobs === 1 ? '' : `${point.index + 1}: ` },
        children,
        progress,
      );
    },
    onPoint(point, ending, problem) {
      if (ending === 'failed')
        progress.note(`${point.name} failed: ${problem} (its log: ${path.join(study, point.folder, 'log.txt')})`);
      if (ending === 'elsewhere') progress.note(`${point.name} is being done by another process`);
    },
  });
  log.value.add(isComplete ? 'complete' : isInterrupted ? 'interrupted' : 'incomplete');
  log.value.close();
  const { writeStudyReport } = await import('../report/study-report.ts');
  const report = writeStudyReport(study);
  const file = 'file' in report ? report.file : undefined;
  if (options.json)
    printJson(terminal, { ok: isComplete, study, results: path.join(study, 'results.json'), report: file });
  else terminal.out(resultsText(study, plan));
  progress.note('file' in report ? `report: ${path.resolve(report.file)}` : report.problem);
  if (isInterrupted) progress.note('stopped; what is done is kept: go on with --resume');
  return isInterrupted ? EXIT.interrupted : isComplete ? EXIT.fine : EXIT.faults;
}
