/** `ditc train TARGET --data D --out RUN`: one training run by its recipe. */
import path from 'node:path';
import { matmulSpeed } from '../../runtime/study/machine-speed.ts';
import { openJob } from '../../runtime/train/job.ts';
import { type ProgressOf, progressLine } from '../../runtime/train/progress.ts';
import { type RunRequest, trainRun } from '../../runtime/train/run-folder.ts';
import { type CommandModule, printJson, wholeNumber } from '../command.ts';
import { chooseEngine } from '../engine-choice.ts';
import { EXIT } from '../exit.ts';
import { collect } from '../instantiate-target.ts';
import { openRecorded, overridesOf } from '../open-recorded.ts';
import { openProgress, versions } from '../progress.ts';
import { refuseRefusal } from '../refuse-problem.ts';

export const train: CommandModule = {
  describe: (command) =>
    command
      .argument('<target>', 'FILE, FILE#NAME or - (standard input)')
      .requiredOption('--out <run>', 'the folder of the run')
      .option('--data <path>', 'a folder or file, or `mnist`; what the recipe names unless said')
      .option('--recipe <name>', 'a recipe of the file; the first unless said')
      .option('--seed <n>', 'of weights, batches and noise', wholeNumber, 0)
      .option('--set <path=value>', 'change a parameter, or a field: recipe.steps=500; repeatable', collect)
      .option('--resume', 'go on from the last checkpoint')
      .option('--engine <name>', 'onnx unless said')
      .option('--threads <n>', 'of the engine', wholeNumber)
      .option('--force', 'even where memory will not do'),
  example: 'ditc train specs/digits.dit#digits --out runs/digits --set recipe.steps=200',
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const opened = await openRecorded(args[0]!, invocation);
    if ('exit' in opened) return opened.exit;
    const overrides = overridesOf(invocation);
    if ('exit' in overrides) return overrides.exit;
    const job = openJob(opened.spec, {
      kind: 'target',
      name: opened.name,
      overrides: overrides.model,
      recipe: options.recipe as string | undefined,
      recipeOverrides: overrides.recipe,
      seed: options.seed as number,
    });
    if (!job.ok) return refuseRefusal(job.refusal, invocation);
    const engine = await chooseEngine(invocation);
    if ('exit' in engine) return engine.exit;

    let isInterrupted = false;
    terminal.onInterrupt(() => {
      isInterrupted = true;
    });
    const run = path.normalize(options.out as string);
    const progress = openProgress(terminal);
    const machineFlops = await matmulSpeed(engine, options.threads as number | undefined);
    let about: ProgressOf | undefined;
    const request: RunRequest = {
      job: job.value,
      spec: opened.record,
      run,
      data: options.data as string | undefined,
      resume: options.resume === true,
      engine,
      threads: options.threads as number | undefined,
      versions: versions(),
      interrupted: () => isInterrupted,
      onStart({ from, seconds, steps, flopsPerImage, manifest }) {
        about = { from, seconds, steps, flopsPerImage, machineFlops, limit: job.value.recipe.seconds };
        const { name, params } = manifest.model;
        const { data, engine: used } = manifest;
        progress.note(
          `${name}, ${(params / 1e6).toFixed(2)}M params, on ${data.size} images of ${data.name} with ${used.name}, ${used.device ?? ''}${from > 0 ? `; from step ${from}` : ''}`,
        );
      },
      onStep(report) {
        progress.line(progressLine(report, about!), report.step === about!.steps);
      },
      onNote: (note) => progress.note(note),
    };
    const result = await trainRun(request);
    if (!result.ok) return refuseRefusal(result.refusal, invocation);
    const { ending, step, seconds } = result.value;
    if (options.json) printJson(terminal, { ok: ending === 'finished', run, ending, step, seconds });
    progress.note(
      ending === 'finished'
        ? `finished after ${step} steps: ${run}`
        : `stopped after step ${step}, which is saved; go on with --resume`,
    );
    return ending === 'finished' ? EXIT.fine : EXIT.interrupted;
  },
};
