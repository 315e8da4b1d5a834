/** `ditc sample RUN|TARGET`: images from a trained model, as one PNG, and as numbers where they are asked for. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Drawing, drawSamples, openTrained, type SampleRequest } from '../../runtime/sample/draw.ts';
import { showWork } from '../../runtime/sample/work-report.ts';
import { openJob } from '../../runtime/train/job.ts';
import { type CommandModule, type Invocation, printJson, refuse, wholeNumber } from '../command.ts';
import { chooseEngine } from '../engine-choice.ts';
import { EXIT, type Exit } from '../exit.ts';
import { collect } from '../instantiate-target.ts';
import { openRecorded, overridesOf } from '../open-recorded.ts';
import { openProgress } from '../progress.ts';
import { refuseRefusal } from '../refuse-problem.ts';

/** `3`, `0..9`, `0,1,4` or `all`; repeated until there are as many as wanted. */
function labelsOf(text: string | undefined): readonly number[] | undefined {
  if (text === undefined || text === 'all') return undefined;
  const labels = text.split(',').flatMap((part) => {
    const range = /^(\d{1,9})\.\.(\d{1,9})$/.exec(part);
    if (range === null) return /^\d{1,9}$/.test(part) ? [Number(part)] : [Number.NaN];
    const [from, to] = [Number(range[1]), Number(range[2])];
    return Array.from({ length: Math.max(0, Math.min(to - from + 1, 100_000)) }, (_, i) => from + i);
  });
  return labels.length > 0 ? labels : [Number.NaN];
}

async function openWhat(target: string, invocation: Invocation): Promise<Drawing | { readonly exit: Exit }> {
  const { options } = invocation;
  const overrides = overridesOf(invocation);
  if ('exit' in overrides) return overrides;
  const { sampler, steps, guidance } = options as { sampler?: string; steps?: number; guidance?: string };
  const recipe = [
    ...overrides.recipe,
    ...(steps === undefined ? [] : [{ path: 'sample.steps', value: String(steps) }]),
    ...(guidance === undefined ? [] : [{ path: 'sample.guidance.scale', value: guidance }]),
  ];
  const weights = options.weights as string | undefined;
  if (existsSync(path.join(target, 'manifest.json'))) {
    if (overrides.model.length > 0)
      return {
        exit: refuse(
          invocation,
          EXIT.usage,
          'a trained model has the parameters it has',
          'change the recipe only: --set recipe.sample.steps=20',
        ),
      };
    const trained = await openTrained(target, recipe, { weights, sampler });
    return trained.ok ? trained.value : { exit: refuseRefusal(trained.refusal, invocation) };
  }
  const opened = await openRecorded(target, invocation);
  if ('exit' in opened) return opened;
  if (weights === undefined)
    return {
      exit: refuse(
        invocation,
        EXIT.usage,
        `${target} is a spec, whose model has no weights yet`,
        'name a file of them: --weights W.safetensors',
      ),
    };
  const job = openJob(opened.spec, {
    kind: 'target',
    name: opened.name,
    overrides: overrides.model,
    recipe: options.recipe as string | undefined,
    recipeOverrides: recipe,
    seed: 0,
  });
  if (!job.ok) return { exit: refuseRefusal(job.refusal, invocation) };
  const drawing = await openTrained(job.value, [], { weights, sampler });
  return drawing.ok ? drawing.value : { exit: refuseRefusal(drawing.refusal, invocation) };
}

export const sample: CommandModule = {
  describe: (command) =>
    command
      .argument('<run|target>', 'a run folder, or FILE#NAME with --weights')
      .option('--out <file>', 'the picture, a .png', 'samples.png')
      .option('--arrays <file>', 'the images as numbers too, a .safetensors')
      .option('--trajectory <file>', 'a strip of the first images on their way, a .png')
      .option('--weights <file>', 'instead of those of the run')
      .option('--recipe <name>', 'of a spec: the first unless said')
      .option('--labels <list>', '`7`, `0..9`, `1,3,5`; all unless said', 'all')
      .option('--count <n>', 'images', wholeNumber, 40)
      .option('--columns <n>', 'of the picture', wholeNumber)
      .option('--guidance <scale>', 'strength; 1 is none')
      .option('--sampler <name>', 'a step such as ddim, multistep, euler')
      .option('--steps <n>', 'of sampling', wholeNumber)
      .option('--seed <n>', 'of the noise', wholeNumber, 0)
      .option('--batch <n>', 'images at once', wholeNumber, 40)
      .option('--set <path=value>', 'change a parameter or a field of the recipe; repeatable', collect)
      .option('--engine <name>', 'onnx unless said')
      .option('--threads <n>', 'of the engine', wholeNumber)
      .option('--force', 'even where memory will not do'),
  example: 'ditc sample runs/digits --labels 0..9 --guidance 2 --steps 20 --out digits.png',
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const drawing = await openWhat(args[0]!, invocation);
    if ('exit' in drawing) return drawing.exit;
    const engine = await chooseEngine(invocation);
    if ('exit' in engine) return engine.exit;
    let isInterrupted = false;
    terminal.onInterrupt(() => {
      isInterrupted = true;
    });
    const progress = openProgress(terminal);
    const request: SampleRequest = {
      out: options.out as string,
      arrays: options.arrays as string | undefined,
      trajectory: options.trajectory as string | undefined,
      labels: labelsOf(options.labels as string),
      count: options.count as number,
      columns: options.columns as number | undefined,
      seed: options.seed as number,
      batch: options.batch as number,
      engine,
      threads: options.threads as number | undefined,
      interrupted: () => isInterrupted,
      onStep: (done, of) => progress.line(`step ${done}/${of}`, done === of),
    };
    const drawn = await drawSamples(drawing, request);
    if (!drawn.ok) return refuseRefusal(drawn.refusal, invocation);
    if (isInterrupted) return EXIT.interrupted;
    if (options.json) printJson(terminal, { ok: true, ...drawn.value });
    else {
      progress.note(showWork(drawn.value.work));
      terminal.out(`${drawn.value.files.join('\n')}\n`);
    }
    return EXIT.fine;
  },
};
