/** `ditc evaluate RUN`: how good the samples of a trained model are, with everything that decides the figures. */
import { openTrained } from '../../runtime/sample/draw.ts';
import {
  EVALUATION_DEFAULTS,
  type EvaluationDefaults,
  evaluateRun,
  evaluationFile,
} from '../../runtime/study/evaluation.ts';
import { openFeatureNet } from '../../runtime/study/feature-net.ts';
import { readManifest } from '../../runtime/train/manifest.ts';
import { duration } from '../../runtime/train/progress.ts';
import { type CommandModule, printJson, refuse, wholeNumber } from '../command.ts';
import { chooseEngine } from '../engine-choice.ts';
import { EXIT } from '../exit.ts';
import { featureSource } from '../feature-source.ts';
import { collect } from '../instantiate-target.ts';
import { overridesOf } from '../open-recorded.ts';
import { openProgress } from '../progress.ts';
import { refuseProblem, refuseRefusal } from '../refuse-problem.ts';
import { alignRows } from '../table.ts';

export const evaluate: CommandModule = {
  describe: (command) =>
    command
      .argument('<run>', 'a run folder')
      .option('--count <n>', 'images drawn, and real ones beside them', wholeNumber, EVALUATION_DEFAULTS.count)
      .option('--seed <n>', 'of the noise', wholeNumber, EVALUATION_DEFAULTS.seed)
      .option('--batch <n>', 'images at once', wholeNumber, EVALUATION_DEFAULTS.batch)
      .option('--nearest <n>', 'images looked up among those of training', wholeNumber, EVALUATION_DEFAULTS.nearest)
      .option('--sampler <name>', 'a step such as ddim, multistep, euler')
      .option('--weights <file>', 'instead of those of the run')
      .option('--features <spec>', 'FILE#MODEL with an output `features`')
      .option('--feature-weights <file>', 'of that model')
      .option('--set <recipe.path=value>', 'change a field of the recipe; repeatable', collect)
      .option('--engine <name>', 'onnx unless said')
      .option('--threads <n>', 'of the engine', wholeNumber),
  example: 'ditc evaluate runs/digits --count 2000 --set recipe.sample.guidance.scale=1.5',
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const run = args[0]!;
    const manifest = readManifest(run);
    if (!manifest.ok) return refuseProblem(manifest.problem, invocation);
    const overrides = overridesOf(invocation);
    if ('exit' in overrides) return overrides.exit;
    if (overrides.model.length > 0)
      return refuse(
        invocation,
        EXIT.usage,
        'a trained model has the parameters it has',
        'change the recipe only: --set recipe.sample.steps=20',
      );
    const { weights, sampler } = options as { weights?: string; sampler?: string };
    const drawing = await openTrained(run, overrides.recipe, { weights, sampler });
    if (!drawing.ok) return refuseRefusal(drawing.refusal, invocation);
    const engine = await chooseEngine(invocation);
    if ('exit' in engine) return engine.exit;
    const source = await featureSource(invocation);
    if ('exit' in source) return source.exit;
    const threads = options.threads as number | undefined;
    const net = await openFeatureNet(source, engine, threads);
    if (!net.ok) return refuseRefusal(net.refusal, invocation);
    let isInterrupted = false;
    terminal.onInterrupt(() => {
      isInterrupted = true;
    });
    const progress = openProgress(terminal);
    const { count, seed, batch, nearest } = options as unknown as EvaluationDefaults;
    const result = await evaluateRun(run, manifest.value, drawing.value, net.value, {
      engine,
      threads,
      count,
      seed,
      batch,
      nearest,
      interrupted: () => isInterrupted,
      onStep: (done, of) => progress.line(`sampling: ${done}/${of}`, done === of),
    });
    await net.value.dispose();
    if (!result.ok) return refuseRefusal(result.refusal, invocation);
    if (result.value === undefined) return EXIT.interrupted;
    const { scores, spatial, accuracy, real_accuracy, classifier_score, seconds } = result.value;
    if (options.json) {
      printJson(terminal, { ok: true, file: evaluationFile(run), ...result.value });
      return EXIT.fine;
    }
    const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
    const rows = [
      ['Fréchet distance', scores.frechet.toPrecision(4)],
      ...(spatial === undefined ? [] : [['spatial Fréchet distance', spatial.frechet.toPrecision(4)]]),
      ['kernel distance', scores.kernel.mean.toPrecision(4)],
      ['precision', share(scores.precision)],
      ['recall', share(scores.recall)],
      ['density', scores.density.toPrecision(3)],
      ['coverage', share(scores.coverage)],
      ...(accuracy === undefined
        ? []
        : [['right class', `${share(accuracy)} (real images: ${share(real_accuracy!)})`]]),
      ...(classifier_score === undefined ? [] : [['classifier score', classifier_score.toPrecision(4)]]),
    ];
    terminal.out(`${alignRows(rows).join('\n')}\n`);
    progress.note(
      `${count} images, features of ${result.value.features.net}, in ${duration(seconds)}: ${evaluationFile(run)}`,
    );
    return EXIT.fine;
  },
};
